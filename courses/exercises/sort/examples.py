"""Answers of every sort to any ``sort``, for the tests."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import TYPE_CHECKING

from courses.exercises.authoring import Example, malformed
from courses.exercises.base import Exercise

if TYPE_CHECKING:
    from courses.exercises.sort.order import Order
    from courses.exercises.sort.placing import Sort


def examples(exercise: Exercise, random: Random) -> Iterator[Example]:
    """See ``courses.exercises.authoring.Examples``."""
    yield Example({}, "blank")
    if hasattr(exercise, "groups"):
        yield from _placing(exercise, random)  # type: ignore[arg-type] # only a Sort has groups
    else:
        yield from _order(exercise)  # type: ignore[arg-type] # the kind's other class
    yield from malformed({"x": 1}, "i1", None, [])


def _placing(own: Sort, random: Random) -> Iterator[Example]:
    groups = [group.id for group in own.groups]
    yield Example({"placed": dict(own.key)}, "right")
    moved = {name: groups[(groups.index(group) + 1) % len(groups)] for name, group in own.key.items()}
    yield Example({"placed": moved}, "wrong")
    first, second, *_ = own.key
    yield Example({"placed": {first: own.key[first]}}, "wrong" if own.credit == "all" else "partly")
    yield from malformed(
        {"placed": {"i0": random.choice(groups)}},
        {"placed": {first: "g0"}},
        {"placed": [groups[0]]},
        {"order": [first]},
    )
    if own.mode == "match":
        yield from malformed({"placed": {first: groups[0], second: groups[0]}})


def _order(own: Order) -> Iterator[Example]:
    right = list(own.right)
    yield Example({"order": right}, "right")
    yield Example({"order": []}, "blank")
    yield Example({"order": right[::-1]}, "wrong")
    nearly = [*right[:-2], right[-1], right[-2]]
    yield Example({"order": nearly}, "wrong" if own.credit == "all" else "partly")
    yield from malformed(
        {"order": right[:-1]}, {"order": [*right, right[0]]}, {"order": "i1"}, {"order": ["i0", *right[1:]]}
    )
    yield from malformed({"order": [right[0]] * len(right)}, {"placed": {}}, {"order": {"i1": 1}})
