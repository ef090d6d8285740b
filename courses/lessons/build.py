"""``bdhai build``: all lessons to nbgrader course folders, the same bytes every time.

Each level's ``source/`` and ``release/`` are written beside the old ones and then swapped in, so that nobody
reads half a build and a failed build leaves the old output. Gradebook and submissions are not touched.
"""

from __future__ import annotations

import fcntl
import itertools
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from courses.catalog.facts import Facts
from courses.lessons.course_config import nbgrader_config
from courses.lessons.errors import Fault, raise_all
from courses.lessons.leaks import leaks
from courses.lessons.model import Lesson
from courses.lessons.notebook import release_notebook, source_notebook, to_json
from courses.lessons.parse import load_lessons
from courses.lessons.public import public_lesson, strings

_TREES = ("source", "release")
_TEMPORARY = ".build-"


def build_all(root: Path, out: Path, facts: Facts | None = None) -> tuple[Lesson, ...]:
    """Build every lesson under ``root`` into ``out`` and return the lessons.

    Args:
        root: folder of ``level1`` … ``level5``.
        out: gets ``level1/source``, ``level1/release`` and ``level1/nbgrader_config.py``.
        facts: dated facts by id; by default the catalogue's.

    Raises:
        LessonError: when a lesson cannot be read or would show a secret; ``out`` stays as it was.
    """
    lessons = load_lessons(root, facts)
    out.mkdir(parents=True, exist_ok=True)
    with _alone(out), _temporary(out) as new:
        faults: list[Fault] = []
        for lesson in lessons:
            faults += _write_lesson(lesson, root, new)
        raise_all(faults)
        for course, _ in itertools.groupby(lessons, key=lambda lesson: lesson.course):
            (new / course / "nbgrader_config.py").write_text(nbgrader_config(course), encoding="utf-8")
            _swap(new / course, out / course)
    return lessons


def _write_lesson(lesson: Lesson, root: Path, new: Path) -> list[Fault]:
    """Write a lesson's two folders; return the secrets that the learner's one would show."""
    source = source_notebook(lesson)
    release = release_notebook(source)
    public = public_lesson(lesson)
    for tree, notebook in zip(_TREES, (source, release), strict=True):
        folder = new / lesson.course / tree / lesson.slug
        folder.mkdir(parents=True)
        (folder / f"{lesson.slug}.ipynb").write_text(to_json(notebook), encoding="utf-8")
        (folder / "lesson.json").write_text(_json(public), encoding="utf-8")
        _copy_assets(root / lesson.key / "assets", folder / "assets")
    return leaks(lesson, [*(cell["source"] for cell in release["cells"]), *strings(public)])


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _copy_assets(assets: Path, target: Path) -> None:
    """Copy the lesson's own files; hidden ones stay behind."""
    if assets.is_dir():
        shutil.copytree(assets, target, copy_function=shutil.copyfile, ignore=shutil.ignore_patterns(".*"))


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Let a second build of the same folder wait; the lock ends with the process."""
    handle = os.open(out, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def _temporary(out: Path) -> Iterator[Path]:
    """Give a folder on the same file system; what a killed build left behind goes too."""
    for left in out.glob(f"{_TEMPORARY}*"):
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix=_TEMPORARY, dir=out) as name:
        yield Path(name)


def _swap(new: Path, course: Path) -> None:
    """Put a level's new trees in place of the old ones; renames only."""
    course.mkdir(exist_ok=True)
    for tree in _TREES:
        if (course / tree).exists():
            (course / tree).rename(new / f"old-{tree}")
        (new / tree).rename(course / tree)
    (new / "nbgrader_config.py").replace(course / "nbgrader_config.py")
