"""Why an exercise is silent, since when, and what happened before, in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from autograder.models import Silence
from courses.clock import text_number
from courses.exercises.base import Frozen
from hub_config.portal.judging_page.figures import percent


class SilenceView(Frozen):
    """One silence. ``by`` empty: the exercise fell silent by itself."""

    cause: str  # Silence.cause
    why: str
    by: str
    note: str
    at: datetime
    lifted_at: datetime | None
    lifted_by: str
    lifted_note: str


def silence_view(row: Silence) -> SilenceView:
    """Return a silence for reading."""
    return SilenceView(
        cause=row.cause,
        why=_why(row),
        by=row.by,
        note=row.note,
        at=row.at,
        lifted_at=row.lifted_at,
        lifted_by=row.lifted_by,
        lifted_note=row.lifted_note,
    )


def _why(row: Silence) -> str:
    if row.cause == "audit":
        return _audited(row.facts)
    if row.cause == "trust":
        return f"Tự nghỉ: trong {row.facts['claims']} chỗ AI dẫn gần đây, {row.facts['lost']} chỗ không có trong bài."
    return "Người quản trị cho nghỉ."


def _audited(facts: dict[str, Any]) -> str:
    pairs = facts["pairs"]
    if facts["qwk"] is not None:
        return f"Tự nghỉ: trong {pairs} bài chấm lại, độ giống người chỉ {text_number(facts['qwk'], 2)}."
    return f"Tự nghỉ: trong {pairs} bài chấm lại, chỉ {percent(facts['exact'])} cùng điểm với người."
