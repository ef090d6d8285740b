"""The rubric answers of counting submissions that have no mark, from machine or person."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel
from sqlalchemy import ColumnElement, exists, literal_column, select

from autograder import ledger
from autograder.daily.context import Context
from autograder.judge import CalibrationSample, samples_of
from autograder.models import AutoMark, HumanMark, LedgerEntry, PupilResult
from autograder.pupil import conversation, is_pupil, samples_of_pupil, understanding
from autograder.pupil_results import WAITING
from courses.exercises.base import AnswerError, RubricExercise
from courses.exercises.teach.kind import Teach
from courses.lessons.model import Lesson
from courses.school.db import session as open_session
from courses.school.models import Submission

IS_WAITING = AutoMark.status == literal_column("'waiting'")
"""As the partial index spells it: with a bound value no database would use that."""


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
    reason: str = ""  # why it waited before this run
    asked: str = ""  # which judge abstained for good, see `autograder.ledger.judge_key`

    @property
    def samples(self) -> tuple[CalibrationSample, ...]:
        """The author's samples that the judge must reproduce before it is heard on this answer."""
        find = samples_of_pupil if is_pupil(self.exercise) else samples_of
        return find(self.lesson, self.exercise.id, self.case)


def waiting_answers(context: Context, judge: str) -> list[WaitingAnswer]:
    """Return the answers that this judge was not asked about, those that failed at an earlier run last.

    Args:
        context: the run.
        judge: see `autograder.ledger.judge_key`; empty: without a judge, those that the ledger knows meanwhile.
    """
    columns = (AutoMark.submission_id, AutoMark.exercise, Submission.lesson, Submission.case)
    query = (
        select(*columns, Submission.answers, AutoMark.reason, AutoMark.asked)
        .join_from(AutoMark, Submission, Submission.id == AutoMark.submission_id)
        .where(IS_WAITING, no_person_decided(), context.counts, *_not_asked(AutoMark, judge))
        .order_by(AutoMark.reason != "", AutoMark.submission_id, AutoMark.exercise)
    )
    with open_session(context.engine) as session:
        rows = session.execute(query).all()
    found = (_waiting(context, *row) for row in rows)
    return [own for own in found if own is not None]


def no_person_decided() -> ColumnElement[bool]:
    """Condition on ``AutoMark``: no mark of a person counts instead of it."""
    same = (HumanMark.submission_id == AutoMark.submission_id, HumanMark.exercise == AutoMark.exercise)
    return ~exists().where(*same)


def _not_asked(table: type[AutoMark | PupilResult], judge: str) -> tuple[ColumnElement[bool], ...]:
    if judge:
        return table.question != "", table.asked != judge
    return table.asked == "", exists().where(LedgerEntry.question == table.question)


def _waiting(  # noqa: PLR0913, PLR0917 - one row
    context: Context,
    submission_id: int,
    exercise_id: str,
    key: str,
    case: str,
    answers: dict[str, object],
    reason: str,
    asked: str,
) -> WaitingAnswer | None:
    """Return None for what no judge can read: a rule kind, an answer that no longer fits."""
    lesson = context.lessons[key]
    try:
        exercise = lesson.slot(exercise_id).variant(case)
        if not isinstance(exercise, RubricExercise):
            return None
        answer = exercise.parse_answer(answers.get(exercise_id))
        own = exercise.judged_text(answer)
    except (AnswerError, KeyError):
        return None
    return WaitingAnswer(
        submission_id=submission_id,
        lesson=lesson,
        case=case,
        exercise=exercise,
        text=own,
        question=ledger.question(exercise, own),
        answer=answer,
        reason=reason,
        asked=asked,
    )


def waiting_pupils(context: Context, judge: str) -> list[WaitingAnswer]:
    """Return the conversations of which nobody knows what the pupil understood; see `waiting_answers`."""
    query = (
        select(Submission.id, PupilResult.exercise, Submission.lesson, Submission.case, Submission.answers)
        .join_from(PupilResult, Submission, Submission.id == PupilResult.submission_id)
        .where(PupilResult.status == WAITING, context.counts, *_not_asked(PupilResult, judge))
        .order_by(Submission.id, PupilResult.exercise)
    )
    with open_session(context.engine) as session:
        rows = session.execute(query).all()
    found = (_pupil(context, *row) for row in rows)
    return [own for own in found if own is not None]


def _pupil(  # noqa: PLR0913, PLR0917 - one row
    context: Context, submission_id: int, exercise_id: str, key: str, case: str, answers: dict[str, object]
) -> WaitingAnswer | None:
    lesson = context.lessons[key]
    try:
        teach = lesson.slot(exercise_id).variant(case)
        if not isinstance(teach, Teach):
            return None
        own = conversation(teach, answers.get(exercise_id))
    except (AnswerError, KeyError):
        return None
    asked = understanding(teach)
    return WaitingAnswer(
        submission_id=submission_id,
        lesson=lesson,
        case=case,
        exercise=asked,
        text=own,
        question=ledger.question(asked, own),
    )
