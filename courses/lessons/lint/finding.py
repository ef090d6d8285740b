"""What the linter finds, and what every check is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from courses.catalog.facts import Facts
from courses.exercises.base import Frozen
from courses.lessons.lint.dictionary import KnownWords
from courses.lessons.model import Lesson


class Finding(Frozen):
    """One thing to mend. An error fails ``bdhai lint``; a warning does not."""

    path: str
    line: int
    message: str
    severity: Literal["error", "warning"] = "error"
    code: str = ""  # of the check that found it; ``bdhai lint --explain CODE`` tells why

    def __str__(self) -> str:
        """Return ``level1/02-…/lesson.md:41: … [time]``."""
        mark = "cảnh báo: " if self.severity == "warning" else ""
        return f"{self.path}:{self.line}: {mark}{self.message}" + (f" [{self.code}]" if self.code else "")


@dataclass(frozen=True)
class Common:
    """What every lesson is held against."""

    facts: Facts
    today: date
    words: KnownWords


@dataclass(frozen=True)
class Subject:
    """One lesson under the linter."""

    lesson: Lesson
    folder: Path
    common: Common

    def key_line(self, key: str) -> int:
        """Return the line of a key of the front matter."""
        lines = self.lesson.source.split("\n")
        return next((n for n, line in enumerate(lines, 1) if line.startswith(f"{key}:")), 1)

    def error(self, line: int, message: str, file: str = "lesson.md") -> Finding:
        """Return an error in one of the lesson's files."""
        return Finding(path=f"{self.lesson.key}/{file}", line=line, message=message)

    def warning(self, line: int, message: str, file: str = "lesson.md") -> Finding:
        """Return a warning in one of the lesson's files."""
        return Finding(path=f"{self.lesson.key}/{file}", line=line, message=message, severity="warning")


Check = Callable[[Subject], Iterable[Finding]]
"""A function ``check_law_numbers``; its findings carry the code ``law-numbers``."""


def code_of(check: Check) -> str:
    """Return the code of a check's findings, made of its name."""
    return str(getattr(check, "__name__", "")).removeprefix("check_").replace("_", "-")
