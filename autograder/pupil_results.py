"""The rows of ``pupil_result``: how the pupil did in each submission in which somebody talked with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from autograder import ledger
from autograder.digest import refresh_digests
from autograder.models import PupilResult
from autograder.pupil import conversation, read, teach_of, understanding
from courses.exercises.base import AnswerError
from courses.exercises.teach.kind import Teach
from courses.lessons.model import Lesson
from courses.school.models import Submission

WAITING, HELD, PASSED = "waiting", "held", "passed"


def keep_results(
    session: Session, lesson: Lesson, submissions: Sequence[Submission], recall: ledger.Recall
) -> None:
    """Write the pupil's results of these submissions from what the ledger knows, replacing older ones."""
    ids = [submission.id for submission in submissions]
    session.execute(delete(PupilResult).where(PupilResult.submission_id.in_(ids)))
    rows = [row for submission in submissions for row in _rows(lesson, submission, recall)]
    if rows:
        session.execute(insert(PupilResult), rows)


def _rows(lesson: Lesson, submission: Submission, recall: ledger.Recall) -> Iterator[dict[str, Any]]:
    for teach in teach_of(lesson, submission.case):
        text = _heard(teach, submission.answers.get(teach.id))
        if text:
            asked = understanding(teach)
            judged = recall.find(asked, text)
            by = judged.by if judged is not None else ""
            own = {"submission_id": submission.id, "exercise": teach.id, "asked": by}
            yield {**own, "question": ledger.question(asked, text).key, **_state(read(judged))}


def _heard(teach: Teach, raw: object) -> str:
    try:
        return conversation(teach, raw or {})
    except AnswerError:
        return ""


def _state(understood: Mapping[str, bool] | None) -> dict[str, Any]:
    if understood is None:
        return {"status": WAITING, "understood": {}}
    return {"status": PASSED if all(understood.values()) else HELD, "understood": dict(understood)}


def decide(session: Session, submission_id: int, exercise: str, understood: Mapping[str, bool]) -> None:
    """Write what was decided of one submission whose pupil waited."""
    own = (PupilResult.submission_id == submission_id, PupilResult.exercise == exercise)
    session.execute(update(PupilResult).where(*own).values(**_state(understood)))
    refresh_digests(session, [submission_id])


def note_asked(session: Session, submission_id: int, exercise: str, judge: str) -> None:
    """Remember that a judge, see `ledger.judge_key`, could not say what the pupil understood."""
    own = (PupilResult.submission_id == submission_id, PupilResult.exercise == exercise)
    session.execute(update(PupilResult).where(*own).values(asked=judge))


def understood_of(session: Session, submission_id: int) -> dict[str, Mapping[str, bool] | None]:
    """Return what the pupil understood, by exercise with a conversation; None: nobody knows yet."""
    query = select(PupilResult).where(PupilResult.submission_id == submission_id)
    return {row.exercise: None if row.status == WAITING else row.understood for row in session.scalars(query)}


def passed_ids(session: Session, among: Sequence[int] | None = None) -> frozenset[int]:
    """Return the submissions, ``among`` these or all, whose pupil passed its quiz."""
    query = select(PupilResult.submission_id).where(PupilResult.status == PASSED)
    if among is not None:
        query = query.where(PupilResult.submission_id.in_(among))
    return frozenset(session.scalars(query))
