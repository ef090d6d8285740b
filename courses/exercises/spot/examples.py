"""Answers of every sort to any ``spot``, for the tests."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import TYPE_CHECKING

from courses.exercises.authoring import Example, malformed
from courses.exercises.base import Exercise

if TYPE_CHECKING:
    from courses.exercises.spot.kind import Spot


def examples(exercise: Exercise, random: Random) -> Iterator[Example]:
    """See ``courses.exercises.authoring.Examples``."""
    own: Spot = exercise  # type: ignore[assignment] # the registry gives this kind only its own exercises
    inside = {piece for passage in own.wrong for piece in passage.pieces}
    outside = [piece for piece in own.pieces if piece not in inside]
    wrong = sorted(inside)
    random.shuffle(wrong)
    yield Example({"marked": wrong}, "right")
    yield Example({}, "blank")
    if len(own.wrong) > 1:
        yield Example({"marked": wrong[:1]}, "wrong" if own.credit == "all" else "partly")
    yield Example({"marked": [random.choice(outside)]}, "wrong")
    yield from malformed(
        {"marked": ["p0"]}, {"marked": "p1"}, {"marked": wrong[:1] * 2}, {"found": []}, 3, None
    )
