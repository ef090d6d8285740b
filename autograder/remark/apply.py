"""Apply a plan: all of a lesson's outdated marks in one transaction, or none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, tuple_
from sqlalchemy.orm import Session

from autograder.digest import refresh_digests
from autograder.models import AutoMark, ScoreChange
from autograder.remark.plan import CHUNK, Plan, Row
from courses.clock import now

LONGEST_REASON = 500


class ApplyError(ValueError):
    """Nothing was applied; the message is a Vietnamese sentence."""


def apply(session: Session, plan: Plan, reason: str, by: str, at: datetime | None = None) -> tuple[Row, ...]:
    """Write the marks of a plan, and what learners read about scores that moved.

    Args:
        session: an open session, in whose transaction the plan was computed; the caller commits.
        plan: see ``autograder.remark.plan.plan``.
        reason: why the exercise was edited, in words that learners read.
        by: username of the person.
        at: aware time; now when left out.

    Returns:
        The rows whose score moved or became a person's to decide.

    Raises:
        ApplyError: no reason, nothing to apply, or the AI still has to be asked.
    """
    why = check_reason(reason)
    if plan.of("unknown"):
        raise ApplyError(
            f"Còn {len(plan.of('unknown'))} điểm chưa hỏi được AI nên chưa áp dụng gì. Bạn hỏi AI rồi áp dụng lại."
        )
    written = plan.of("moves", "same", "people")
    if not written:
        raise ApplyError("Không có điểm nào phải đổi.")
    moved = plan.of("moves", "people")
    for start in range(0, len(written), CHUNK):
        _replace(session, written[start : start + CHUNK])
    if moved:
        session.execute(insert(ScoreChange), [_change(row, why, by, at or now()) for row in moved])
    refresh_digests(session, sorted({row.submission_id for row in written}))
    return moved


def check_reason(reason: str) -> str:
    """Return a reason, tidied. Raises ApplyError for none, or one that is too long."""
    tidy = " ".join(reason.split())
    if not tidy:
        raise ApplyError("Bạn viết một câu lý do; học viên đọc câu này cạnh điểm của mình.")
    if len(tidy) > LONGEST_REASON:
        raise ApplyError("Lý do dài quá 500 ký tự. Bạn viết gọn lại giúp.")
    return tidy


def _replace(session: Session, rows: Sequence[Row]) -> None:
    keys = [(row.submission_id, row.exercise) for row in rows]
    session.execute(delete(AutoMark).where(tuple_(AutoMark.submission_id, AutoMark.exercise).in_(keys)))
    session.execute(insert(AutoMark), [row.columns for row in rows])


def _change(row: Row, reason: str, by: str, at: datetime) -> dict[str, Any]:
    return {
        "submission_id": row.submission_id,
        "exercise": row.exercise,
        "old_score": row.old_score,
        "old_max": row.old_max,
        "new_score": row.new_score,
        "new_max": row.new_max,
        "why": list(row.why),
        "reason": reason,
        "by": by,
        "at": at,
    }
