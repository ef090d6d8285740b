"""A lesson as an nbgrader notebook: what stands in ``source/`` and what in ``release/``.

Cell ids and grade ids depend on the lesson alone, so that building twice gives the same bytes. Ids with
an underscore are ours: an author's ids have none.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from courses.clock import text_number
from courses.lessons.announce import announcement
from courses.lessons.model import Case, ExerciseSlot, Lesson, Prose
from courses.lessons.terms import plain

Cell = dict[str, Any]
CASE_NAMES: dict[Case, str] = {
    "official": "Cán bộ, công chức, viên chức",
    "trader": "Chủ doanh nghiệp, hợp tác xã, hộ kinh doanh",
    "citizen": "Nông dân, người lao động",
}
_BEGIN = "=== BEGIN MARK SCHEME ==="
_END = "=== END MARK SCHEME ==="
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def source_notebook(lesson: Lesson) -> dict[str, Any]:
    """Return the notebook with mark schemes, as ``nbgrader generate_assignment`` reads it."""
    review = _code("review_", "review", "review()", {"role": "review"})
    submit = _code("submit_", "submit", "submit()", {"role": "submit"})
    cells = [_title(lesson), *_announcement(lesson), review, *_body(lesson), submit]
    metadata = {
        "bdhai": {"lesson": lesson.key},
        "kernelspec": _KERNEL,
        "language_info": {"name": "python"},
    }
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def release_notebook(source: dict[str, Any]) -> dict[str, Any]:
    """Return the learner's notebook: what ``nbgrader generate_assignment`` makes of the source."""
    return {**source, "cells": [_released(cell) for cell in source["cells"]]}


def to_json(notebook: dict[str, Any]) -> str:
    """Return the notebook's file text in nbformat's own layout."""
    cells = [{**cell, "source": cell["source"].splitlines(keepends=True)} for cell in notebook["cells"]]
    return json.dumps({**notebook, "cells": cells}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _title(lesson: Lesson) -> Cell:
    goals = "\n".join(f"- {goal}" for goal in lesson.goals)
    title = lesson.title.replace(" – ", "\u00a0– ")  # no line begins with a dash
    text = f"# {lesson.number} {title}\n\nHọc xong bài này ({lesson.minutes} phút):\n\n{goals}"
    return _markdown("title_", text, {"role": "title"})


def _body(lesson: Lesson) -> list[Cell]:
    cells: list[Cell] = []
    proses = 0
    tasks = 0
    explained: set[str] = set()
    for block in lesson.blocks:
        if isinstance(block, Prose):
            proses += 1
            cells.append(_prose(block, proses, lesson, explained))
        else:
            tasks += 1
            cells += _exercise(block, tasks)
    return cells


def _announcement(lesson: Lesson) -> list[Cell]:
    text, slot = announcement(lesson), lesson.teach_back
    if slot is None:
        return []
    return [_markdown("teach_back_", text, {"role": "teach_back", "exercise": slot.id})]


def _prose(prose: Prose, number: int, lesson: Lesson, explained: set[str]) -> Cell:
    """Return a cell in plain Markdown; where terms stand, ``marked`` keeps the text for the lesson page."""
    marked = f"### {CASE_NAMES[prose.case]}\n\n{prose.text}" if prose.case else prose.text
    text = plain(marked, lesson.terms, explained)
    case = {"case": str(prose.case)} if prose.case else {}
    terms = {"marked": marked} if marked != text else {}
    return _markdown(f"prose_{number}", text, {"role": "prose", **case, **terms})


def _exercise(slot: ExerciseSlot, number: int) -> list[Cell]:
    task = _markdown(f"task_{slot.id}", _task_text(slot, number), {"role": "task", "exercise": slot.id})
    task["metadata"]["nbgrader"] = _graded(slot.id, task=True, points=slot.points)
    widget = _code(
        f"widget_{slot.id}",
        "exercise",
        f'exercise("{slot.id}")',
        {"role": "widget", "exercise": slot.id},
    )
    return [task, widget]


def _task_text(slot: ExerciseSlot, number: int) -> str:
    head = f"**Câu {number}** ({text_number(slot.points, 2)} điểm)"
    statements = _by_case({case: exercise.statement for case, exercise in slot.variants.items()})
    scheme = _by_case({case: exercise.mark_scheme() for case, exercise in slot.variants.items()})
    return f"{head}\n\n{statements}\n\n{_BEGIN}\n{scheme}\n{_END}"


def _by_case(texts: dict[str, str]) -> str:
    """Put the settings' texts under each other, each with its heading."""
    if "" in texts:
        return texts[""]
    return "\n\n".join(f"#### {name}\n\n{texts[case]}" for case, name in CASE_NAMES.items())


def _markdown(cell_id: str, text: str, about: dict[str, str]) -> Cell:
    return {"cell_type": "markdown", "id": cell_id, "metadata": {"bdhai": about}, "source": text}


def _code(cell_id: str, name: str, call: str, about: dict[str, str]) -> Cell:
    """Return a read-only code cell that calls the player; its code is folded away in JupyterLab."""
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": cell_id,
        "metadata": {
            "bdhai": about,
            "jupyter": {"source_hidden": True},
            "nbgrader": _graded(cell_id, task=False),
        },
        "outputs": [],
        "source": f"from courses.player import {name}\n{call}",
    }


def _graded(grade_id: str, *, task: bool, points: float | None = None) -> dict[str, Any]:
    worth = {} if points is None else {"points": points}
    return {
        "grade": False,
        "grade_id": grade_id,
        "locked": True,
        "schema_version": 3,
        "solution": False,
        "task": task,
        **worth,
    }


def _released(cell: Cell) -> Cell:
    if "nbgrader" not in cell["metadata"]:
        return cell
    bare: Cell = {**cell, "source": _without_scheme(cell["source"])}
    graded = {**cell["metadata"]["nbgrader"], "cell_type": cell["cell_type"], "checksum": _checksum(bare)}
    metadata = {**cell["metadata"], "nbgrader": graded, "deletable": False, "editable": False}
    return {**bare, "metadata": metadata}


def _without_scheme(source: str) -> str:
    """Drop the lines of the mark scheme, as nbgrader's ClearMarkScheme does."""
    kept: list[str] = []
    is_inside = False
    for line in source.split("\n"):
        if line == _BEGIN:
            is_inside = True
        elif line == _END:
            is_inside = False
        elif not is_inside:
            kept.append(line)
    return "\n".join(kept)


def _checksum(cell: Cell) -> str:
    """Return nbgrader's checksum of a locked cell that is neither grade nor solution.

    The formula is that of ``nbgrader.utils.compute_checksum``; a test holds the two equal.
    """
    parts = (
        cell["source"],
        cell["cell_type"],
        "False",
        "False",
        "True",
        cell["metadata"]["nbgrader"]["grade_id"],
    )
    return hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest()
