"""Texts that people chose (pseudonyms, group names), made fit for a public table."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

LONGEST = 48
NAMELESS = "(không tên)"
_MOST_MARKS = 2  # on one letter; Vietnamese in NFC needs none, a few scripts need two
_FORMULA = "=+-@"
_JOINER = "\u2060"  # word joiner: invisible, and enough for a spreadsheet to see text and not a formula


def shown(text: str, longest: int = LONGEST) -> str:
    """Return a text that can't break a table, wherever it is pasted.

    Control and direction signs go, marks can't pile up over other rows, a long text ends in ``…``, and a
    text that starts like a formula stays a text when the table is copied to a spreadsheet.
    HTML is the template's business: nothing is escaped here.
    """
    plain = " ".join(unicodedata.normalize("NFC", text[: 10 * longest]).split())
    calm = _few_marks(sign for sign in plain if sign == " " or unicodedata.category(sign)[0] not in "CZ")
    cut = len(calm) > longest or len(text) > 10 * longest
    short = f"{calm[:longest].rstrip()}…" if cut else calm.strip()
    if not short:
        return NAMELESS
    return _JOINER + short if short[0] in _FORMULA else short


def _few_marks(signs: Iterable[str]) -> str:
    kept: list[str] = []
    marks = 0
    for sign in signs:
        marks = marks + 1 if unicodedata.category(sign)[0] == "M" else 0
        if marks <= _MOST_MARKS:
            kept.append(sign)
    return "".join(kept)
