"""A level's course folder: collected submissions, and autograded notebooks that show answers as text."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from courses.lessons.model import Lesson

_MARK = "\u0000"  # JSON text never holds it, so no lesson can be taken for a placeholder
_PLACE = re.compile(r'\[\s*"\\u0000([^"]*)"\s*\]')


class Assignment:
    """One lesson's source notebook, read once."""

    def __init__(self, folder: Path, slug: str) -> None:
        self.slug = slug
        self._bytes = (folder / "source" / slug / f"{slug}.ipynb").read_bytes()
        self.notebook: dict[str, Any] = json.loads(self._bytes)

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of the source notebook."""
        return hashlib.sha256(self._bytes).hexdigest()

    @cached_property
    def cells(self) -> dict[str, dict[str, Any]]:
        """The cells that nbgrader knows, by grade id, sources as one text."""
        named: dict[str, dict[str, Any]] = {}
        for cell in self.notebook["cells"]:
            if "nbgrader" in cell["metadata"]:
                named[cell["metadata"]["nbgrader"]["grade_id"]] = {**cell, "source": "".join(cell["source"])}
        return named

    @cached_property
    def tasks(self) -> dict[str, float]:
        """Points by exercise."""
        graded = {name: cell["metadata"]["nbgrader"] for name, cell in self.cells.items()}
        return {name: float(own["points"]) for name, own in graded.items() if own.get("task")}

    @cached_property
    def _parts(self) -> list[str]:
        """The autograded notebook's text, cut at the answers: text, exercise, text, exercise … text."""
        cells = [dict(cell) for cell in self.notebook["cells"]]
        for cell in cells:
            if "nbgrader" in cell["metadata"]:
                cell["metadata"] = _stamped(cell, self.cells[cell["metadata"]["nbgrader"]["grade_id"]])
        for exercise, cell in answer_cells(cells).items():
            cell["outputs"] = [_MARK + exercise]
        text = json.dumps({**self.notebook, "cells": cells}, ensure_ascii=False, indent=1, sort_keys=True)
        return _PLACE.split(text + "\n")

    def autograded(self, answers: Mapping[str, str]) -> str:
        """Return the autograded notebook with each answer below its task, as text only."""
        parts = list(self._parts)
        parts[1::2] = [
            json.dumps(answer_outputs(answers.get(own, "")), ensure_ascii=False) for own in parts[1::2]
        ]
        return "".join(parts)


def _stamped(cell: dict[str, Any], named: dict[str, Any]) -> dict[str, Any]:
    """Return a cell's metadata with the checksum of its source, as nbgrader's OverwriteCells leaves it."""
    graded = {**cell["metadata"]["nbgrader"], "cell_type": cell["cell_type"], "checksum": checksum(named)}
    return {**cell["metadata"], "nbgrader": graded, "deletable": False, "editable": False}


def answer_cells(cells: list[Any]) -> dict[str, Any]:
    """Return the code cell that follows each task cell, by the task's exercise."""
    found: dict[str, Any] = {}
    waiting: str | None = None
    for cell in cells:
        graded = cell["metadata"].get("nbgrader", {})
        if graded.get("task"):
            waiting = graded["grade_id"]
        elif waiting is not None and cell["cell_type"] == "code":
            found[waiting] = cell
            waiting = None
    return found


def answer_outputs(text: str) -> list[dict[str, Any]]:
    """Return outputs that show a learner's answer; a stream is always escaped, never HTML or Markdown."""
    if not text:
        return []
    return [{"name": "stdout", "output_type": "stream", "text": text}]


def checksum(cell: Mapping[str, Any]) -> str:
    """Return ``nbgrader.utils.compute_checksum`` of a locked cell that is neither grade nor solution."""
    grade_id = cell["metadata"]["nbgrader"]["grade_id"]
    parts = (cell["source"], cell["cell_type"], "False", "False", "True", grade_id)
    return hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest()


class Course:
    """One level's nbgrader course folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._assignments: dict[str, Assignment] = {}

    def assignment(self, lesson: Lesson) -> Assignment:
        """Return a lesson's assignment. Raises FileNotFoundError when the lesson is not built."""
        if lesson.slug not in self._assignments:
            self._assignments[lesson.slug] = Assignment(self.folder, lesson.slug)
        return self._assignments[lesson.slug]

    def release(self, slug: str) -> Path:
        """Return a lesson's release notebook."""
        return self.folder / "release" / slug / f"{slug}.ipynb"

    def submitted(self, username: str, slug: str) -> Path:
        """Return the folder of one collected submission."""
        return self.folder / "submitted" / username / slug

    def autograded(self, username: str, slug: str) -> Path:
        """Return the folder of one autograded submission."""
        return self.folder / "autograded" / username / slug


def write_atomic(path: Path, content: bytes) -> None:
    """Write a file so that readers see the old one or the new one, also after a kill.

    nbgrader leaves read-only files behind; replacing works on those too.
    """
    new = f"{path}.new"
    _write(new, content, os.O_TRUNC)
    os.replace(new, path)  # noqa: PTH105 - Path objects cost more than the call, and a run writes thousands


def write_new(path: Path, content: bytes) -> None:
    """Write a file of a set whose last file (``timestamp.txt``) says that the set is whole.

    Only a file that was there before must be replaced at once: nobody reads a set that has no end.
    """
    try:
        _write(str(path), content, os.O_EXCL)
    except FileExistsError:
        write_atomic(path, content)


def _write(path: str, content: bytes, how: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o644)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
