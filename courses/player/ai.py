"""Try a prompt with the AI gateway."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from courses.player.http import Reply, Unreachable, post
from courses.player.lesson import Json, PlayerError

TIMEOUT_SECONDS = 120.0  # a small model on the ward's own machine writes slowly
MAX_REPLY = 8000  # characters that an answer may keep
_SAFE = "Chữ bạn viết vẫn còn."
_CUT = f"Chưa nối được với AI. {_SAFE} Bạn chờ vài phút rồi bấm lại."
_BUSY = f"AI chưa trả lời được lúc này. {_SAFE} Bạn chờ vài phút rồi bấm lại."


@dataclass(frozen=True)
class Gateway:
    """The gateway's address (ends in ``/v1``) and the server's token."""

    url: str
    token: str

    def reply(self, text: str) -> str | None:
        """Return what the AI wrote, or None when no AI is set up.

        Raises:
            PlayerError: with what happened, what is safe and what to do.
        """
        if not self.url:
            return None
        body: Json = {"model": "default", "messages": [{"role": "user", "content": text}]}
        try:
            reply = post(f"{self.url}/chat/completions", self.token, body, TIMEOUT_SECONDS)
        except Unreachable as error:
            raise PlayerError(_CUT) from error
        if reply.status < 300:  # noqa: PLR2004 - HTTP success
            return _content(reply)
        code, message = _refusal(reply)
        if code == "no_provider":
            return None
        # The gateway's own sentence says more: personal data found, too many questions, still starting.
        raise PlayerError(f"{message} {_SAFE}" if message else _BUSY)


def _content(reply: Reply) -> str:
    try:
        choices = cast("list[dict[str, dict[str, str]]]", reply.body["choices"])
        content = choices[0]["message"]["content"]
    except (KeyError, IndexError, TypeError) as error:
        raise PlayerError(_BUSY) from error
    if not isinstance(content, str) or not content.strip():
        raise PlayerError(_BUSY)
    return content[:MAX_REPLY]


def _refusal(reply: Reply) -> tuple[str, str]:
    """Return the code and the sentence of OpenAI's error object; empty when there is none."""
    error = reply.body.get("error")
    if not isinstance(error, dict):
        return "", ""
    return str(error.get("code") or ""), str(error.get("message") or "")
