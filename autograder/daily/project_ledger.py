"""Ledger: turn what the ledger knows into marks of the answers that wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import delete, insert, select, tuple_
from sqlalchemy.orm import Session

from autograder import ledger
from autograder.daily.context import CHUNK, Context
from autograder.daily.waiting import WaitingAnswer, waiting_answers
from autograder.digest import refresh_digests
from autograder.marking import mark_answers, mark_row, marking_of
from autograder.models import AutoMark
from autograder.near_pass import REASON, PassLine
from courses.school.db import session as open_session
from courses.school.models import Submission


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
            said = partial(_said, context, recall, passing)
            rows = [row for own in part if (row := _row(own, said(own), done)) is not None]
            if rows:
                _replace(session, rows)
                _hold(context, session, recall, part, done)
                refresh_digests(session, sorted({own.submission_id for own in part}))
    return done


def _row(own: WaitingAnswer, judged: ledger.Judged | None, done: Projected) -> dict[str, object] | None:
    """Return the new mark of an answer, or None when nobody said anything about it."""
    if judged is None:
        done.waiting += 1
        return None
    if judged.outcome == "judged":
        done.marked += 1
    else:
        done.waiting += 1
        done.abstained[judged.reason] = done.abstained.get(judged.reason, 0) + 1
    return mark_row(own.submission_id, marking_of(own.exercise, own.answer, judged))


def _hold(
    context: Context,
    session: Session,
    recall: ledger.Recall,
    part: Sequence[WaitingAnswer],
    done: Projected,
) -> None:
    """Leave the judged marks of a challenge to a person where the score is near the pass line."""
    challenges = {own.submission_id: own.lesson for own in part if own.lesson.challenge}
    for id_, lesson in challenges.items():
        submission = session.get_one(Submission, id_)
        line = PassLine.of(context.site)
        silent = {name: why for (key, name), why in context.silent.items() if key == lesson.key}
        markings = mark_answers(lesson, submission.case, submission.answers, recall, silent, line=line)
        near = [marking for marking in markings if marking.reason == REASON]
        outdated = _outdated(session, id_) if near else set()
        held = [mark_row(id_, marking) for marking in near if marking.exercise not in outdated]
        if held:
            _replace(session, held)
            done.marked -= len(held)
            done.waiting += len(held)
            done.abstained[REASON] = done.abstained.get(REASON, 0) + len(held)


def _outdated(session: Session, submission_id: int) -> set[str]:
    """Return the exercises whose mark stands until a person applies an author's edit."""
    mine = (AutoMark.submission_id == submission_id, AutoMark.outdated)
    return set(session.scalars(select(AutoMark.exercise).where(*mine)))


def _said(
    context: Context, recall: ledger.Recall, passing: Mapping[ledger.Question, str], own: WaitingAnswer
) -> ledger.Judged | None:
    if own.key in context.silent:
        return ledger.Judged(outcome="abstained", reason=context.silent[own.key])
    known = recall.find(own.exercise, own.text)
    if own.question in passing and (known is None or known.outcome != "judged"):
        return ledger.Judged(outcome="abstained", reason=passing[own.question])
    return known


def _replace(session: Session, rows: list[dict[str, object]]) -> None:
    """Replace marks; deleting and inserting take two statements, the ORM's bulk update one a row."""
    keys = [(row["submission_id"], row["exercise"]) for row in rows]
    session.execute(delete(AutoMark).where(tuple_(AutoMark.submission_id, AutoMark.exercise).in_(keys)))
    session.execute(insert(AutoMark), rows)
