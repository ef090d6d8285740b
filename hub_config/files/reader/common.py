"""What all readers share: the refusal, and texts cut to what is kept."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

from courses.exercises.files import CELL_CHARACTERS, MAX_COLUMNS, MAX_ROWS, TEXT_CHARACTERS
from courses.exercises.text import clean, words

ROW_CHARACTERS = 40_000  # of all rows together
LISTED = 100  # headings or titles
Found = dict[str, Any]
"""Fields of ``courses.exercises.files.Facts``."""


class Refused(Exception):  # noqa: N818 - told to the learner, not a fault of ours
    """The file is not taken; the message is a Vietnamese sentence with what to do."""


def tidy(text: str, most: int = CELL_CHARACTERS) -> str:
    """Return a text that can be stored: NFC, without control characters and broken halves, not too long."""
    whole = text[: most * 4].encode("utf-8", "ignore").decode("utf-8")
    return clean(whole).strip()[:most]


def text_facts(text: str) -> Found:
    """Return ``text``, ``cut`` and ``words``."""
    whole = clean(text.encode("utf-8", "ignore").decode("utf-8")).strip()
    return {
        "text": whole[:TEXT_CHARACTERS],
        "cut": len(whole) > TEXT_CHARACTERS,
        "words": len(words(whole)),
    }


def listed(texts: Iterable[str]) -> list[str]:
    """Return the first texts that are not empty."""
    found = [short for short in (tidy(text, 200) for text in texts) if short]
    return found[:LISTED]


def table(rows: Iterable[Iterable[object]]) -> list[list[str]]:
    """Return rows of short texts: no empty rows at the end, at most 500 × 40 and 40,000 characters."""
    kept: list[list[str]] = []
    room = ROW_CHARACTERS
    for row in rows:
        cells = [tidy(str(cell)) if cell is not None else "" for cell in islice(row, MAX_COLUMNS)]
        room -= sum(len(cell) for cell in cells)
        if room < 0 or len(kept) == MAX_ROWS:
            break
        kept.append(cells)
    while kept and not any(kept[-1]):
        kept.pop()
    width = max((max((n + 1 for n, cell in enumerate(row) if cell), default=0) for row in kept), default=0)
    return [[*row[:width], *[""] * (width - len(row))] for row in kept]
