"""Answers of every sort to any ``number``, for the tests."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import TYPE_CHECKING

from courses.exercises.authoring import Example, malformed
from courses.exercises.base import Exercise
from courses.exercises.numerals import said

if TYPE_CHECKING:
    from courses.exercises.number.kind import Number


def examples(exercise: Exercise, random: Random) -> Iterator[Example]:
    """See ``courses.exercises.authoring.Examples``."""
    own: Number = exercise  # type: ignore[assignment] # the registry gives this kind only its own exercises
    units = {
        one.id: f" {one.unit}" if one.unit and (one.units or random.choice([True, False])) else ""
        for one in own.numbers
    }
    right = {name: f"{said(key.answer)}{units[name]}" for name, key in own.key.items()}
    dotted = {name: f"{key.answer:f}{units[name]}" for name, key in own.key.items()}
    edge = {name: f"{said(key.answer + key.tolerance)}{units[name]}" for name, key in own.key.items()}
    far = {name: f"{said(key.answer + 2 * key.tolerance + 7)}{units[name]}" for name, key in own.key.items()}
    first = own.numbers[0].id
    yield from (Example({"values": values}, "right") for values in (right, dotted, edge))
    yield Example({"values": far}, "wrong")
    yield Example({"values": {first: "khoảng một triệu"}}, "wrong")
    if len(own.numbers) > 1:
        yield Example({"values": {first: right[first]}}, "wrong" if own.credit == "all" else "partly")
    blanks: tuple[dict[str, object], ...] = ({}, {"values": {}}, {"values": {first: " "}})
    yield from (Example(raw, "blank") for raw in blanks)
    yield from malformed(
        {"values": {"la": "1"}}, {"values": {first: 1}}, {"values": "1"}, {"value": "1"}, [], None, 3
    )
