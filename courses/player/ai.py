"""Try a prompt with the AI gateway: the reply is shown while it is written, and can be stopped."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, cast

from courses.player.http import Reply, Stream, Unreachable
from courses.player.lesson import Json, PlayerError

TIMEOUT_SECONDS = (
    120.0  # until the first word, and between two: a small model on the ward's own machine is slow
)
MAX_REPLY = 8000  # characters that an answer may keep
_SAFE = "Chữ bạn viết vẫn còn."
_CUT = f"Chưa nối được với AI. {_SAFE} Bạn chờ vài phút rồi bấm lại."
_BUSY = f"AI chưa trả lời được lúc này. {_SAFE} Bạn chờ vài phút rồi bấm lại."

Tell = Callable[[str], None]
"""Shows a further piece of the reply."""


@dataclass(frozen=True)
class Written:
    """What the AI wrote. ``end``: it had finished, the learner stopped it, or the line was cut."""

    text: str
    end: Literal["whole", "stopped", "cut"]


class Asking:
    """One prompt on its way. ``stop`` may be called by another thread."""

    def __init__(self, stream: Stream, text: str) -> None:
        self._stream, self._text = stream, text

    def write(self, tell: Tell) -> Written | None:
        """Return what the AI wrote, piece by piece through ``tell`` before; None when no AI is set up.

        Raises:
            PlayerError: nothing was written; it says what happened, what is safe and what to do.
        """
        body: Json = {
            "model": "default",
            "messages": [{"role": "user", "content": self._text}],
            "stream": True,
        }
        written = ""
        try:
            answer = self._stream.post(body)
            if isinstance(answer, Reply):
                _expect_no_provider(answer)
                return None
            for piece in _pieces(answer):
                written = f"{written}{piece}"[:MAX_REPLY]
                tell(piece)
                if self._stream.stopped or len(written) == MAX_REPLY:
                    break
        except (Unreachable, PlayerError) as error:
            if self._stream.stopped:
                return Written(written, "stopped")
            if not written.strip():
                raise error if isinstance(error, PlayerError) else PlayerError(_CUT) from error
            return Written(written, "cut")
        finally:
            self._stream.close()
        if not written.strip() and not self._stream.stopped:
            raise PlayerError(_BUSY)
        return Written(written, "stopped" if self._stream.stopped else "whole")

    def stop(self) -> None:
        """Let the AI write no further."""
        self._stream.stop()


@dataclass(frozen=True)
class Gateway:
    """The gateway's address (ends in ``/v1``) and the server's token."""

    url: str
    token: str

    def ask(self, text: str) -> Asking | None:
        """Return a prompt that is ready to go, or None when there is no gateway."""
        if not self.url:
            return None
        return Asking(Stream(f"{self.url}/chat/completions", self.token, TIMEOUT_SECONDS), text)


def _pieces(lines: Iterator[str]) -> Iterator[str]:
    """Yield the texts of server-sent events. Raises PlayerError for an error event or an end without ``[DONE]``."""
    for line in lines:
        if not line.startswith("data:"):
            continue
        data = line.removeprefix("data:").strip()
        if data == "[DONE]":
            return
        yield _piece(data)
    raise PlayerError(_BUSY)


def _piece(data: str) -> str:
    try:
        event = json.loads(data)
        if "error" in event:
            raise PlayerError(_BUSY)
        choices = cast("list[dict[str, dict[str, str | None]]]", event["choices"])
        text = choices[0]["delta"].get("content") if choices else ""
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PlayerError(_BUSY) from error
    return text if isinstance(text, str) else ""


def _expect_no_provider(reply: Reply) -> None:
    """Raise PlayerError for every refusal but “there is no AI”.

    The gateway's own sentence says more: personal data found, too many questions, still starting.
    """
    found = reply.body.get("error")
    error = found if isinstance(found, dict) else {}
    if error.get("code") == "no_provider":
        return
    message = str(error.get("message") or "")
    raise PlayerError(f"{message} {_SAFE}" if message else _BUSY, str(error.get("link") or ""))
