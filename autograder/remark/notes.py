"""What learners read beside a score that an applied edit moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from autograder.models import ScoreChange
from courses.clock import VIETNAM, text_date, text_number


def notes(session: Session, submission_id: int) -> Mapping[str, tuple[str, ...]]:
    """Return sentences by exercise, the newest first."""
    query = select(ScoreChange).where(ScoreChange.submission_id == submission_id)
    found: dict[str, list[str]] = defaultdict(list)
    for change in session.scalars(query.order_by(ScoreChange.id.desc())):
        found[change.exercise].append(_sentence(change))
    return {name: tuple(own) for name, own in found.items()}


def _sentence(change: ScoreChange) -> str:
    day = text_date(change.at.astimezone(VIETNAM).date())
    old = _score(change.old_score, change.old_max)
    if change.new_score is None:
        return (
            f"Ngày {day}, tiêu chí chấm câu này được sửa, nên điểm {old} được chuyển cho huấn luyện viên "
            f"xem lại. Lý do: {change.reason}"
        )
    new = _score(change.new_score, change.new_max)
    return f"Ngày {day}, tiêu chí chấm câu này được sửa, nên điểm đổi từ {old} thành {new}. Lý do: {change.reason}"


def _score(score: float, most: float) -> str:
    return f"{text_number(score, 2)}/{text_number(most, 2)}"
