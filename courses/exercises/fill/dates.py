"""Dates as Vietnamese people write them, whole or in part: 28/6/2026, 28-06-2026, ngày 28 tháng 6 năm 2026.

Day before month, always. A date may name day and month only (28/6) or month and year only (6/2026); what it names
must be equal for two dates to be the same.
"""

from __future__ import annotations

import calendar
import re
from typing import NamedTuple

from courses.exercises.text import nfc

_MONTHS = ("giêng", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai")
_WORDS = {word: number for number, word in enumerate(_MONTHS, 1)} | {"một": 1, "bốn": 4, "bẩy": 7, "chạp": 12}
_NAME = "|".join(sorted(_WORDS, key=len, reverse=True))
_MONTH = rf"tháng\s+(?P<month>\d{{1,2}}|{_NAME})"
_GAP = r"\s*,?\s+"
_SIGN = r"\s*[/.\-–]\s*"
_FORMS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        rf"(?P<day>\d{{1,2}}){_SIGN}(?P<month>\d{{1,2}})(?:{_SIGN}(?P<year>\d{{4}}))?",
        rf"(?P<month>\d{{1,2}}){_SIGN}(?P<year>\d{{4}})",
        r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
        rf"(?P<day>\d{{1,2}})\s+{_MONTH}(?:{_GAP}(?:năm\s+)?(?P<year>\d{{4}}))?",
        rf"{_MONTH}{_GAP}(?:năm\s+)?(?P<year>\d{{4}})",
    )
)
_LEAD = re.compile(r"^(?:ngày|mùng|mồng)\s+")
_LEAP = 2024  # a year in which every day and month exist


class Day(NamedTuple):
    """What a date names; 0 stands for what it leaves out."""

    day: int
    month: int
    year: int


def read_day(text: str) -> Day | None:
    """Return what a text names, or None when it is no date."""
    given = " ".join(nfc(text).casefold().split()).rstrip(".")
    while _LEAD.match(given):
        given = _LEAD.sub("", given)
    found = next((match for form in _FORMS if (match := form.fullmatch(given))), None)
    if found is None or any(part and not part.strip("0") for part in found.groups()):
        return None
    parts = found.groupdict()
    month = parts["month"]
    read = Day(int(parts.get("day") or 0), _WORDS.get(month) or int(month), int(parts.get("year") or 0))
    return read if _exists(read) else None


def _exists(read: Day) -> bool:
    is_month = 1 <= read.month <= len(_MONTHS)
    return is_month and read.day <= calendar.monthrange(read.year or _LEAP, read.month)[1]
