"""Write marks into a gradebook: many submissions in a few statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, func, insert, select, update

from autograder.gradebook.register import Registered
from autograder.gradebook.tables import (
    ASSIGNMENT,
    COMMENT,
    GENERATION,
    GRADE,
    STUDENT,
    SUBMITTED_ASSIGNMENT,
    SUBMITTED_NOTEBOOK,
    new_id,
)

Manual = tuple[float, str]
"""A person's score and comment."""
CHUNK = 400


@dataclass(frozen=True)
class Task:
    """What the gradebook shall say of one exercise. ``auto_score`` None: needs a person."""

    auto_score: float | None
    auto_comment: str
    manual: Manual | None = None
    known: Sequence[Manual] = ()  # manual marks that are our own doing and may be replaced

    @property
    def needs_person(self) -> bool:
        """Tell whether formgrader shall ask for a mark."""
        return self.auto_score is None and self.manual is None


@dataclass(frozen=True)
class Projection:
    """What the gradebook shall say of one submission."""

    username: str
    slug: str
    timestamp: datetime  # naive UTC; differs between any two submissions of a person to a lesson
    tasks: Mapping[str, Task]


@dataclass
class _Batch:
    """Rows to insert and update, by table."""

    students: list[dict[str, Any]] = field(default_factory=list)
    submissions: list[dict[str, Any]] = field(default_factory=list)
    notebooks: list[dict[str, Any]] = field(default_factory=list)
    grades: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    new_times: list[dict[str, Any]] = field(default_factory=list)
    new_grades: list[dict[str, Any]] = field(default_factory=list)
    new_comments: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class _Known:
    """What stands in the gradebook now."""

    students: set[str]
    submissions: dict[tuple[str, str], tuple[str, str, datetime | None]]  # → ids, timestamp
    cells: dict[tuple[str, str], _Cell]  # (submitted notebook, cell) → row


@dataclass(frozen=True)
class _Cell:
    grade_id: str
    comment_id: str | None
    manual: Manual | None
    manual_comment: str | None


def standing(connection: Connection, level: str) -> dict[tuple[str, str], datetime | None]:
    """Return the timestamp of each submission that stands in the gradebook, by (username, slug)."""
    own = SUBMITTED_ASSIGNMENT.c
    query = (
        select(own.student_id, ASSIGNMENT.c.name, own.timestamp)
        .join_from(SUBMITTED_ASSIGNMENT, ASSIGNMENT, ASSIGNMENT.c.id == own.assignment_id)
        .where(ASSIGNMENT.c.course_id == level)
    )
    return {(row[0], row[1]): row[2] for row in connection.execute(query)}


def generation(connection: Connection, level: str) -> str:
    """Return the mark of our last write; another one, or none, is in a gradebook that was lost or put back."""
    query = select(GENERATION.c.generation).where(GENERATION.c.course_id == level)
    return connection.scalar(query) or ""


def number_standing(connection: Connection, level: str) -> int:
    """Return how many submissions stand in the gradebook."""
    own = SUBMITTED_ASSIGNMENT.c
    query = (
        select(func.count())
        .select_from(SUBMITTED_ASSIGNMENT)
        .join(ASSIGNMENT, ASSIGNMENT.c.id == own.assignment_id)
        .where(ASSIGNMENT.c.course_id == level)
    )
    return connection.scalar(query) or 0


def write(
    connection: Connection,
    level: str,
    registered: Mapping[str, Registered],
    projections: Iterable[Projection],
) -> str:
    """Bring the rows of these submissions to what they shall be; the caller's transaction holds it all.

    A manual mark that is not among ``known`` was made by a person meanwhile: it stays, and the next
    run pulls it.

    Returns:
        The gradebook's new generation.
    """
    everything = list(projections)
    known = _read(connection, registered, everything)
    batch = _Batch()
    for projection in everything:
        _plan(projection, registered[projection.slug], known, batch)
    _run(connection, batch)
    return _next_generation(connection, level)


