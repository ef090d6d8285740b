"""Answers that are the same words to the same exercise with the same rubric: one decision serves them all."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from autograder import ledger
from autograder.models import AutoMark
from courses.exercises.base import AnswerError, RubricExercise
from courses.lessons.model import Lesson
from courses.school.models import Person, Submission
from hub_config.portal.queue.items import answers


def question_of(lesson: Lesson, case: str, exercise: str, raw: object) -> ledger.Question | None:
    """Return what identical answers share; None where the criteria alone don't decide, or nothing can be read."""
    try:
        variant = lesson.slot(exercise).variant(case)
        if not isinstance(variant, RubricExercise):
            return None
        answer = variant.parse_answer(raw)
        text = variant.judged_text(answer)
        return ledger.question(variant, text) if variant.rubric_decides(answer) and text.strip() else None
    except (AnswerError, KeyError):
        return None


def identical(
    session: Session, viewer: Person, lesson: Lesson, submission: Submission, exercise: str
) -> tuple[Submission, ...]:
    """Return the other unmarked submissions of the viewer's learners whose answer is identical, by id.

    Answers that the judge marked alike are among them: the same words get the same mark.
    """
    wanted = question_of(lesson, submission.case, exercise, submission.answers.get(exercise))
    if wanted is None:
        return ()
    ids = (
        answers(viewer, "queue")
        .where(Submission.lesson == lesson.key, AutoMark.exercise == exercise)
        .where(AutoMark.source.in_(("ai", "nobody")), Submission.id != submission.id)
        .with_only_columns(AutoMark.submission_id)
    )
    others = session.scalars(select(Submission).where(Submission.id.in_(ids)).order_by(Submission.id))
    return tuple(
        own for own in others if question_of(lesson, own.case, exercise, own.answers.get(exercise)) == wanted
    )
