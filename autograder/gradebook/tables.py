"""The columns of nbgrader's schema that we use, without importing nbgrader."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import Boolean, Column, DateTime, Enum, Float, MetaData, String, Table, Text

METADATA = MetaData()
_KINDS = ("code", "markdown")


def _id() -> Column[str]:
    return Column("id", String(32), primary_key=True)


COURSE = Table("course", METADATA, Column("id", String(128), primary_key=True))
ASSIGNMENT = Table(
    "assignment", METADATA, _id(), Column("name", String(128)), Column("course_id", String(128))
)
NOTEBOOK = Table(
    "notebook",
    METADATA,
    _id(),
    Column("name", String(128)),
    Column("assignment_id", String(32)),
    Column("kernelspec", String(1024)),
)
BASE_CELL = Table(
    "base_cell",
    METADATA,
    _id(),
    Column("name", String(128)),
    Column("notebook_id", String(32)),
    Column("type", String(50)),
)
TASK_CELL = Table(
    "task_cells",
    METADATA,
    _id(),
    Column("max_score", Float),
    Column("cell_type", Enum(*_KINDS, name="grade_cell_type", create_type=False)),
)
SOURCE_CELL = Table(
    "source_cell",
    METADATA,
    _id(),
    Column("name", String(128)),
    Column("cell_type", Enum(*_KINDS, name="source_cell_type", create_type=False)),
    Column("locked", Boolean),
    Column("source", Text),
    Column("checksum", String(128)),
    Column("notebook_id", String(32)),
)
STUDENT = Table("student", METADATA, Column("id", String(128), primary_key=True))
SUBMITTED_ASSIGNMENT = Table(
    "submitted_assignment",
    METADATA,
    _id(),
    Column("assignment_id", String(32)),
    Column("student_id", String(128)),
    Column("timestamp", DateTime),
)
SUBMITTED_NOTEBOOK = Table(
    "submitted_notebook",
    METADATA,
    _id(),
    Column("assignment_id", String(32)),  # of submitted_assignment
    Column("notebook_id", String(32)),
    Column("flagged", Boolean),
    Column("late_submission_penalty", Float),
)
GRADE = Table(
    "grade",
    METADATA,
    _id(),
    Column("notebook_id", String(32)),  # of submitted_notebook
    Column("cell_id", String(32)),
    Column("auto_score", Float),
    Column("manual_score", Float),
    Column("extra_credit", Float),
    Column("needs_manual_grade", Boolean),
)
COMMENT = Table(
    "comment",
    METADATA,
    _id(),
    Column("notebook_id", String(32)),  # of submitted_notebook
    Column("cell_id", String(32)),
    Column("auto_comment", Text),
    Column("manual_comment", Text),
)

OURS = MetaData()
"""Tables that we add; nbgrader and its migrations leave them alone."""
GENERATION = Table(
    "bdhai_generation",
    OURS,
    Column("course_id", String(128), primary_key=True),
    Column("generation", String(32), nullable=False),  # a new id with each write of ours
)


def new_id() -> str:
    """Return an id as nbgrader makes them."""
    return uuid4().hex