def _next_generation(connection: Connection, level: str) -> str:
    own = {"course_id": level, "generation": new_id()}
    connection.execute(delete(GENERATION).where(GENERATION.c.course_id == level))
    connection.execute(insert(GENERATION), [own])
    return own["generation"]


def _read(
    connection: Connection, registered: Mapping[str, Registered], projections: list[Projection]
) -> _Known:
    """Read what stands there of these learners and lessons, however much else does."""
    assignments = [registered[slug] for slug in {own.slug for own in projections}]
    names = sorted({own.username for own in projections})
    parts = [names[start : start + CHUNK] for start in range(0, len(names), CHUNK)]
    students = {row for part in parts for row in connection.scalars(_students(part))}
    submissions = {
        (row[0], row[1]): (row[2], row[3], row[4])
        for part in parts
        for row in connection.execute(_submissions(part, assignments))
    }
    wanted = [
        submissions[key][1]
        for own in projections
        if (key := (own.username, registered[own.slug].assignment_id)) in submissions
    ]
    cells = [id_ for own in assignments for id_ in own.cells.values()]
    return _Known(students=students, submissions=submissions, cells=_read_cells(connection, wanted, cells))


def _students(names: Sequence[str]) -> Select[str]:
    return select(STUDENT.c.id).where(STUDENT.c.id.in_(names))


def _submissions(names: Sequence[str], assignments: Sequence[Registered]) -> Select[Any]:
    """Select by all parts of nbgrader's unique keys: without the first one no index would help."""
    own, notebook = SUBMITTED_ASSIGNMENT.c, SUBMITTED_NOTEBOOK.c
    return (
        select(own.student_id, own.assignment_id, own.id, notebook.id, own.timestamp)
        .join_from(SUBMITTED_ASSIGNMENT, SUBMITTED_NOTEBOOK, notebook.assignment_id == own.id)
        .where(
            own.assignment_id.in_([each.assignment_id for each in assignments]),
            own.student_id.in_(names),
            notebook.notebook_id.in_([each.notebook_id for each in assignments]),
        )
    )


def _read_cells(
    connection: Connection, notebooks: Sequence[str], cells: Sequence[str]
) -> dict[tuple[str, str], _Cell]:
    same = (COMMENT.c.notebook_id == GRADE.c.notebook_id) & (COMMENT.c.cell_id == GRADE.c.cell_id)
    query = (
        select(
            GRADE.c.notebook_id,
            GRADE.c.cell_id,
            GRADE.c.id,
            COMMENT.c.id,
            GRADE.c.manual_score,
            COMMENT.c.manual_comment,
        )
        .join_from(GRADE, COMMENT, same, isouter=True)
        .where(GRADE.c.cell_id.in_(cells))
        .with_for_update(of=GRADE)
    )
    found: dict[tuple[str, str], _Cell] = {}
    for start in range(0, len(notebooks), CHUNK):
        part = notebooks[start : start + CHUNK]
        for row in connection.execute(query.where(GRADE.c.notebook_id.in_(part))):
            manual = None if row[4] is None else (float(row[4]), row[5] or "")
            found[row[0], row[1]] = _Cell(
                grade_id=row[2], comment_id=row[3], manual=manual, manual_comment=row[5]
            )
    return found


def _plan(projection: Projection, registered: Registered, known: _Known, batch: _Batch) -> None:
    notebook_id, is_same = _plan_submission(projection, registered, known, batch)
    for exercise, cell_id in registered.cells.items():
        task = projection.tasks[exercise]
        cell = known.cells.get((notebook_id, cell_id))
        manual, comment = _manual(task, cell if is_same else None)
        grade = {
            "auto_score": task.auto_score,
            "manual_score": manual,
            "needs_manual_grade": task.auto_score is None and manual is None,
        }
        remark = {"auto_comment": task.auto_comment or None, "manual_comment": comment}
        here = {"notebook_id": notebook_id, "cell_id": cell_id}
        if cell is None:
            batch.grades.append({"id": new_id(), **here, **grade})
        else:
            batch.new_grades.append({"id_": cell.grade_id, **grade})
        if cell is None or cell.comment_id is None:
            batch.comments.append({"id": new_id(), **here, **remark})
        else:
            batch.new_comments.append({"id_": cell.comment_id, **remark})


