"""Answers of every sort to any ``choice``, for the tests."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import TYPE_CHECKING

from courses.exercises.authoring import Example, malformed
from courses.exercises.base import Exercise

if TYPE_CHECKING:
    from courses.exercises.choice.kind import Choice


def examples(exercise: Exercise, random: Random) -> Iterator[Example]:
    """See ``courses.exercises.authoring.Examples``."""
    own: Choice = exercise  # type: ignore[assignment] # the registry gives this kind only its own exercises
    right = list(own.right)
    wrong = [option.id for option in own.options if option.id not in own.right]
    random.shuffle(right)
    yield Example({"chosen": right}, "right")
    yield Example({}, "blank")
    yield Example({"chosen": []}, "blank")
    if wrong:
        yield Example({"chosen": [random.choice(wrong)]}, "wrong")
    if own.many and len(right) > 1:
        yield Example({"chosen": right[:1]}, "wrong" if own.credit == "all" else "partly")
    yield from malformed(
        {"chosen": ["o0"]},
        {"chosen": "o1"},
        {"chosen": [right[0]] * 2},
        {"picked": []},
        [],
        None,
        1,
    )
