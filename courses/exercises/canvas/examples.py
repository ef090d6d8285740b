"""Answers of every sort to any ``canvas``, for the tests."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import TYPE_CHECKING

from courses.exercises.authoring import Example, malformed
from courses.exercises.base import Exercise

if TYPE_CHECKING:
    from courses.exercises.canvas.kind import Canvas


def examples(exercise: Exercise, random: Random) -> Iterator[Example]:
    """See ``courses.exercises.authoring.Examples``: what the words are worth is for a judge or a person to say."""
    own: Canvas = exercise  # type: ignore[assignment] # the registry gives this kind only its own exercises
    own_words = ["mình", "thử", "kể", "chuyện", "vườn", "chè", "cho", "cả", "tổ", "nghe"]
    random.shuffle(own_words)
    ids = [place.id for place in own.fields]
    yield Example({"fields": {name: f"{' '.join(own_words)} {name}" for name in ids}}, "waiting")
    yield Example({"fields": {ids[-1]: " ".join(own_words)}}, "waiting")
    yield Example({"fields": dict.fromkeys(ids, own.statement)}, "wrong")
    blanks: tuple[dict[str, object], ...] = ({}, {"fields": {}}, {"fields": {ids[0]: " … "}})
    yield from (Example(raw, "blank") for raw in blanks)
    yield from malformed(
        {"fields": {"la": "chữ"}},
        {"fields": {ids[0]: 1}},
        {"fields": {ids[0]: "a" * 8001}},
        {"fields": {ids[0]: "\ud800"}},
        {"fields": []},
        {"text": "chè"},
        [],
        None,
    )
