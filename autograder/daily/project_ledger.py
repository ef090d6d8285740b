"""Ledger: turn what the ledger knows into marks of the answers that wait."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import delete, insert, tuple_
from sqlalchemy.orm import Session

from autograder import ledger
from autograder.daily.context import CHUNK, Context
from autograder.daily.waiting import WaitingAnswer, count_waiting, waiting_answers
from autograder.digest import refresh_digests
from autograder.marking import mark_row, marking_of
from autograder.models import AutoMark
from courses.school.db import session as open_session


@dataclass
class Projected:
    """What became of the answers that waited."""

    marked: int = 0
    waiting: int = 0
    abstained: dict[str, int] = field(default_factory=dict)


def project_ledger(context: Context, passing: dict[ledger.Question, str]) -> Projected:
    """Write marks from verdicts, and why the judge abstained.

    Args:
        context: the run.
        passing: abstentions of this run that the ledger doesn't keep.
    """
    done = Projected()
    for part in context.track("ledger", waiting_answers(context), CHUNK):
        with open_session(context.engine) as session:
            recall = ledger.Recall(session)
            rows = [row for own in part if (row := _row(own, recall, passing, done)) is not None]
            if rows:
                _replace(session, rows)
                refresh_digests(session, sorted({own.submission_id for own in part}))
    done.waiting = count_waiting(context)
    return done


def _row(
    own: WaitingAnswer, recall: ledger.Recall, passing: dict[ledger.Question, str], done: Projected
) -> dict[str, object] | None:
    """Return the new mark of an answer, or None when nobody said anything about it."""
    judged = recall.find(own.exercise, own.text)
    if own.question in passing and (judged is None or judged.outcome != "judged"):
        judged = ledger.Judged(outcome="abstained", reason=passing[own.question])
    if judged is None:
        return None
    if judged.outcome == "judged":
        done.marked += 1
    else:
        done.abstained[judged.reason] = done.abstained.get(judged.reason, 0) + 1
    return mark_row(own.submission_id, marking_of(own.exercise, own.answer, judged))


def _replace(session: Session, rows: list[dict[str, object]]) -> None:
    """Replace marks; deleting and inserting take two statements, the ORM's bulk update one a row."""
    keys = [(row["submission_id"], row["exercise"]) for row in rows]
    session.execute(delete(AutoMark).where(tuple_(AutoMark.submission_id, AutoMark.exercise).in_(keys)))
    session.execute(insert(AutoMark), rows)
