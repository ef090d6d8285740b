"""Numbers in a text, in either decimal style: ``1.250,5`` and ``1,250.5`` are the same, ``1.250`` may be two things."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+|[\u00a0\u202f]\d{3}(?!\d))*")
_MARKER = re.compile(r"(?m)^[ \t]*(?:[-*+][ \t]*)?\d{1,2}[.)][ \t]")  # the number of a list's item
_MOST = 2000
_LONGEST = 30


class Number(NamedTuple):
    """A number as it was written, and every value that it may stand for."""

    written: str
    values: frozenset[Decimal]


def numbers_in(text: str) -> tuple[Number, ...]:
    """Return the numbers of a text in order, without the markers of lists; at most 2,000."""
    plain = _MARKER.sub(" ", text)
    found = (match.group() for match in islice(_NUMBER.finditer(plain), _MOST))
    return tuple(Number(one, _values(one)) for one in found if len(one) <= _LONGEST)


def missing_and_extra(source: tuple[Number, ...], work: tuple[Number, ...]) -> tuple[list[str], list[str]]:
    """Return the source's numbers that the work lacks, and the work's numbers that the source has not."""
    had = frozenset(value for one in work for value in one.values)
    known = frozenset(value for one in source for value in one.values)
    missing = [one.written for one in source if not one.values & had]
    extra = [one.written for one in work if not one.values & known]
    return missing, list(dict.fromkeys(extra))


def _values(written: str) -> frozenset[Decimal]:
    """Return what a writing can mean: points and commas group thousands or begin the decimals."""
    plain = re.sub("[\u00a0\u202f]", "", written)
    readings = {_read(plain, group, decimal) for group, decimal in ((".", ","), (",", "."))}
    return frozenset(value for value in readings if value is not None)


def _read(plain: str, group: str, decimal: str) -> Decimal | None:
    before, sign, after = plain.partition(decimal)
    parts = before.split(group)
    is_grouped = len(parts) == 1 or all(len(part) == 3 for part in parts[1:])  # noqa: PLR2004 - thousands
    if not is_grouped or len(parts[0]) > 3 and len(parts) > 1 or group in after or decimal in after:  # noqa: PLR2004, RUF021
        return None
    return Decimal("".join(parts) + (f".{after}" if sign else "")).normalize()
