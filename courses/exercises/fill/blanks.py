"""One blank: what its author accepts, and whether a learner's few words are that."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from courses.exercises.base import Frozen
from courses.exercises.fill.dates import read_day
from courses.exercises.numerals import readings, split_unit
from courses.exercises.text import nfc

Type = Literal["text", "number", "date"]
Forgiven = Literal["case", "diacritics", "spaces", "punctuation"]

_OLD = ["oá", "oà", "oả", "oã", "oạ", "oé", "oè", "oẻ", "oẽ", "oẹ", "uý", "uỳ", "uỷ", "uỹ", "uỵ"]
_NEW = ["óa", "òa", "ỏa", "õa", "ọa", "óe", "òe", "ỏe", "õe", "ọe", "úy", "ùy", "ủy", "ũy", "ụy"]
_PLACES = dict(zip(_OLD, _NEW, strict=True))
_PLACED = re.compile(rf"(?<!q)(?:{'|'.join(_OLD)})(?!\w)", re.IGNORECASE)


class Blank(Frozen):
    """A blank and its key: everything but ``id`` and ``type`` is secret."""

    id: str
    type: Type
    accepts: tuple[str, ...]


def is_readable(kind: Type, text: str, forgive: frozenset[Forgiven]) -> bool:
    """Tell whether an author's accepted answer can be compared at all."""
    if kind == "number":
        return bool(readings(split_unit(text)[0]))
    return read_day(text) is not None if kind == "date" else bool(folded(text, forgive))


def fits(blank: Blank, given: str, forgive: frozenset[Forgiven]) -> bool:
    """Tell whether a learner's text is one of the accepted answers."""
    if blank.type == "number":
        return any(_same_number(given, wanted) for wanted in blank.accepts)
    if blank.type == "date":
        day = read_day(given)
        return day is not None and any(read_day(wanted) == day for wanted in blank.accepts)
    return folded(given, forgive) in {folded(wanted, forgive) for wanted in blank.accepts}


def folded(text: str, forgive: frozenset[Forgiven]) -> str:
    """Return what is compared: without what the author forgives.

    Composed and decomposed letters, runs of spaces and both places of a tone mark (hòa, hoà) are always equal.
    """
    left = _PLACED.sub(lambda found: _newly(found[0]), nfc(text))
    if "punctuation" in forgive:
        left = "".join(" " if unicodedata.category(sign)[0] == "P" else sign for sign in left)
    if "case" in forgive:
        left = nfc(left.casefold())
    if "diacritics" in forgive:
        bare = unicodedata.normalize("NFD", left).translate({ord("đ"): "d", ord("Đ"): "D"})
        left = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return ("" if "spaces" in forgive else " ").join(left.split())


def _newly(old: str) -> str:
    new = _PLACES[old.lower()]
    return "".join(sign.upper() if was.isupper() else sign for sign, was in zip(new, old, strict=True))


def _same_number(given: str, wanted: str) -> bool:
    """Compare numbers in either decimal style; the unit may be left out, but not be another one."""
    number, unit = split_unit(given)
    ours, our_unit = split_unit(wanted)
    expected = readings(ours)[:1]  # an author writes the Vietnamese way
    has_unit = not unit or _bare(unit) == _bare(our_unit)
    return has_unit and any(value in expected for value in readings(number))


def _bare(unit: str) -> str:
    return "".join(nfc(unit).casefold().split()).rstrip(".")
