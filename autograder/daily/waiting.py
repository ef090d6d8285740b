"""The rubric answers of counting submissions that have no mark, from machine or person."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel
from sqlalchemy import Row, exists, select

from autograder import ledger
from autograder.daily.context import Context
from autograder.judge import CalibrationSample, samples_of
from autograder.models import AutoMark, HumanMark, PupilResult
from autograder.pupil import conversation, is_pupil, samples_of_pupil, understanding
from autograder.pupil_results import WAITING
from courses.exercises.base import AnswerError, RubricExercise
from courses.exercises.teach.kind import Teach
from courses.lessons.model import Lesson
from courses.school.db import session as open_session
from courses.school.models import Submission


@dataclass(frozen=True)
class WaitingAnswer:
    """One answer that waits for a judgement."""

    submission_id: int
    lesson: Lesson
    case: str
    exercise: RubricExercise
    text: str
    question: ledger.Question
    answer: BaseModel | None = None

    @property
    def samples(self) -> tuple[CalibrationSample, ...]:
        """The author's samples that the judge must reproduce before it is heard on this answer."""
        find = samples_of_pupil if is_pupil(self.exercise) else samples_of
        return find(self.lesson, self.exercise.id, self.case)


def waiting_answers(context: Context) -> list[WaitingAnswer]:
    """Return the answers that a judge could decide, in a fixed order."""
    found = (_waiting(context, row[0], row[1], row[2], row[3], row[4]) for row in _rows(context))
    return [own for own in found if own is not None]


def count_waiting(context: Context) -> int:
    """Return how many answers wait for the judge or a person, those in which there is nothing to read included."""
    return len(_rows(context))


def _rows(context: Context) -> list[Row[int, str, str, str, dict[str, object]]]:
    """Return the counting answers without a mark: submission, exercise, lesson, setting, answers."""
    counting = {own.id for own in context.counting}
    human = exists().where(
        HumanMark.submission_id == AutoMark.submission_id, HumanMark.exercise == AutoMark.exercise
    )
    query = (
        select(
            AutoMark.submission_id, AutoMark.exercise, Submission.lesson, Submission.case, Submission.answers
        )
        .join_from(AutoMark, Submission, Submission.id == AutoMark.submission_id)
        .where(AutoMark.status == "waiting", ~human)
        .order_by(AutoMark.submission_id, AutoMark.exercise)
    )
    with open_session(context.engine) as session:
        return [row for row in session.execute(query) if row[0] in counting]


def _waiting(  # noqa: PLR0913, PLR0917 - one row
    context: Context, submission_id: int, exercise_id: str, key: str, case: str, answers: dict[str, object]
) -> WaitingAnswer | None:
    """Return None for what no judge can read: a rule kind, an answer that no longer fits."""
    lesson = context.lessons[key]
    try:
        exercise = lesson.slot(exercise_id).variant(case)
        if not isinstance(exercise, RubricExercise):
            return None
        answer = exercise.parse_answer(answers.get(exercise_id))
        text = exercise.judged_text(answer)
    except (AnswerError, KeyError):
        return None
    if not text.strip():
        return None  # a picture or a recording: only a person can look at it
    return WaitingAnswer(
        submission_id=submission_id,
        lesson=lesson,
        case=case,
        exercise=exercise,
        text=text,
        question=ledger.question(exercise, text),
        answer=answer,
    )


def waiting_pupils(context: Context) -> list[WaitingAnswer]:
    """Return the conversations of counting submissions of which nobody knows what the pupil understood."""
    counting = {own.id for own in context.counting}
    query = (
        select(Submission.id, PupilResult.exercise, Submission.lesson, Submission.case, Submission.answers)
        .join_from(PupilResult, Submission, Submission.id == PupilResult.submission_id)
        .where(PupilResult.status == WAITING)
        .order_by(Submission.id, PupilResult.exercise)
    )
    with open_session(context.engine) as session:
        rows = [row for row in session.execute(query) if row[0] in counting]
    found = (_pupil(context, row[0], row[1], row[2], row[3], row[4]) for row in rows)
    return [own for own in found if own is not None]


def _pupil(  # noqa: PLR0913, PLR0917 - one row
    context: Context, submission_id: int, exercise_id: str, key: str, case: str, answers: dict[str, object]
) -> WaitingAnswer | None:
    lesson = context.lessons[key]
    try:
        teach = lesson.slot(exercise_id).variant(case)
        if not isinstance(teach, Teach):
            return None
        text = conversation(teach, answers.get(exercise_id))
    except (AnswerError, KeyError):
        return None
    asked = understanding(teach)
    return WaitingAnswer(
        submission_id=submission_id,
        lesson=lesson,
        case=case,
        exercise=asked,
        text=text,
        question=ledger.question(asked, text),
    )
