"""Answers of every sort to any ``fill``, for the tests."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from random import Random
from typing import TYPE_CHECKING

from courses.exercises.authoring import Example, malformed
from courses.exercises.base import Exercise
from courses.exercises.fill.dates import read_day
from courses.exercises.numerals import readings, said, split_unit

if TYPE_CHECKING:
    from courses.exercises.fill.blanks import Blank
    from courses.exercises.fill.kind import Fill


def examples(exercise: Exercise, random: Random) -> Iterator[Example]:
    """See ``courses.exercises.authoring.Examples``."""
    own: Fill = exercise  # type: ignore[assignment] # the registry gives this kind only its own exercises
    forgive = frozenset(own.forgive)
    yield Example({"filled": {one.id: random.choice(one.accepts) for one in own.blanks}}, "right")
    for _ in range(3):
        filled = {one.id: random.choice([*_ways(one, forgive)]) for one in own.blanks}
        yield Example({"filled": filled}, "right")
    yield Example({}, "blank")
    yield Example({"filled": {own.blanks[0].id: "  "}}, "blank")
    yield Example({"filled": {one.id: "☂ không phải" for one in own.blanks}}, "wrong")
    if len(own.blanks) > 1:
        one = random.choice(own.blanks)
        yield Example({"filled": {one.id: one.accepts[0]}}, "wrong" if own.credit == "all" else "partly")
    yield from malformed(
        {"filled": {"b0": "a"}}, {"filled": {"b1": 1}}, {"filled": ["a"]}, {"text": "a"}, None, "b1"
    )
    yield from malformed({"filled": {"b1": "a" * 201}}, {"filled": {"b1": "\ud800"}})


def _ways(one: Blank, forgive: frozenset[str]) -> Iterator[str]:
    """Yield further ways to write the first accepted answer that count as the same."""
    text = one.accepts[0]
    yield f"  {unicodedata.normalize('NFD', text)} "
    if one.type == "number":
        yield from _numbers(text)
    elif one.type == "date":
        yield from _dates(text)
    else:
        yield from _words(text, forgive)


def _numbers(text: str) -> Iterator[str]:
    value = readings(split_unit(text)[0])[0]
    yield said(value)
    yield said(value).translate(str.maketrans(".,", ",."))  # the other decimal style
    yield f"{value:f}"


def _dates(text: str) -> Iterator[str]:
    found = read_day(text)
    assert found is not None  # noqa: S101 - the declaration was checked
    parts = (
        [f"{found.day:02d}"] * bool(found.day) + [f"{found.month:02d}"] + [str(found.year)] * bool(found.year)
    )
    yield from (sign.join(parts) for sign in ("/", "-", "."))
    day = f"ngày {found.day} " * bool(found.day)
    yield f"{day}tháng {found.month}{f' năm {found.year}' * bool(found.year)}"


def _words(text: str, forgive: frozenset[str]) -> Iterator[str]:
    if "case" in forgive:
        yield text.upper()
    if "diacritics" in forgive:
        bare = unicodedata.normalize("NFD", text).replace("đ", "d").replace("Đ", "D")
        yield "".join(sign for sign in bare if not unicodedata.combining(sign))
    if "spaces" in forgive:
        yield text.replace(" ", "")
    if "punctuation" in forgive:
        yield f"“{text}”."
