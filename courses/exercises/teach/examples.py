"""Answers of every sort to any ``teach``, for the tests."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from courses.exercises.authoring import Example, malformed
from courses.exercises.base import Exercise
from courses.exercises.teach.pupil import MOST_TURNS, TURN_LIMIT


def examples(exercise: Exercise, random: Random) -> Iterator[Example]:
    """See ``courses.exercises.authoring.Examples``: what the words are worth is for a judge or a person to say."""
    own_words = ["mình", "thử", "kể", "chuyện", "vườn", "chè", "cho", "cả", "tổ", "nghe"]
    random.shuffle(own_words)
    said = " ".join(own_words)
    pupil = {"by": "pupil", "text": said}
    yield Example({"text": said}, "waiting")
    yield Example({"turns": [pupil, {"by": "you", "text": said}, pupil], "text": ""}, "waiting")
    yield Example({"turns": [{"by": "you", "text": said}] * MOST_TURNS}, "waiting")
    yield Example({"text": exercise.statement}, "wrong")
    blanks: list[object] = [{}, {"text": ""}, {"text": " \n… "}, {"turns": []}, {"turns": [pupil]}]
    yield from (Example(raw, "blank") for raw in blanks)
    yield from malformed({"text": 1}, {"text": "a" * 8001}, {"words": "chè"}, {"text": "\ud800"}, [], None)
    yield from malformed(*({"turns": turns} for turns in _no_turns(said)))


def _no_turns(said: str) -> Iterator[object]:
    """Yield what is no conversation."""
    yield "a"
    yield [said]
    yield [{"by": "you"}]
    yield [{"by": "teacher", "text": said}]
    yield [{"by": "you", "text": " … "}]
    yield [{"by": "you", "text": 5}]
    yield [{"by": "you", "text": said, "met": True}]
    yield [{"by": "you", "text": "a" * (TURN_LIMIT + 1)}]
    yield [{"by": "you", "text": said}] * (MOST_TURNS + 1)
    yield [{"by": ["you"], "text": said}]
