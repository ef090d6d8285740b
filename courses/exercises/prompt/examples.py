"""Answers of every sort to any ``prompt``, for the tests."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from courses.exercises.authoring import Example, malformed
from courses.exercises.base import Exercise


def examples(exercise: Exercise, random: Random) -> Iterator[Example]:
    """See ``courses.exercises.authoring.Examples``: what the words are worth is for a judge or a person to say."""
    own_words = ["mình", "thử", "kể", "chuyện", "vườn", "chè", "cho", "cả", "tổ", "nghe"]
    random.shuffle(own_words)
    yield Example({"text": " ".join(own_words)}, "waiting")
    yield Example({"text": exercise.statement}, "wrong")
    for raw in ({}, {"text": ""}, {"text": " \n… "}):
        yield Example(raw, "blank")
    yield from malformed({"text": 1}, {"text": "a" * 8001}, {"words": "chè"}, {"text": "\ud800"}, [], None)
