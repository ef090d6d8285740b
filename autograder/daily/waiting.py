"""The rubric answers of counting submissions that have no mark, from machine or person."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pydantic import BaseModel
from sqlalchemy import ColumnElement, and_, exists, literal_column, or_, select

from autograder import ledger
from autograder.audit.silence import Key
from autograder.daily.context import Context
from autograder.human.counting import counts
from autograder.human.kept import Kept
from autograder.judge import CalibrationSample, Verdict
from autograder.models import AutoMark, HumanMark, LedgerEntry, PupilResult
from autograder.near_pass import REASON
from autograder.pupil import conversation, samples_of_pupil, understanding
from autograder.pupil_results import WAITING, open_pupils
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
    known: tuple[Verdict, ...] = ()  # verdicts that outlived an edit of the rubric
    samples: tuple[
        CalibrationSample, ...
    ] = ()  # what the judge must reproduce before it is heard on this answer
    reason: str = ""  # why it waited before this run
    asked: str = ""  # which judge abstained for good, see `autograder.ledger.judge_key`

    @property
    def key(self) -> Key:
        """Lesson and exercise."""
        return self.lesson.key, self.exercise.id


def waiting_answers(context: Context, judge: str, silent: Mapping[Key, str]) -> list[WaitingAnswer]:
    """Return the answers that this judge was not asked about, those that failed at an earlier run last.

    Args:
        context: the run.
        judge: see `autograder.ledger.judge_key`; empty: without a judge, those that the ledger knows meanwhile.
        silent: exercises that nobody would be asked about, with the reason; what waits for it is left out.
    """
    columns = (AutoMark.submission_id, AutoMark.exercise, Submission.lesson, Submission.case)
    query = (
        select(*columns, Submission.answers, AutoMark.reason, AutoMark.asked)
        .join_from(AutoMark, Submission, Submission.id == AutoMark.submission_id)
        .where(IS_WAITING, no_person_decided(), context.counts, AutoMark.question != "")
        .order_by(AutoMark.reason != "", AutoMark.submission_id, AutoMark.exercise)
    )
    if not context.whole:
        query = query.where(_not_asked(AutoMark, judge), *(~_waits_for(*each) for each in silent.items()))
    with open_session(context.engine) as session:
        rows = session.execute(query).all()
        kept = Kept(session)
    found = (_waiting(context, kept, *row) for row in rows)
    return [own for own in found if own is not None]


def no_person_decided() -> ColumnElement[bool]:
    """Condition on ``AutoMark``: no mark of a person counts instead of it."""
    same = (HumanMark.submission_id == AutoMark.submission_id, HumanMark.exercise == AutoMark.exercise)
    return ~exists().where(*same, counts(HumanMark.decision_id))


def _not_asked(table: type[AutoMark | PupilResult], judge: str) -> ColumnElement[bool]:
    """Condition that this judge is still to be asked, or that the ledger knows meanwhile what nobody knew."""
    known = exists().where(LedgerEntry.question == table.question)
    asked = table.asked != judge if judge else and_(table.asked == "", known)
    decided = known.where(LedgerEntry.outcome == "judged")
    return or_(asked, decided if table is PupilResult else and_(AutoMark.reason != REASON, decided))


def _waits_for(key: Key, reason: str) -> ColumnElement[bool]:
    return and_(_is_in(AutoMark, key), AutoMark.reason == reason)


def _is_in(table: type[AutoMark | PupilResult], key: Key) -> ColumnElement[bool]:
    return and_(Submission.lesson == key[0], table.exercise == key[1])


def _waiting(  # noqa: PLR0913, PLR0917 - one row
    context: Context,
    kept: Kept,
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
        samples=kept.with_authors(lesson, exercise_id, case),
        reason=reason,
        asked=asked,
    )


def waiting_pupils(context: Context, judge: str, silent: Collection[Key]) -> list[WaitingAnswer]:
    """Return the conversations in which nobody, judge or person, decided everything; see `waiting_answers`."""
    query = (
        select(Submission.id, PupilResult.exercise, Submission.lesson, Submission.case, Submission.answers)
        .join_from(PupilResult, Submission, Submission.id == PupilResult.submission_id)
        .where(PupilResult.status == WAITING, PupilResult.question != "", context.counts)
        .order_by(Submission.id, PupilResult.exercise)
    )
    if not context.whole:
        query = query.where(_not_asked(PupilResult, judge), *(~_is_in(PupilResult, key) for key in silent))
    with open_session(context.engine) as session:
        rows = session.execute(query).all()
        undecided = open_pupils(session, sorted({row[0] for row in rows}))
    samples = _PupilSamples()
    found = (_pupil(context, samples, *row) for row in rows if (row[0], row[1]) in undecided)
    return [own for own in found if own is not None]


class _PupilSamples(dict[tuple[str, str, str], tuple[CalibrationSample, ...]]):
    """The samples of conversations, made once per lesson, exercise and setting."""

    def of(self, lesson: Lesson, exercise: str, case: str) -> tuple[CalibrationSample, ...]:
        key = (lesson.key, exercise, case)
        if key not in self:
            self[key] = samples_of_pupil(lesson, exercise, case)
        return self[key]


def _pupil(  # noqa: PLR0913, PLR0917 - one row
    context: Context,
    samples: _PupilSamples,
    submission_id: int,
    exercise_id: str,
    key: str,
    case: str,
    answers: dict[str, object],
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
        samples=samples.of(lesson, exercise_id, case),
    )
