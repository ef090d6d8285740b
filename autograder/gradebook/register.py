"""Enter the lessons in a gradebook as assignments, as ``nbgrader generate_assignment`` does."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from autograder.gradebook.notebooks import Assignment, checksum
from autograder.gradebook.tables import (
    ASSIGNMENT,
    BASE_CELL,
    COMMENT,
    COURSE,
    GRADE,
    NOTEBOOK,
    SOURCE_CELL,
    TASK_CELL,
    new_id,
)


@dataclass(frozen=True)
class Registered:
    """Ids of one assignment in the gradebook."""

    assignment_id: str
    notebook_id: str
    cells: Mapping[str, str]  # exercise → id of its task cell


def register(connection: Connection, level: str, assignments: Iterable[Assignment]) -> dict[str, Registered]:
    """Make the gradebook's assignments what the source notebooks say.

    Unlike nbgrader, which refuses to change a lesson that has submissions, an edited lesson is followed:
    new exercises are added, removed ones go with their grades (marks live in our own tables).

    Returns:
        The ids by slug.
    """
    if connection.scalar(select(COURSE.c.id).where(COURSE.c.id == level)) is None:
        connection.execute(insert(COURSE).values(id=level))
    return {own.slug: _register(connection, level, own) for own in assignments}


def _register(connection: Connection, level: str, assignment: Assignment) -> Registered:
    own = {"name": assignment.slug, "course_id": level}
    assignment_id = _row(connection, ASSIGNMENT, ASSIGNMENT.c.name == assignment.slug, own)
    mine = (NOTEBOOK.c.name == assignment.slug) & (NOTEBOOK.c.assignment_id == assignment_id)
    kernel = json.dumps(assignment.notebook["metadata"]["kernelspec"])
    notebook = {"name": assignment.slug, "assignment_id": assignment_id, "kernelspec": kernel}
    notebook_id = _row(connection, NOTEBOOK, mine, notebook)
    _sync_sources(connection, notebook_id, assignment)
    cells = _sync_tasks(connection, notebook_id, assignment)
    return Registered(assignment_id=assignment_id, notebook_id=notebook_id, cells=cells)


def _row(connection: Connection, table: Any, where: Any, values: dict[str, str]) -> str:  # noqa: ANN401 - SQL parts
    """Return the id of the one row, which is made when missing."""
    found = connection.scalar(select(table.c.id).where(where))
    if found is not None:
        return str(found)
    id_ = new_id()
    connection.execute(insert(table).values(id=id_, **values))
    return id_


def _sync_sources(connection: Connection, notebook_id: str, assignment: Assignment) -> None:
    wanted = {name: _source(cell) for name, cell in assignment.cells.items()}
    columns = (SOURCE_CELL.c.cell_type, SOURCE_CELL.c.locked, SOURCE_CELL.c.source, SOURCE_CELL.c.checksum)
    mine = SOURCE_CELL.c.notebook_id == notebook_id
    rows = connection.execute(select(SOURCE_CELL.c.name, *columns).where(mine))
    known = {row.name: tuple(row)[1:] for row in rows}
    for name in known.keys() - wanted.keys():
        connection.execute(delete(SOURCE_CELL).where(mine, SOURCE_CELL.c.name == name))
    for name, values in wanted.items():
        if name not in known:
            row = {"id": new_id(), "name": name, "notebook_id": notebook_id, **values}
            connection.execute(insert(SOURCE_CELL).values(row))
        elif known[name] != tuple(values.values()):
            connection.execute(update(SOURCE_CELL).where(mine, SOURCE_CELL.c.name == name).values(values))


def _source(cell: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "cell_type": cell["cell_type"],
        "locked": bool(cell["metadata"]["nbgrader"]["locked"]),
        "source": cell["source"],
        "checksum": checksum(cell),
    }


def _sync_tasks(connection: Connection, notebook_id: str, assignment: Assignment) -> dict[str, str]:
    joined = select(BASE_CELL.c.name, BASE_CELL.c.id, TASK_CELL.c.max_score).join_from(
        BASE_CELL, TASK_CELL, BASE_CELL.c.id == TASK_CELL.c.id
    )
    rows = connection.execute(joined.where(BASE_CELL.c.notebook_id == notebook_id))
    known = {row.name: (row.id, row.max_score) for row in rows}
    for name in known.keys() - assignment.tasks.keys():
        _remove_task(connection, known.pop(name)[0])
    for name, points in assignment.tasks.items():
        if name not in known:
            known[name] = (_add_task(connection, notebook_id, name, points), points)
        elif known[name][1] != points:
            same = TASK_CELL.c.id == known[name][0]
            connection.execute(update(TASK_CELL).where(same).values(max_score=points))
    return {name: id_ for name, (id_, _) in known.items()}


def _add_task(connection: Connection, notebook_id: str, name: str, points: float) -> str:
    id_ = new_id()
    base = {"id": id_, "name": name, "notebook_id": notebook_id, "type": "TaskCell"}
    connection.execute(insert(BASE_CELL).values(base))
    connection.execute(insert(TASK_CELL).values(id=id_, max_score=points, cell_type="markdown"))
    return id_


def _remove_task(connection: Connection, cell_id: str) -> None:
    connection.execute(delete(GRADE).where(GRADE.c.cell_id == cell_id))
    connection.execute(delete(COMMENT).where(COMMENT.c.cell_id == cell_id))
    connection.execute(delete(TASK_CELL).where(TASK_CELL.c.id == cell_id))
    connection.execute(delete(BASE_CELL).where(BASE_CELL.c.id == cell_id))
