"""An author's notes: lines that begin with ``%`` are for whoever writes the lesson, nobody else sees them."""

from __future__ import annotations

import re

_NOTE = re.compile(r"^%")
_FENCE = re.compile(r"^ {0,3}(?P<sign>```+|~~~+)")


def without_notes(text: str) -> str:
    r"""Return the text with each note as an empty line, so that every other line keeps its number.

    A line of code between ``` or ~~~ lines may begin with ``%``; ``\%`` begins an ordinary line with a sign.
    """
    kept: list[str] = []
    fence = ""
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if found and not fence:
            fence = found["sign"]
        elif found and line.strip().startswith(fence):
            fence = ""
        kept.append("" if not fence and _NOTE.match(line) else line)
    return "\n".join(kept)