def _plan_submission(
    projection: Projection, registered: Registered, known: _Known, batch: _Batch
) -> tuple[str, bool]:
    """Return the submitted notebook's id, and whether this very submission already stands there."""
    if projection.username not in known.students:
        known.students.add(projection.username)
        batch.students.append({"id": projection.username})
    found = known.submissions.get((projection.username, registered.assignment_id))
    if found is None:
        return _new_submission(projection, registered, batch), False
    submission_id, notebook_id, timestamp = found
    if timestamp == projection.timestamp:
        return notebook_id, True
    batch.new_times.append(
        {"id_": submission_id, "notebook_": notebook_id, "timestamp": projection.timestamp}
    )
    return notebook_id, False


def _new_submission(projection: Projection, registered: Registered, batch: _Batch) -> str:
    submission_id, notebook_id = new_id(), new_id()
    batch.submissions.append(
        {
            "id": submission_id,
            "assignment_id": registered.assignment_id,
            "student_id": projection.username,
            "timestamp": projection.timestamp,
        }
    )
    batch.notebooks.append(
        {
            "id": notebook_id,
            "assignment_id": submission_id,
            "notebook_id": registered.notebook_id,
            "flagged": False,
        }
    )
    return notebook_id


def _manual(task: Task, cell: _Cell | None) -> tuple[float | None, str | None]:
    """Return manual score and comment: a person's own entry stays unless it is our doing.

    ``cell`` is None when the row belongs to an older submission, whose manual mark doesn't count here.
    """
    if cell is not None and cell.manual is not None and cell.manual not in task.known:
        return cell.manual[0], cell.manual_comment
    if task.manual is not None:
        return task.manual
    if cell is not None and cell.manual is None:
        return None, cell.manual_comment
    return None, None  # another submission's, or our own doing that was undone


def _run(connection: Connection, batch: _Batch) -> None:
    _insert(connection, STUDENT, batch.students)
    _insert(connection, SUBMITTED_ASSIGNMENT, batch.submissions)
    _insert(connection, SUBMITTED_NOTEBOOK, batch.notebooks)
    _insert(connection, GRADE, batch.grades)
    _insert(connection, COMMENT, batch.comments)
    if batch.new_times:
        _update_times(connection, batch.new_times)
    _update(connection, GRADE, batch.new_grades)
    _update(connection, COMMENT, batch.new_comments)


def _insert(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:  # noqa: ANN401 - any table
    if rows:
        connection.execute(insert(table), rows)


def _update(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:  # noqa: ANN401 - any table
    if rows:
        values: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "id_"}
        connection.execute(update(table).where(table.c.id == bindparam("id_")).values(values), rows)


def _update_times(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Let a newer submission take the older one's place; flags and extra credit belonged to that one."""
    same = SUBMITTED_ASSIGNMENT.c.id == bindparam("id_")
    times = [{"id_": row["id_"], "timestamp": row["timestamp"]} for row in rows]
    statement = update(SUBMITTED_ASSIGNMENT).where(same).values(timestamp=bindparam("timestamp"))
    connection.execute(statement, times)
    notebooks = [{"notebook_": row["notebook_"]} for row in rows]
    same = SUBMITTED_NOTEBOOK.c.id == bindparam("notebook_")
    clean = {"flagged": False, "late_submission_penalty": None}
    connection.execute(update(SUBMITTED_NOTEBOOK).where(same).values(clean), notebooks)
    same = GRADE.c.notebook_id == bindparam("notebook_")
    connection.execute(update(GRADE).where(same).values(extra_credit=None), notebooks)
