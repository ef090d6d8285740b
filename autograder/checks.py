"""Hard checks of an answer that need no model; what they catch never reaches one.

A blank earns nothing, by rule. Everything else that is caught goes to a person: a copy may still hold
a learner's work, and a learner may write about grading without meaning to trick anybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from autograder.judge import Reason
from autograder.language import has_foreign_passage, is_foreign
from autograder.orders import has_instructions
from autograder.quotes import allowed_edits, contains
from courses.exercises.base import RubricExercise
from courses.exercises.pasting import PASSAGE, fold, passages, passages_of, pastes

COPY_SHARE = 0.8
"""Share of an answer's passages (five words in a row) that may come from texts it was shown."""
CRITERION_WORDS = 4  # a shorter criterion may well be said by chance
GUIDANCE_WORDS = 6  # of a sentence of the author's guidance, which no learner has seen
FEWEST_NAMED = 2  # criteria named by their ids with a verdict

_SENTENCE = re.compile(r"[.!?…\n]+")
_YES = (
    r"(?:\s*[✓✔]|[\"'”]?\s*(?:[:=]|[-=]+>)\s*[\"'“]?"
    r"(?:có|co|đạt|dat|đúng|dung|true|yes|met|ok|pass|1\b|✓|✔|x\b))"
)
"""A verdict after a criterion's id."""


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
    if copies_criterion(exercise, given) or names_criteria(exercise, answer):
        return "criteria_copied"
    models = [exercise.reference] if compare_reference else []
    if copies_texts([*exercise.shown_texts(), *models], given):
        return "copied"
    # the task may stand above an honest answer; a sample reply or a model answer never does
    others = [text for text in (*exercise.shown_texts(), *models) if text != exercise.task_text]
    if pastes(given, others, exercise.told_texts):
        return "copied"
    return "wrong_language" if _is_foreign(exercise, answer) else _length(exercise, len(given))


def _is_foreign(exercise: RubricExercise, answer: str) -> bool:
    """Tell whether an answer, or a passage of it, is in a language other than the exercise's."""
    if is_foreign(exercise.statement) or is_foreign("\n".join(exercise.told_texts)):
        return False
    return is_foreign(answer) or has_foreign_passage(answer)


def copies_criterion(exercise: RubricExercise, given: list[str]) -> bool:
    """Tell whether an answer holds a criterion's text or a sentence of its guidance, near verbatim."""
    texts = [(criterion.text, CRITERION_WORDS) for criterion in exercise.rubric]
    secret = (own for criterion in exercise.rubric for own in _SENTENCE.split(criterion.guidance))
    texts += [(sentence, GUIDANCE_WORDS) for sentence in secret]
    return any(_holds(given, fold(text), fewest) for text, fewest in texts)


def _holds(given: list[str], text: list[str], fewest: int) -> bool:
    return len(text) >= fewest and contains(given, text, allowed_edits(text))


def names_criteria(exercise: RubricExercise, answer: str) -> bool:
    """Tell whether an answer gives itself verdicts by the criteria's ids, or lists ids that no learner has seen."""
    ids = [criterion.id for criterion in exercise.rubric]
    decided = sum(bool(re.search(rf"(?<!\w){re.escape(id_)}{_YES}", answer, re.IGNORECASE)) for id_ in ids)
    coined = sum(
        bool(re.search(rf"(?<![\w-]){re.escape(id_)}(?![\w-])", answer)) for id_ in ids if "-" in id_
    )
    any_id = "|".join(re.escape(id_) for id_ in sorted(ids, key=len, reverse=True))
    listed = re.search(rf"(?<![\w-])(?:(?:{any_id})\s*[,;|]\s*){{2,}}(?:{any_id})(?![\w-])", answer)
    return decided >= FEWEST_NAMED or coined >= FEWEST_NAMED or listed is not None


def copies_texts(texts: Iterable[str], given: list[str]) -> bool:
    """Tell whether an answer is little more than passages of texts: those that lay before the learner, and models."""
    if len(given) < PASSAGE:
        return any(contains(fold(text), given) for text in texts)
    known = {passage for text in texts for passage in passages_of(text, PASSAGE)}
    own = passages(given)
    return sum(passage in known for passage in own) >= COPY_SHARE * len(own)


def _length(exercise: RubricExercise, count: int) -> Reason | None:
    least, most = exercise.judged_words
    if count < least:
        return "too_short"
    return "too_long" if count > most else None
