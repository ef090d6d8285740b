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
from autograder.marking import mark_row, marking_of
from autograder.models import AutoMark
from courses.school.db import session as open_session
from courses.school.models import Submission


def project_ledger(context: Context, asked: Asked) -> int:
    """Write marks from verdicts, and why the judge abstained; return how many answers got a mark."""
    marked = 0
    for part in context.track("ledger", asked.answers, CHUNK):
        with open_session(context.engine) as session:
            recall = ledger.Recall(session, (own.question.answer_hash for own in part))
            rows = [row for own in part if (row := _row(own, recall, asked)) is not None]
            if rows:
                _replace(session, rows)
                refresh_digests(session, sorted({row["submission_id"] for row in rows}))
            marked += sum(row["score"] is not None for row in rows)
    return marked


def _row(own: WaitingAnswer, recall: ledger.Recall, asked: Asked) -> dict[str, Any] | None:
    """Return the new mark of an answer, or None when nobody said anything new about it."""
    judged = recall.find(own.exercise, own.text)
    if own.question in asked.passing and (judged is None or judged.outcome != "judged"):
        judged = ledger.Judged(outcome="abstained", reason=asked.passing[own.question])
    elif judged is not None and asked.was_asked(recall, own.question):
        judged = judged.model_copy(update={"by": asked.judge_key})
    if judged is None or (
        judged.outcome != "judged" and (judged.reason, judged.by) == (own.reason, own.asked)
    ):
        return None
    return mark_row(own.submission_id, marking_of(own.exercise, own.answer, judged, own.question))


def _replace(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Replace marks; deleting and inserting take two statements, the ORM's bulk update one a row."""
    keys = [(row["submission_id"], row["exercise"]) for row in rows]
    session.execute(delete(AutoMark).where(tuple_(AutoMark.submission_id, AutoMark.exercise).in_(keys)))
    session.execute(insert(AutoMark), rows)


def count_waiting(context: Context) -> dict[str, int]:
    """Return how many answers that a judge could read wait for a person, by the judge's reason (empty: none)."""
    query = (
        select(AutoMark.reason, func.count())
        .join_from(AutoMark, Submission, Submission.id == AutoMark.submission_id)
        .where(IS_WAITING, AutoMark.question != "", no_person_decided(), context.counts)
        .group_by(AutoMark.reason)
        .order_by(AutoMark.reason)
    )
    with open_session(context.engine) as session:
        return {row[0]: row[1] for row in session.execute(query)}
