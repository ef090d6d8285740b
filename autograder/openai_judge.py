"""The judge that asks any OpenAI-compatible model, and trusts it only as far as it can be checked.

Two calls per answer: verdicts with quotes, and a direct band as an independent signal. What cannot be
trusted is abstained from, with the reason; faults of the provider never become marks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import openai
from openai.types.chat import ChatCompletion, ChatCompletionMessageParam
from openai.types.shared_params import ResponseFormatJSONSchema
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from autograder.checks import hard_check
from autograder.judge import CalibrationSample, Judgement, Reason, Signals, Usage, Verdict, abstain
from autograder.partial import rest_of
from autograder.prompts import Prompt, load_prompt, prompts_hash, render_user
from autograder.signals import expected_share
from autograder.thresholds import Thresholds
from autograder.verdicts import Claim, check_claims, nothing_earned, share_of
from courses import personal_data
from courses.exercises.base import RubricExercise

CHECKS_VERSION = 4
"""Raise it when quotes, checks or verdicts decide differently: it is part of the prompt hash."""
TIMEOUT = 120.0  # seconds a call; the local model needs up to 15
RETRIES = 3
REPLY_TOKENS = 200  # tokens for the braces, and as many again per criterion


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _Verdicts(_Strict):
    verdicts: tuple[Claim, ...] = Field(strict=False)  # a JSON list


class _Band(_Strict):
    points: float = Field(ge=0, allow_inf_nan=False)


M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class _Form(Generic[M]):
    """What one kind of call asks for."""

    prompt: Prompt
    schema: ResponseFormatJSONSchema
    reply: type[M]
    tokens: int


class _Silent(Exception):  # noqa: N818 - a decision, not a fault
    """The call gave nothing to judge by."""

    def __init__(self, reason: Reason, usage: Usage | None = None) -> None:
        super().__init__(reason)
        self.reason: Reason = reason
        self.usage = usage or Usage(calls=1)


class OpenAIJudge:
    """See `autograder.judge.Judge`. Uncalibrated: wrap it in `autograder.calibration.Calibrated`.

    Args:
        base_url: of the server, ends in ``/v1``.
        api_key: the key, or a hub token for our own gateway.
        model: the model's id; the judge's name in the ledger.
        timeout: seconds that one call may take.
        retries: how often a call is tried again (429, 5xx, no connection), with back-off and Retry-After.
        concurrency: calls at the same time.
        thresholds: how far its signals may be apart, and how many quotes may be lost.
    """

    def __init__(  # noqa: PLR0913 - one named option each
        self,
        base_url: str,
        api_key: str,
        model: str,
        *,
        timeout: float = TIMEOUT,
        retries: int = RETRIES,
        concurrency: int = 4,
        thresholds: Thresholds | None = None,
    ) -> None:
        self.name = model
        self._thresholds = thresholds or Thresholds()
        self._base_url, self._api_key = base_url, api_key
        self._timeout, self._retries, self._concurrency = timeout, retries, concurrency
        self._verdicts, self._band = load_prompt("verdicts"), load_prompt("band")
        self._client: openai.AsyncOpenAI | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._slots = asyncio.Semaphore(concurrency)

    @property
    def prompt_hash(self) -> str:
        """Covers both prompts, both schemas and the checks of our own that decide with them."""
        schemas = (verdict_schema(("criterion",)), band_schema(1.0))
        gates = {"checks": CHECKS_VERSION, **self._thresholds.model_dump()}
        return prompts_hash((self._verdicts, self._band), *schemas, gates)

    async def judge(
        self, exercise: RubricExercise, answer: str, samples: Sequence[CalibrationSample] = ()
    ) -> Judgement:
        """See `autograder.judge.Judge.judge`. Samples tell what an answer's vocabulary lets expect."""
        return await self.judge_rest(exercise, answer, (), samples)

    async def judge_rest(
        self,
        exercise: RubricExercise,
        answer: str,
        known: Sequence[Verdict],
        samples: Sequence[CalibrationSample] = (),
    ) -> Judgement:
        """See `autograder.partial.RestJudge.judge_rest`."""
        caught = hard_check(exercise, answer)
        if caught == "blank":
            return nothing_earned(exercise, "blank")
        if caught is not None:
            return abstain(caught)
        return await self.ask(exercise, answer, samples, known)

    async def ask(
        self,
        exercise: RubricExercise,
        answer: str,
        samples: Sequence[CalibrationSample] = (),
        known: Sequence[Verdict] = (),
    ) -> Judgement:
        """Judge an answer that passed the hard checks."""
        sent = personal_data.mask(answer)
        if any(finding.kind == "secret" for finding in personal_data.find(answer)):
            return abstain("personal_data")
        try:
            judgement = await self._claims(exercise, sent, known)
            if judgement.outcome == "abstained":
                return judgement
            expected = expected_share(exercise, answer, samples)
            return await self._confirmed(exercise, sent, judgement, expected)
        except _Silent as silent:
            return abstain(silent.reason, silent.usage)

    async def _claims(self, exercise: RubricExercise, sent: str, known: Sequence[Verdict]) -> Judgement:
        asked = rest_of(exercise, known)
        schema = verdict_schema(tuple(criterion.id for criterion in asked.rubric))
        tokens = REPLY_TOKENS * (1 + len(asked.rubric))
        form = _Form(self._verdicts, schema, _Verdicts, tokens)
        reply, usage = await self._call(form, asked, sent)
        limit = self._thresholds.lost
        return check_claims(exercise, sent, reply.verdicts, usage, lost_limit=limit, known=known)

    async def _confirmed(
        self, exercise: RubricExercise, sent: str, judgement: Judgement, expected: float | None
    ) -> Judgement:
        """Hear the second call; where it, the vocabulary and the verdicts part, abstain."""
        points = exercise.rubric_points
        form = _Form(self._band, band_schema(points), _Band, REPLY_TOKENS)
        try:
            reply, usage = await self._call(form, exercise, sent)
        except _Silent as silent:
            raise _Silent(silent.reason, judgement.usage + silent.usage) from silent
        total = judgement.usage + usage
        if reply.points > points:
            return abstain("unparsable", total)
        signals = Signals(
            checked=share_of(exercise, judgement), band=reply.points / points, expected=expected
        )
        if self._thresholds.gate.passes(signals):
            return judgement.model_copy(update={"usage": total, "signals": signals})
        heard: dict[str, object] = {
            "lost_quotes": judgement.lost_quotes,
            "claims": judgement.claims,
            "signals": signals,
            "leanings": judgement.verdicts,
        }
        return abstain("signals_disagree", total).model_copy(update=heard)

    async def _call(self, form: _Form[M], exercise: RubricExercise, sent: str) -> tuple[M, Usage]:
        messages: list[ChatCompletionMessageParam] = [
            {"role": "system", "content": form.prompt.text},
            {"role": "user", "content": render_user(exercise, sent)},
        ]
        client = self._open()
        try:
            async with self._slots:
                completion = await client.chat.completions.create(
                    model=self.name,
                    messages=messages,
                    response_format=form.schema,
                    temperature=0,
                    max_tokens=form.tokens,
                    prompt_cache_key=exercise.task_hash()[:32],
                )
        except (openai.OpenAIError, ValueError) as error:  # ValueError: the body is no JSON
            raise _Silent(reason_of(error)) from error
        usage = _usage(completion)
        return _parse(_content(completion, usage), form.reply, usage), usage

    def _open(self) -> openai.AsyncOpenAI:
        """Return the client of the running loop: its connections cannot outlive one."""
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            self._loop, self._slots = loop, asyncio.Semaphore(self._concurrency)
            self._client = openai.AsyncOpenAI(
                base_url=self._base_url,
                api_key=self._api_key,
                timeout=self._timeout,
                max_retries=self._retries,
            )
        return self._client

    async def aclose(self) -> None:
        """See `autograder.judge.Judge.aclose`."""
        if self._client is not None and self._loop is asyncio.get_running_loop():
            await self._client.close()
        self._client = None


