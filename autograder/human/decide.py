"""A person decides an answer, and every identical one with it; and takes a decision back.

A decision is one row; its marks and verdicts name it. Undoing sets ``undone_at`` and deletes nothing: what counted
before counts again, in the portal at once and in nbgrader's gradebook with the next run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from autograder import appeals, human_verdicts
from autograder.digest import refresh_digests
from autograder.human import kept
from autograder.human.counting import counts
from autograder.human_verdicts import MARKS
from autograder.models import AuditItem, Decision, HumanMark
from autograder.results import overrule
from courses.clock import now
from courses.exercises.base import Frozen, RubricExercise
from courses.lessons.model import Lesson
from courses.school.models import Submission

Kind = Literal["queue", "audit", "appeal"]


class AlreadyDecided(ValueError):  # noqa: N818 - a state, told to the person
    """Somebody else decided the answer first; nothing was written."""


class Ruling(Frozen):
    """What a person says of an answer: each criterion, or where there are none the points."""

    met: Mapping[str, bool] = {}
    score: float | None = None
    comment: str = ""
    keep: bool = False  # as a sample that the judge must reproduce


class Case(Frozen):
    """What is decided. ``kind``: why the answer lay before the person."""

    kind: Kind
    exercise: str
    by: str  # username


def decide(  # noqa: PLR0913 - what is decided, how and where
    session: Session,
    lesson: Lesson,
    case: Case,
    ruling: Ruling,
    submissions: Sequence[Submission],
    *,
    replace: bool = False,
) -> Decision:
    """Write one decision with a mark for each of some identical answers.

    Args:
        session: an open session; the caller commits, and has checked that the person may mark all of them.
        lesson: the lesson.
        case: what is decided, and by whom.
        ruling: the decision: every criterion, or the points.
        submissions: the one that the person read, then those whose answer is identical; of these, ones that somebody
            marked meanwhile keep their mark.
        replace: decide although the answer that they read has a person's mark: an appeal, or a second thought.

    Raises:
        AlreadyDecided: the answer that the person read has a mark of a person already.
        ValueError: a Vietnamese sentence, when it can't be kept as a sample or the points are out of range.
    """
    first, at = submissions[0], now()
    taken = Decision(kind=case.kind, submission_id=first.id, exercise=case.exercise, by=case.by, at=at)
    marked = _alone(session, taken, [own.id for own in submissions])
    if first.id in marked and not replace:
        raise AlreadyDecided
    open_ones = [own for own in submissions if own is first or own.id not in marked]
    for own in open_ones:
        _mark(session, lesson, own, taken, ruling)
    if ruling.met:  # points alone say nothing of the criteria that an audit asks for
        _close_audit(session, taken, ruling, [own.id for own in open_ones])
    if case.kind == "appeal":
        appeals.close(session, taken, ruling.comment)
    if ruling.keep:
        _keep(session, lesson, first, taken, ruling)
    return taken


def _alone(session: Session, taken: Decision, ids: Sequence[int]) -> set[int]:
    """Write the decision so that no other one comes between; return the submissions that have a person's mark.

    PostgreSQL locks the rows, SQLite the whole database with the first thing that is written.
    """
    session.execute(
        select(Submission.id).where(Submission.id.in_(ids)).order_by(Submission.id).with_for_update()
    )
    session.add(taken)
    session.flush()
    own = (HumanMark.submission_id.in_(ids), HumanMark.exercise == taken.exercise)
    return set(session.scalars(select(HumanMark.submission_id).where(*own, counts(HumanMark.decision_id))))


def _mark(session: Session, lesson: Lesson, submission: Submission, taken: Decision, ruling: Ruling) -> None:
    score = (
        ruling.score
        if ruling.score is not None
        else points_of(lesson, submission, taken.exercise, ruling.met)
    )
    overrule(
        session, submission, taken.exercise, score, ruling.comment, taken.by, at=taken.at, decision=taken
    )
    for criterion, met in ruling.met.items():
        verdict = human_verdicts.decide(
            session, submission.id, taken.exercise, MARKS, criterion, met=met, by=taken.by, at=taken.at
        )
        verdict.decision_id = taken.id


def points_of(lesson: Lesson, submission: Submission, exercise: str, met: Mapping[str, bool]) -> float:
    """Return the points of an answer whose criteria are decided: code adds them, with what rules give."""
    variant = lesson.slot(exercise).variant(submission.case)
    if not isinstance(variant, RubricExercise):
        raise TypeError(exercise)
    answer = variant.parse_answer(submission.answers.get(exercise))
    return variant.judged_mark(answer, met).score or 0.0


def _close_audit(session: Session, taken: Decision, ruling: Ruling, ids: Sequence[int]) -> None:
    own = (AuditItem.submission_id.in_(ids), AuditItem.exercise == taken.exercise)
    for item in session.scalars(select(AuditItem).where(*own, AuditItem.status == "open")):
        item.status, item.given, item.by, item.at = "done", dict(ruling.met), taken.by, taken.at


def _keep(session: Session, lesson: Lesson, first: Submission, taken: Decision, ruling: Ruling) -> None:
    variant = lesson.slot(taken.exercise).variant(first.case)
    if not isinstance(variant, RubricExercise) or not ruling.met:
        raise ValueError(kept.fault_of(""))
    text = variant.judged_text(variant.parse_answer(first.answers.get(taken.exercise)))
    kept.keep(
        session,
        lesson,
        variant,
        case=first.case,
        text=text,
        verdicts=dict(ruling.met),
        by=taken.by,
        at=taken.at,
    )


def undo(session: Session, taken: Decision, lesson: Lesson | None, at: datetime | None = None) -> None:
    """Take a decision back: its marks and verdicts count no more, its audit items are open again.

    Args:
        session: an open session; the caller commits, and has checked that the person may.
        taken: the decision; one that is undone already stays as it is.
        lesson: its lesson, to let go of the sample that was kept with it; None when it is gone.
        at: aware time; now when left out.
    """
    if taken.undone_at is not None:
        return
    taken.undone_at = at or now()
    ids = list(session.scalars(select(HumanMark.submission_id).where(HumanMark.decision_id == taken.id)))
    _reopen_audit(session, taken, ids)
    if lesson is not None:
        _let_go(session, taken, lesson)
    refresh_digests(session, ids)


def _reopen_audit(session: Session, taken: Decision, ids: Sequence[int]) -> None:
    own = (AuditItem.submission_id.in_(ids), AuditItem.exercise == taken.exercise)
    mine = (AuditItem.status == "done", AuditItem.by == taken.by, AuditItem.at == taken.at)
    for item in session.scalars(select(AuditItem).where(*own, *mine)):
        item.status, item.given, item.by, item.at = "open", {}, "", None


def _let_go(session: Session, taken: Decision, lesson: Lesson) -> None:
    submission = session.get_one(Submission, taken.submission_id)
    try:
        variant = lesson.slot(taken.exercise).variant(submission.case)
        if not isinstance(variant, RubricExercise):
            return
        text = variant.judged_text(variant.parse_answer(submission.answers.get(taken.exercise)))
    except (KeyError, ValueError):
        return
    kept.release(session, lesson.key, variant, text, taken.by)


def recent(session: Session, by: str, most: int) -> tuple[Decision, ...]:
    """Return a person's last decisions that stand, the newest first."""
    mine = (Decision.by == by, Decision.undone_at.is_(None))
    return tuple(session.scalars(select(Decision).where(*mine).order_by(Decision.id.desc()).limit(most)))
