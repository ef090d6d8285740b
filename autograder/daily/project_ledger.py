"""Ledger: turn what the ledger knows into marks of the answers that wait."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select, tuple_
from sqlalchemy.orm import Session

from autograder import ledger
from autograder.daily.context import CHUNK, Context
from autograder.daily.judge import Asked
from autograder.daily.waiting import IS_WAITING, WaitingAnswer, no_person_decided
from autograder.digest import refresh_digests
from autograder.marking import mark_answers, mark_row, marking_of
from autograder.models import AutoMark
from autograder.near_pass import REASON, PassLine
from courses.school.db import session as open_session
from courses.school.models import Submission


def project_ledger(context: Context, asked: Asked) -> int:
    """Write marks from verdicts, and why the judge abstained; return how many answers got a mark."""
    marked = 0
    for part in context.track("ledger", asked.answers, CHUNK):
        with open_session(context.engine) as session:
            recall = ledger.Recall(session, (own.question.answer_hash for own in part))
            rows = [row for own in part if (row := _row(own, _said(context, recall, asked, own))) is not None]
            if rows:
                _replace(session, rows)
                held = _hold(context, session, recall, part, asked.judge_key)
                refresh_digests(session, sorted({row["submission_id"] for row in (*rows, *held)}))
                marked += sum(row["score"] is not None for row in rows) - len(held)
    return marked


def _said(context: Context, recall: ledger.Recall, asked: Asked, own: WaitingAnswer) -> ledger.Judged | None:
    """Return what is said of an answer: by the silence of its exercise, by the ledger, by this run's judge."""
    if own.key in context.silent:
        return ledger.Judged(outcome="abstained", reason=context.silent[own.key])
    known = recall.find(own.exercise, own.text)
    if own.question in asked.passing and (known is None or known.outcome != "judged"):
        return ledger.Judged(outcome="abstained", reason=asked.passing[own.question])
    if known is not None and (known.outcome == "judged" or asked.was_asked(recall, own.question)):
        return known.model_copy(update={"by": asked.judge_key or known.by})
    return known


def _row(own: WaitingAnswer, judged: ledger.Judged | None) -> dict[str, Any] | None:
    """Return the new mark of an answer, or None when nobody said anything new about it."""
    if judged is None:
        return None
    if judged.outcome != "judged" and (judged.reason, judged.by) == (own.reason, own.asked):
        return None
    return mark_row(own.submission_id, marking_of(own.exercise, own.answer, judged, own.question))


def _hold(
    context: Context, session: Session, recall: ledger.Recall, part: Sequence[WaitingAnswer], judge: str
) -> list[dict[str, Any]]:
    """Leave the judged marks of a challenge to a person where the score is near the pass line; return their rows."""
    challenges = {own.submission_id: own.lesson for own in part if own.lesson.challenge}
    rows = []
    for id_, lesson in challenges.items():
        submission = session.get_one(Submission, id_)
        line = PassLine.of(context.site)
        silent = {name: why for (key, name), why in context.silent.items() if key == lesson.key}
        markings = mark_answers(lesson, submission.case, submission.answers, recall, silent, line=line)
        near = [marking for marking in markings if marking.reason == REASON]
        outdated = _outdated(session, id_) if near else set()
        rows += [mark_row(id_, marking) for marking in near if marking.exercise not in outdated]
    for row in rows:
        row["asked"] = judge or row["asked"]  # there is nothing to ask this judge
    if rows:
        _replace(session, rows)
    return rows


def _outdated(session: Session, submission_id: int) -> set[str]:
    """Return the exercises whose mark stands until a person applies an author's edit."""
    mine = (AutoMark.submission_id == submission_id, AutoMark.outdated)
    return set(session.scalars(select(AutoMark.exercise).where(*mine)))


def _replace(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Replace marks; deleting and inserting take two statements, the ORM's bulk update one a row."""
    keys = [(row["submission_id"], row["exercise"]) for row in rows]
    session.execute(delete(AutoMark).where(tuple_(AutoMark.submission_id, AutoMark.exercise).in_(keys)))
    session.execute(insert(AutoMark), rows)


def count_waiting(context: Context) -> dict[str, int]:
    """Return how many answers wait for a judge or a person, by the judge's reason (empty: none)."""
    query = (
        select(AutoMark.reason, func.count())
        .join_from(AutoMark, Submission, Submission.id == AutoMark.submission_id)
        .where(IS_WAITING, no_person_decided(), context.counts)
        .group_by(AutoMark.reason)
        .order_by(AutoMark.reason)
    )
    with open_session(context.engine) as session:
        return {row[0]: row[1] for row in session.execute(query)}
