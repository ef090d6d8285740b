"""A plain nbgrader course with the same lessons, as a teacher without us would write it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from courses.exercises.base import RubricExercise
from courses.lessons.model import ExerciseSlot, Lesson, Prose, Sample

_TEST = """### BEGIN HIDDEN TESTS
import json
assert json.dumps(answer, sort_keys=True) == {expected!r}
### END HIDDEN TESTS"""


class PlainCourse:
    """One course folder; nbgrader's own configuration, preprocessors and gradebook."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        config = 'c = get_config()\nc.CourseDirectory.course_id = "plain"\n'
        (folder / "nbgrader_config.py").write_text(config, encoding="utf-8")

    def add(self, lesson: Lesson) -> None:
        """Write a lesson's assignment and release it."""
        full = next(sample for sample in lesson.samples if sample.role == "full")
        cells = [cell for block in lesson.blocks for cell in _cells(block, full)]
        notebook = new_notebook(cells=cells, metadata=_KERNEL)
        self._write(self.folder / "source" / lesson.slug / f"{lesson.slug}.ipynb", notebook)
        self.command("generate_assignment", lesson.slug)

    def submit(self, username: str, lesson: Lesson, sample: Sample) -> None:
        """Put a learner's notebook where ``nbgrader collect`` puts it."""
        path = self.folder / "release" / lesson.slug / f"{lesson.slug}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            _answer(cell, sample)
        self._write(self.folder / "submitted" / username / lesson.slug / f"{lesson.slug}.ipynb", notebook)

    def command(self, *arguments: str) -> None:
        """Run an nbgrader command. Raises CalledProcessError when it fails."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        subprocess.run(
            [sys.executable, "-m", "nbgrader", *arguments],
            cwd=self.folder,
            env={**os.environ, "PATH": path},
            capture_output=True,
            check=True,
        )

    def _write(self, path: Path, notebook: Any) -> None:  # noqa: ANN401 - nbformat has no types
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)


_KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def _cells(block: Prose | ExerciseSlot, full: Sample) -> list[Any]:
    if isinstance(block, Prose):
        return [new_markdown_cell(block.text)]
    exercise = block.variant(full.case)
    statement = new_markdown_cell(exercise.statement)
    if isinstance(exercise, RubricExercise):
        written = new_markdown_cell(
            "Bài làm:", metadata=_graded(block.id, grade=True, solution=True, points=block.points)
        )
        return [statement, written]
    own = full.expect.get(block.id)
    expected = json.dumps(own.answer if own else None, sort_keys=True)
    answer = new_code_cell("answer = None", metadata=_graded(block.id, grade=False, solution=True))
    test = _TEST.format(expected=expected)
    checked = _graded(f"{block.id}-test", grade=True, solution=False, points=block.points)
    return [statement, answer, new_code_cell(test, metadata=checked)]


def _graded(grade_id: str, *, grade: bool, solution: bool, points: float | None = None) -> dict[str, Any]:
    worth = {} if points is None else {"points": points}
    common = {"schema_version": 3, "grade_id": grade_id, "task": False, "locked": grade and not solution}
    return {"nbgrader": {**common, "grade": grade, "solution": solution, **worth}}


def _answer(cell: Any, sample: Sample) -> None:  # noqa: ANN401 - nbformat has no types
    graded: Mapping[str, Any] = cell.metadata.get("nbgrader", {})
    own = sample.expect.get(graded.get("grade_id", ""))
    if own is None or not graded.get("solution"):
        return
    cell.source = own.answer.get("text", "") if cell.cell_type == "markdown" else f"answer = {own.answer!r}"
