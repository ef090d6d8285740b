"""A chat request as the gateway lets it through: listed fields only, our model, a bounded reply."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from courses import personal_data

MAX_MESSAGES = 60


class QuestionError(ValueError):
    """The request is not a chat request that we let through; the message says why, in Vietnamese."""


class TextPart(BaseModel):
    """One part of a message; only text goes through."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: Literal["text"]
    text: str


class Message(BaseModel):
    """One message of the conversation."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    role: Literal["system", "developer", "user", "assistant"]
    content: str | tuple[TextPart, ...]

    @property
    def text(self) -> str:
        """The message's text."""
        return (
            self.content if isinstance(self.content, str) else "\n".join(part.text for part in self.content)
        )


class ChatRequest(BaseModel):
    """What a caller may ask for; other fields are dropped. ``model`` is heard only of a service, see ``Gateway.asked``."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    messages: tuple[Message, ...] = Field(min_length=1, max_length=MAX_MESSAGES)
    model: str = Field(default="", max_length=200)
    stream: bool = False
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    max_tokens: int | None = Field(default=None, ge=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)
    seed: int | None = None
    stop: str | tuple[str, ...] | None = None
    response_format: dict[str, Any] | None = None
    stream_options: dict[str, Any] | None = None
    prompt_cache_key: str | None = None

    def findings(self) -> tuple[personal_data.Finding, ...]:
        """Return personal data in anything that the request carries."""
        return tuple(finding for message in self.messages for finding in personal_data.find(message.text))

    @property
    def wants_usage(self) -> bool:
        """Tell whether a stream is to end with the token counts."""
        return bool((self.stream_options or {}).get("include_usage"))

    @property
    def text(self) -> str:
        """All that is said, for an estimate of its tokens."""
        return "\n".join(message.text for message in self.messages)

    def outgoing(self, model: str, reply_tokens: int | None) -> dict[str, Any]:
        """Return the body for the provider. ``reply_tokens`` bounds the reply; None leaves it as asked.

        Streams are always asked for their token counts.
        """
        body = self.model_dump(mode="json", exclude_none=True) | {"model": model}
        body.pop("stream_options", None)
        if self.stream:
            body["stream_options"] = {"include_usage": True}
        if reply_tokens is not None:
            asked = body.pop("max_completion_tokens", None) or body.get("max_tokens") or reply_tokens
            body["max_tokens"] = min(asked, reply_tokens)
        return body


def parse_question(body: bytes) -> ChatRequest:
    """Return the request of a body.

    Raises:
        QuestionError: with a Vietnamese sentence.
    """
    try:
        return ChatRequest.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "thân yêu cầu"
        raise QuestionError(
            f"Câu hỏi gửi cho AI chưa đúng khuôn ở “{where}”. Lớp mình chỉ gửi chữ, không gửi ảnh hay tệp."
        ) from error
