"""Errors of lessons: every fault with its file, line and mend, several at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from courses.exercises.base import Frozen


class Fault(Frozen):
    """One fault. ``path`` is relative to the lessons' root, ``line`` counts from 1."""

    path: str
    line: int
    message: str
    code: str = (
        "lesson"  # ``bdhai lint --explain CODE`` tells more: a kind of exercise, or a part of a lesson
    )

    def __str__(self) -> str:
        """Return ``level1/02-…/lesson.md:41: choice: …``."""
        return f"{self.path}:{self.line}: {self.message}"


class LessonError(ValueError):
    """One or more lessons cannot be read; the message lists every fault on its own line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.path, fault.line)))
        super().__init__("\n".join(str(fault) for fault in self.faults))


@contextmanager
def coded(code: str) -> Iterator[None]:
    """Give a code to the faults that are raised inside and have none of their own."""
    try:
        yield
    except LessonError as error:
        plain = Fault.model_fields["code"].default
        own = (f.model_copy(update={"code": code}) if f.code == plain else f for f in error.faults)
        raise LessonError(own) from error


def raise_all(faults: Iterable[Fault]) -> None:
    """Raise LessonError when there is any fault."""
    listed = tuple(faults)
    if listed:
        raise LessonError(listed)
