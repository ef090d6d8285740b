"""A provider's stream of events: passed on as it comes, checked for its end, and rid of what nobody asked for."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

MAX_EVENT = 1024 * 1024  # bytes
_EVENT_END = re.compile(rb"(?<=\n\n)|(?<=\r\n\r\n)")


class BrokenStream(Exception):  # noqa: N818 - becomes a Failure
    """The stream ended without the protocol's end, or is no stream of events."""


@dataclass
class Events:
    """Whole events of a stream.

    Attributes:
        keep_usage: the caller asked for the closing event with the token counts, which we always ask for.
        raw: all that came, to be counted when the stream is over.
    """

    keep_usage: bool
    raw: bytearray = field(default_factory=bytearray)

    async def read(self, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Give what may be passed on.

        Raises:
            BrokenStream: after what came.
        """
        rest, ended = b"", False
        async for piece in pieces:
            self.raw += piece
            *whole, rest = _EVENT_END.split(rest + piece)
            ended = ended or any(_is_end(event) for event in whole)
            if passed := b"".join(event for event in whole if self.keep_usage or not _is_usage(event)):
                yield passed
            if len(rest) > MAX_EVENT:
                raise BrokenStream
        if rest:
            yield rest
        if not (ended or _is_end(rest)):
            raise BrokenStream


def _is_end(event: bytes) -> bool:
    return event.startswith(b"data:") and event[5:].strip() == b"[DONE]"


def _is_usage(event: bytes) -> bool:
    """Tell whether an event carries the counts and nothing else."""
    if b'"usage"' not in event or not event.startswith(b"data:"):
        return False
    try:
        body = json.loads(event[5:])
    except ValueError:
        return False
    return isinstance(body, dict) and body.get("choices") == [] and bool(body.get("usage"))
