"""Which marks and verdicts of people count: those whose decision nobody has undone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from autograder.models import Decision


def counts(decision_id: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """Return the condition that a row counts; one without a decision (formgrader, a typed score) always does.

    Args:
        decision_id: ``HumanMark.decision_id`` or ``HumanVerdict.decision_id``.
    """
    undone = select(Decision.id).where(Decision.id == decision_id, Decision.undone_at.is_not(None))
    return ~undone.exists()
