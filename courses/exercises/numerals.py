"""Numbers and dates the way Vietnamese people write them: the only reader of numbers that exercises have.

Numbers. In Vietnam the dot groups thousands and the comma begins the decimals: ``1.250.000``, ``1,5``. Phones,
calculators and spreadsheets often do it the other way round. The rule:

1. Both signs: the last one begins the decimals, the other groups thousands (``1.250,5`` and ``1,250.5``).
2. One sign several times, or spaces: thousands (``1.250.000``, ``1,250,000``, ``1 250 000``).
3. One sign once: the decimals begin there (``1,5``, ``1.5``, ``0.125``), except when exactly three digits follow
   one to three others (``1.500``, ``1,500``): both readings are possible. The Vietnamese one comes first:
   ``1.500`` is one thousand five hundred, ``1,500`` is one and a half.

Where a number is compared with what an author expects, each possible reading may fit: which sign a person's
keyboard offers is not what is asked. Where a number is only read (a column that is added up), the first counts.

In a running text (``numbers_in``) only no-break spaces group thousands: ``15 300`` may be two numbers. What has no
reading (``12.11.2026``, ``mục 1.2.3``) is no number. The time ``19h30`` is 19 and 30. Words of size count only where
they are asked for: then ``1,2 triệu`` and ``1 tỷ 250 triệu`` are 1.200.000 and 1.250.000.000, and what people type on a
phone is read, too: ``90k``, ``90 nghin``, ``16tr740`` (16.740.000), ``1tr2`` (1.200.000).

Dates are day, month, year: ``2/11/2026``, ``02-11-2026``, ``2.11.2026``; also ``2026-11-02``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import islice
from math import prod
from typing import NamedTuple

LONGEST = 40  # characters; nobody writes a longer number
_SPACES = "\u0020\u00a0\u2009\u202f"
_SIGNS = str.maketrans({"\u2212": "-", "\u2013": "-"})
_PLAIN = re.compile(r"\d+", re.ASCII)
_ONE_SIGN = re.compile(r"(\d*)([.,])(\d+)", re.ASCII)
_GROUPED = re.compile(rf"(\d{{1,3}})(?:([.,{_SPACES}])\d{{3}})(?:\2\d{{3}})*(?:([.,])(\d+))?", re.ASCII)
_DIGITS = re.compile(r"\D", re.ASCII)
_AMBIGUOUS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_MARKER = re.compile(r"(?m)^[ \t]*(?:[-*+][ \t]*)?\d{1,2}[.)][ \t]")  # the number of a list's item
_SIZES = {
    **dict.fromkeys(("nghìn", "ngàn", "nghin", "ngan", "k"), 10**3),
    **dict.fromkeys(("triệu", "trieu", "tr"), 10**6),
    **dict.fromkeys(("tỷ", "tỉ", "ty"), 10**9),
}
_SPACE = r"[ \u00a0\u202f]{0,3}"
_SIZE = r"(nghìn|ngàn|nghin|ngan|k|triệu|trieu|tr|t[ỷỉy](?!\s+l[ệe]))"
_REST = r"(?:(?<=[a-zỷỉ])([0-9]{1,3})(?![\w]|[.,][0-9])|\b)"  # 16tr740: what follows is a part of the size
_WRITTEN = r"[0-9]{1,3}(?:[\u00a0\u202f][0-9]{3}(?![0-9]))+(?:[.,][0-9]+)?|[0-9]+(?:[.,][0-9]+)*"
_MINUTES = r"(?<=[0-9][hg])([0-9]{1,2})(?![0-9])"  # 19h30
_IN_TEXT = re.compile(
    rf"(?<![\w.,])({_WRITTEN})(?:{_SPACE}{_SIZE}{_REST})?(?:{_SPACE}{_SIZE}\b)?|{_MINUTES}", re.IGNORECASE
)
_MOST = 2000  # numbers of a text
_DATE = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})", re.ASCII)
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?", re.ASCII)


def readings(text: str) -> tuple[Decimal, ...]:
    """Return the values that a written number may have, the Vietnamese reading first; none when it is no number."""
    given = text.strip().translate(_SIGNS)
    if len(given) > LONGEST:
        return ()
    sign = -1 if given.startswith("-") else 1
    return tuple(sign * value for value in _unsigned(given.removeprefix("-").removeprefix("+").strip()))


def _unsigned(given: str) -> tuple[Decimal, ...]:
    if _PLAIN.fullmatch(given):
        return (Decimal(given),)
    if one := _ONE_SIGN.fullmatch(given):
        decimal = Decimal(f"{one[1] or 0}.{one[3]}")
        if not _AMBIGUOUS.fullmatch(given):
            return (decimal,)
        whole = Decimal(one[1] + one[3])
        return (whole, decimal) if one[2] == "." else (decimal, whole)
    grouped = _GROUPED.fullmatch(given)
    if grouped is None or grouped[3] == grouped[2]:
        return ()
    digits = _DIGITS.sub("", given[: grouped.start(3)] if grouped[3] else given)
    return (Decimal(f"{digits}.{grouped[4] or 0}"),)


class Number(NamedTuple):
    """A number of a text as it was written, and every value that it may stand for."""

    written: str
    values: frozenset[Decimal]


def numbers_in(text: str, *, sizes: bool = False) -> tuple[Number, ...]:
    """Return the numbers of a text in order, without the markers of lists; at most 2,000.

    Args:
        text: in normal form C.
        sizes: read ``nghìn``, ``triệu`` and ``tỷ`` behind a number as part of it.
    """
    plain = _MARKER.sub(" ", text)
    found = islice(_IN_TEXT.finditer(plain), _MOST)
    return tuple(_joined(plain, found) if sizes else _numbers(found))


def _numbers(found: Iterator[re.Match[str]]) -> Iterator[Number]:
    digits = (one[1] or one[5] for one in found)
    return (Number(one, frozenset(values)) for one in digits if (values := readings(one)))


def _joined(plain: str, found: Iterator[re.Match[str]]) -> Iterator[Number]:
    """Yield numbers with their size; what follows a size and has a smaller one belongs to it."""
    end, before, whole = 0, 1, Number("", frozenset())
    for one in found:
        size = prod(_SIZES[word.lower()] for word in (one[2], one[4]) if word)
        more = Decimal(f"0.{one[3] or 0}")
        number = Number(one[0], frozenset((value + more) * size for value in readings(one[1] or one[5])))
        if whole.values and 1 < size < before and not plain[end : one.start()].strip():
            sums = (begun + value for begun in whole.values for value in number.values)
            whole = Number(f"{whole.written} {number.written}", frozenset(sums))
        else:
            if whole.values:
                yield whole
            whole = number
        end, before = one.end(), size
    if whole.values:
        yield whole


def split_unit(text: str) -> tuple[str, str]:
    """Return the number at the head of a text and what follows it: ``1.250,5 m²`` → ``1.250,5`` and ``m²``."""
    given = text.strip().translate(_SIGNS)
    if len(given) > 2 * LONGEST:
        return given, ""
    end = next((n for n, sign in enumerate(given) if sign.isalpha() or sign in "%‰²³°$₫/"), len(given))
    return given[:end].strip(), given[end:].strip()


def day_of(text: str) -> date | None:
    """Return the day that a text names, or None."""
    given = text.strip()
    if found := _DATE.fullmatch(given):
        day, month, year = found[1], found[3], found[4]
    elif found := _ISO_DATE.fullmatch(given):
        year, month, day = found.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def said(value: Decimal) -> str:
    """Return a number as Vietnamese people write it: ``1.250,5``."""
    whole, _, rest = f"{abs(value):,f}".partition(".")
    rest = rest.rstrip("0")
    sign = "-" if value < 0 else ""
    return f"{sign}{whole.replace(',', '.')}{',' if rest else ''}{rest}"
