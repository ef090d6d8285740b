"""Read the manual marks that stand in a gradebook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from autograder.gradebook.tables import (
    ASSIGNMENT,
    BASE_CELL,
    COMMENT,
    GRADE,
    SUBMITTED_ASSIGNMENT,
    SUBMITTED_NOTEBOOK,
)


@dataclass(frozen=True)
class ManualMark:
    """One manual mark as it stands in the gradebook."""

    username: str
    slug: str
    timestamp: datetime | None  # naive UTC; tells which submission it is a mark of
    exercise: str
    score: float
    comment: str


def manual_marks(connection: Connection, level: str) -> list[ManualMark]:
    """Return all manual marks of a level, in a fixed order."""
    return [_mark(row) for row in connection.execute(_query(level))]


def _mark(row: Sequence[Any]) -> ManualMark:
    return ManualMark(
        username=row[0],
        slug=row[1],
        timestamp=row[2],
        exercise=row[3],
        score=row[4],
        comment=row[5] or "",
    )


def _query(level: str) -> Select[Any]:
    submitted, notebook = SUBMITTED_ASSIGNMENT.c, SUBMITTED_NOTEBOOK.c
    same_cell = (COMMENT.c.cell_id == GRADE.c.cell_id) & (COMMENT.c.notebook_id == GRADE.c.notebook_id)
    return (
        select(
            submitted.student_id,
            ASSIGNMENT.c.name,
            submitted.timestamp,
            BASE_CELL.c.name,
            GRADE.c.manual_score,
            COMMENT.c.manual_comment,
        )
        .join_from(GRADE, BASE_CELL, BASE_CELL.c.id == GRADE.c.cell_id)
        .join(SUBMITTED_NOTEBOOK, notebook.id == GRADE.c.notebook_id)
        .join(SUBMITTED_ASSIGNMENT, submitted.id == notebook.assignment_id)
        .join(ASSIGNMENT, ASSIGNMENT.c.id == submitted.assignment_id)
        .outerjoin(COMMENT, same_cell)
        .where(ASSIGNMENT.c.course_id == level, GRADE.c.manual_score.is_not(None))
        .order_by(submitted.student_id, ASSIGNMENT.c.name, BASE_CELL.c.name)
    )
