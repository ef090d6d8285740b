"""The lessons that the portal knows, read again when somebody edits them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from courses.lessons import LessonError, lesson_folders, load_lessons
from courses.lessons.model import Lesson

log = logging.getLogger(__name__)

Fingerprint = tuple[tuple[str, int, int], ...]
_FILES = ("lesson.md", "samples.yaml")


class Shelf:
    """All lessons under one root. Safe to use from several threads."""

    def __init__(
        self, root: Path, *, every: float = 2.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Remember where lessons lie.

        Args:
            root: folder that holds level1 … level5.
            every: seconds between two looks at the files.
            clock: monotonic seconds.
        """
        self._root = root
        self._every = every
        self._clock = clock
        self._looked = float("-inf")
        self._seen: Fingerprint | None = None
        self._lessons: tuple[Lesson, ...] = ()
        self._lock = threading.Lock()

    def all(self) -> tuple[Lesson, ...]:
        """Return the lessons in order; a faulty edit keeps the last good ones."""
        with self._lock:
            if self._clock() - self._looked >= self._every:
                self._look()
                self._looked = self._clock()
            return self._lessons

    def find(self, key: str) -> Lesson | None:
        """Return the lesson of a key such as ``level1/01-ai-doan-chu``, or None."""
        return next((lesson for lesson in self.all() if lesson.key == key), None)

    def _look(self) -> None:
        seen = _fingerprint(self._root)
        if seen == self._seen:
            return
        self._seen = seen
        try:
            self._lessons = load_lessons(self._root)
        except LessonError as error:
            log.error("Bài học có lỗi, cổng vẫn dùng bản trước:\n%s", error)  # noqa: TRY400 - the message says it all


def _fingerprint(root: Path) -> Fingerprint:
    marks = []
    for folder in lesson_folders(root):
        for path in (folder / name for name in _FILES):
            try:
                facts = path.stat()
            except FileNotFoundError:
                continue
            marks.append((str(path), facts.st_mtime_ns, facts.st_size))
    return tuple(marks)
