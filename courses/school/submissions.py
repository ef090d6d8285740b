"""What learners hand in, check and open. Safe when two requests come at once, on SQLite and PostgreSQL.

Each writer is one SQL statement that computes from what the database holds (number, tries), so that no
request can act on a stale reading.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Insert, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from courses.lessons.model import Lesson
from courses.school.codes import new_code
from courses.school.models import Attempt, Person, Submission, Visit

MAX_BYTES = 256 * 1024
MAX_STORED = 4 * 1024 * 1024  # with what the server read from the files of a submission


class SubmissionTooLarge(ValueError):  # noqa: N818 - reads as what happened; the portal answers 413
    """Answers take more than 256 KiB."""


def check_size(answers: Mapping[str, Any], most: int = MAX_BYTES) -> None:
    """Refuse answers that take more bytes than allowed.

    Raises:
        SubmissionTooLarge: they do.
    """
    if len(json.dumps(answers, ensure_ascii=False).encode("utf-8", "surrogatepass")) > most:
        raise SubmissionTooLarge("Bài nộp vượt quá 256 KiB; bạn hãy viết ngắn lại.")


def store_submission(  # noqa: PLR0913, PLR0917 - the six facts of a submission
    session: Session,
    person: Person,
    lesson: Lesson,
    case: str,
    answers: Mapping[str, Any],
    now: datetime,
    *,
    most: int = MAX_BYTES,
) -> Submission:
    """Store answers (already accepted by ``parse_answer``) as the person's next submission of a lesson.

    ``most`` is larger for answers that hold what the server itself read from files.

    Raises:
        SubmissionTooLarge: nothing was stored.
    """
    check_size(answers, most)
    # Two submissions of one person queue up here on PostgreSQL; SQLite has one writer anyway.
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    mine = (Submission.person_id == person.id, Submission.lesson == lesson.key)
    submission = Submission(
        receipt=_free_receipt(session),
        person_id=person.id,
        lesson=lesson.key,
        lesson_hash=lesson.hash,
        number=select(func.coalesce(func.max(Submission.number), 0) + 1).where(*mine).scalar_subquery(),
        case=case,
        answers=dict(answers),
        submitted_at=now,
    )
    session.add(submission)
    session.flush()
    session.refresh(submission)
    return submission


def _free_receipt(session: Session) -> str:
    """Return a code nobody has: 40 bits collide about once in a million receipts of a big province."""
    while True:
        code = new_code()
        if session.scalar(select(Submission.id).where(Submission.receipt == code)) is None:
            return code


def find_submission(session: Session, receipt: str) -> Submission | None:
    """Return the submission of a receipt code, or None."""
    if not receipt.isprintable():
        return None  # NUL and broken surrogates are an error in a database
    return session.scalars(select(Submission).where(Submission.receipt == receipt)).one_or_none()


def submissions_of(session: Session, person: Person, lesson: str | None = None) -> tuple[Submission, ...]:
    """Return a person's submissions, the newest first; of one lesson when its key is given."""
    query = select(Submission).where(Submission.person_id == person.id).order_by(Submission.id.desc())
    if lesson is not None:
        query = query.where(Submission.lesson == lesson)
    return tuple(session.scalars(query))


def latest_submissions(
    session: Session, lesson: str | None = None, *, before: datetime | None = None
) -> tuple[Submission, ...]:
    """Return the counting submission of each person and lesson: the one with the highest number.

    Args:
        session: an open session.
        lesson: only this lesson key.
        before: only submissions handed in before this moment.

    Returns:
        Ordered by id, so that a run over them is the same every time.
    """
    newest = select(func.max(Submission.id)).group_by(Submission.person_id, Submission.lesson)
    if lesson is not None:
        newest = newest.where(Submission.lesson == lesson)
    if before is not None:
        newest = newest.where(Submission.submitted_at < before)
    return tuple(session.scalars(select(Submission).where(Submission.id.in_(newest)).order_by(Submission.id)))


def count_check(  # noqa: PLR0913 - the facts of one check
    session: Session, person: Person, lesson: str, exercise: str, *, right: bool, now: datetime
) -> Attempt:
    """Count one "Kiểm tra" of an exercise; whether the very first try was right never changes."""
    key = {"person_id": person.id, "lesson": lesson, "exercise": exercise}
    first = {**key, "tries": 1, "first_right": right, "first_at": now, "last_at": now}
    changes = {"tries": Attempt.tries + 1, "last_at": now}
    session.execute(_upsert(session, Attempt, first, list(key), changes))
    return session.get_one(Attempt, tuple(key.values()), populate_existing=True)


def record_visit(session: Session, person: Person, lesson: str, now: datetime) -> None:
    """Remember that a person opened a lesson (state *đang học*)."""
    key = {"person_id": person.id, "lesson": lesson}
    first = {**key, "first_at": now, "last_at": now}
    session.execute(_upsert(session, Visit, first, list(key), {"last_at": now}))


def _upsert(
    session: Session,
    table: type[Attempt | Visit],
    first: dict[str, Any],
    key: list[str],
    changes: dict[str, Any],
) -> Insert:
    """Return INSERT … ON CONFLICT DO UPDATE in the database's own dialect (both spell it alike)."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table).values(first).on_conflict_do_update(index_elements=key, set_=changes)
    return sqlite.insert(table).values(first).on_conflict_do_update(index_elements=key, set_=changes)
