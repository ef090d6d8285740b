"""Hard checks of an answer that need no model; what they catch never reaches one.

A blank earns nothing, by rule. Everything else that is caught goes to a person: a copy may still hold
a learner's work, and a learner may write about grading without meaning to trick anybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from autograder.judge import CalibrationSample, Reason
from autograder.language import has_foreign_passage, is_foreign
from autograder.orders import has_instructions
from autograder.quotes import allowed_edits, contains, fold
from courses.exercises.base import RubricExercise

COPY_SHARE = 0.8
"""Share of an answer's passages (five words in a row) that may come from texts it was shown."""
PASSAGE = 5
CRITERION_WORDS = 4  # a shorter criterion may well be said by chance


def hard_check(
    exercise: RubricExercise, answer: str, *, compare_reference: bool = True
) -> Reason | Literal["blank"] | None:
    """Return what is wrong with an answer, or None when a model may look at it.

    Args:
        exercise: the exercise answered.
        answer: the learner's text.
        compare_reference: False for the author's own samples, which may be the model answer.
    """
    given = fold(answer)
    if not given:
        return "blank"
    if has_instructions(answer):
        return "instructions"
    if copies_criterion(exercise, given):
        return "criteria_copied"
    if copies_texts(exercise, given, compare_reference=compare_reference):
        return "copied"
    if is_foreign(answer) and not is_foreign(exercise.statement):
        return "wrong_language"
    return _length(exercise, len(given))


def copies_criterion(exercise: RubricExercise, given: list[str]) -> bool:
    """Tell whether an answer holds a criterion's text, near verbatim."""
    for criterion in exercise.rubric:
        text = fold(criterion.text)
        if len(text) >= CRITERION_WORDS and contains(given, text, allowed_edits(text)):
            return True
    return False


def copies_texts(exercise: RubricExercise, given: list[str], *, compare_reference: bool = True) -> bool:
    """Tell whether an answer is little more than passages of texts that lay before the learner."""
    sources = [fold(text) for text in exercise.shown_texts()]
    if compare_reference:
        sources.append(fold(exercise.reference))
    if len(given) < PASSAGE:
        return any(contains(source, given) for source in sources)
    known = {passage for source in sources for passage in passages(source)}
    own = passages(given)
    return sum(passage in known for passage in own) >= COPY_SHARE * len(own)


def passages(words: list[str]) -> list[tuple[str, ...]]:
    """Return all stretches of five words."""
    return [tuple(words[i : i + PASSAGE]) for i in range(len(words) - PASSAGE + 1)]


def _length(exercise: RubricExercise, count: int) -> Reason | None:
    if count < exercise.min_words:
        return "too_short"
    return "too_long" if count > exercise.max_words else None
