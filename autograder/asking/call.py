"""One question to a model, what came back, and why nothing did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from autograder.judge import Reason, Usage
from courses.exercises.base import canonical_hash

CHARACTERS_A_TOKEN = 3  # Vietnamese, by today's tokenizers: 2.5 to 3.5; the AI gateway estimates alike


class Silent(Exception):  # noqa: N818 - a decision, not a fault
    """A call gave nothing to judge by. ``usage``: what it took all the same."""

    def __init__(self, reason: Reason, usage: Usage | None = None) -> None:
        super().__init__(reason)
        self.reason: Reason = reason
        self.usage = usage or Usage()


@dataclass(frozen=True)
class Call:
    """What is asked. Text that never changes comes first, the learner's answer last.

    Attributes:
        model: the model's id.
        system: the prompt.
        user: task, criteria, answer.
        response_format: OpenAI's strict JSON schema.
        tokens: of the reply, at most.
        cache_key: groups calls with the same beginning.
    """

    model: str
    system: str
    user: str
    response_format: Mapping[str, Any]
    tokens: int
    cache_key: str

    @property
    def body(self) -> dict[str, Any]:
        """The request as OpenAI's protocol spells it."""
        return {
            "model": self.model,
            "messages": [{"role": "system", "content": self.system}, {"role": "user", "content": self.user}],
            "response_format": dict(self.response_format),
            "temperature": 0,
            "max_tokens": self.tokens,
            "prompt_cache_key": self.cache_key,
        }

    @property
    def key(self) -> str:
        """SHA-256 (hex) of the request: the same question has the same key."""
        return canonical_hash(self.body)

    @property
    def expected(self) -> Usage:
        """What the call may take at most, as far as the length of the texts tells."""
        return Usage(calls=1, prompt_tokens=estimate(self.system + self.user), completion_tokens=self.tokens)


@dataclass(frozen=True)
class Said:
    """A whole reply."""

    text: str
    usage: Usage


def estimate(text: str) -> int:
    """Return about how many tokens a text has."""
    return -(-len(text) // CHARACTERS_A_TOKEN)


class _Loose(BaseModel):
    """A part of a reply: unknown fields are other people's business, known ones must fit."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class _Message(_Loose):
    content: str | None = None
    refusal: str | None = None


class _Choice(_Loose):
    message: _Message
    finish_reason: str | None = None


class _Completion(_Loose):
    choices: tuple[_Choice, ...] = Field(min_length=1)


class _Details(_Loose):
    cached_tokens: int = Field(default=0, ge=0)


class _Counts(_Loose):
    prompt_tokens: int = Field(ge=0, lt=2**31)
    completion_tokens: int = Field(ge=0, lt=2**31)
    prompt_tokens_details: _Details | None = None


def read_reply(call: Call, body: object) -> Said:
    """Return what a chat completion says; trust no field of it.

    Raises:
        Silent: it is no completion, was refused or cut off.
    """
    usage = usage_of(body, estimate(call.system + call.user))
    try:
        choice = _Completion.model_validate(body).choices[0]
    except ValidationError as error:
        raise Silent("unparsable", usage) from error
    if choice.message.refusal or choice.finish_reason == "content_filter":
        raise Silent("refused", usage)
    if choice.finish_reason == "length":
        raise Silent("cut_off", usage)
    if choice.message.content is None:
        raise Silent("unparsable", usage)
    return Said(choice.message.content, usage)


def usage_of(body: object, prompt: int) -> Usage:
    """Return the provider's own counts, or an estimate: a silent provider must not look free.

    Args:
        body: a chat completion, or what came instead.
        prompt: about how many tokens the question had.
    """
    try:
        counts = _Counts.model_validate(body.get("usage") if isinstance(body, dict) else None)
    except ValidationError:
        return Usage(calls=1, prompt_tokens=prompt, completion_tokens=estimate(_content(body)))
    cached = counts.prompt_tokens_details.cached_tokens if counts.prompt_tokens_details else 0
    return Usage(
        calls=1,
        prompt_tokens=counts.prompt_tokens,
        completion_tokens=counts.completion_tokens,
        cached_tokens=cached,
    )


def _content(body: object) -> str:
    try:
        return _Completion.model_validate(body).choices[0].message.content or ""
    except ValidationError:
        return ""
