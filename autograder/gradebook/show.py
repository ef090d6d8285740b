"""Learners' answers and people's comments as text that does no harm in nbgrader's pages."""

from __future__ import annotations

import json
from collections.abc import Mapping

from courses.exercises.base import AnswerError, Exercise
from courses.exercises.text import clean
from courses.lessons.model import Lesson

_LIMIT = 10_000  # characters of an answer that cannot be read


def shown_answers(lesson: Lesson, case: str, answers: Mapping[str, object]) -> dict[str, str]:
    """Return each exercise's answer as plain text, blank ones included."""
    return {slot.id: _shown(slot.variant(case), answers.get(slot.id)) for slot in lesson.slots}


def _shown(exercise: Exercise, raw: object) -> str:
    if raw is None:
        return "(để trống)\n"
    try:
        text = exercise.render_answer(exercise.parse_answer(raw))
    except AnswerError:
        text = f"(không đọc được) {json.dumps(raw, ensure_ascii=False)[:_LIMIT]}"
    return f"{clean(text)}\n"


def trusted(comment: str) -> str:
    """Return a comment without the sign that opens HTML: nbgrader renders comments as Markdown."""
    return comment.replace("<", "‹")