def verdict_schema(criteria: tuple[str, ...]) -> ResponseFormatJSONSchema:
    """Return the strict schema of the verdicts: quote first, so that the model looks before it decides."""
    claim = _object(
        {
            "criterion": {"type": "string", "enum": list(criteria)},
            "quote": {"type": "string"},
            "met": {"type": "boolean"},
        }
    )
    size = {"minItems": len(criteria), "maxItems": len(criteria)}
    return _schema("verdicts", _object({"verdicts": {"type": "array", "items": claim, **size}}))


def band_schema(points: float) -> ResponseFormatJSONSchema:
    """Return the strict schema of the direct band."""
    return _schema("band", _object({"points": {"type": "number", "minimum": 0, "maximum": points}}))


def _schema(name: str, schema: dict[str, object]) -> ResponseFormatJSONSchema:
    return {"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": schema}}


def _object(properties: dict[str, object]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _usage(completion: ChatCompletion) -> Usage:
    used = getattr(completion, "usage", None)
    if used is None:
        return Usage(calls=1)
    return Usage(calls=1, prompt_tokens=used.prompt_tokens, completion_tokens=used.completion_tokens)


def _content(completion: object, usage: Usage) -> str:
    """Return the reply's text. The SDK builds objects without validation: trust no field."""
    choices = getattr(completion, "choices", None)
    if not choices:
        raise _Silent("unparsable", usage)
    message = choices[0].message
    if getattr(message, "refusal", None) or choices[0].finish_reason == "content_filter":
        raise _Silent("refused", usage)
    if choices[0].finish_reason == "length":
        raise _Silent("cut_off", usage)
    if not isinstance(message.content, str):
        raise _Silent("unparsable", usage)
    return message.content


def _parse(content: str, model: type[M], usage: Usage) -> M:
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        raise _Silent("unparsable", usage) from error


_CODES: Mapping[str, Reason] = {
    "insufficient_quota": "quota",
    "quota": "quota",
    "personal_data": "personal_data",
    "no_provider": "no_provider",
    "starting": "no_provider",
}


def reason_of(error: Exception) -> Reason:
    """Return why a call gave nothing, after all retries."""
    code = str(getattr(error, "code", None) or "")
    if code in _CODES:
        return _CODES[code]
    if isinstance(error, openai.APITimeoutError):
        return "timeout"
    if isinstance(error, openai.RateLimitError):
        return "rate_limited"
    if isinstance(error, ValueError) and not isinstance(error, openai.OpenAIError):
        return "unparsable"
    return "provider_error"
