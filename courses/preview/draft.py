"""A lesson while it is being written: read again at every change, with the last good state kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from courses.catalog.facts import FACTS
from courses.catalog.glossary import GLOSSARY
from courses.lessons.errors import LessonError
from courses.lessons.lint import Finding, lint
from courses.lessons.lint.time_budget import LIMIT, doing_minutes, reading_minutes
from courses.lessons.model import Lesson
from courses.lessons.notebook import release_notebook, source_notebook
from courses.lessons.parse import load_lesson
from courses.lessons.public import public_lesson
from courses.player.ai import Gateway
from courses.player.lesson import read_lesson
from courses.player.session import Session
from courses.player.store import Saved
from courses.preview.memory import MemoryStore
from courses.preview.portal import LocalPortal
from courses.preview.samples import SampleRow, sample_rows
from courses.yaml_errors import YamlError

Mark = tuple[tuple[str, int, int], ...]
"""Names, times and sizes of the files that a lesson is made of."""


@dataclass(frozen=True)
class Minutes:
    """How long the lesson takes."""

    reading: float
    doing: float
    limit: int = LIMIT

    @property
    def total(self) -> float:
        """Reading and answering together."""
        return self.reading + self.doing


@dataclass(frozen=True)
class Draft:
    """One state of the lesson. ``lesson`` and ``session`` are of the last text that could be read."""

    number: int = 0
    lesson: Lesson | None = None
    session: Session | None = None
    notebook: dict[str, object] = field(default_factory=dict)
    minutes: Minutes = Minutes(0, 0)
    samples: tuple[SampleRow, ...] = ()
    findings: tuple[Finding, ...] = ()
    is_broken: bool = False  # the text of now can't be shown

    @property
    def errors(self) -> int:
        """How many findings have to be mended."""
        return sum(finding.severity == "error" for finding in self.findings)


@dataclass
class Desk:
    """Reads a lesson's folder; ``draft`` is the newest state."""

    folder: Path
    released: Path  # gets ``lesson.json``, as a learner's home does
    result_url: str
    draft: Draft = field(default_factory=Draft)
    _seen: Mark = ()

    @property
    def key(self) -> str:
        """The lesson's key, ``level1/02-lenh-bon-phan``."""
        return f"{self.folder.parent.name}/{self.folder.name}"

    def refresh(self) -> bool:
        """Read again if any file changed; tell whether one did."""
        seen = tuple(_marks(self.folder))
        if seen == self._seen:
            return False
        self._seen = seen
        self.draft = self._read()
        return True

    def _read(self) -> Draft:
        old = self.draft
        findings = tuple(lint(self.folder.parent.parent, [self.folder]))
        try:
            lesson, has_samples = _lesson(self.folder)
        except (LessonError, YamlError):
            return replace(old, number=old.number + 1, findings=findings, is_broken=True)
        return Draft(
            number=old.number + 1,
            lesson=lesson,
            session=self._session(lesson, old.session),
            notebook=release_notebook(source_notebook(lesson)),
            minutes=Minutes(reading_minutes(lesson), doing_minutes(lesson)),
            samples=sample_rows(lesson) if has_samples else (),
            findings=findings,
        )

    def _session(self, lesson: Lesson, old: Session | None) -> Session:
        folder = self.released / lesson.key
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "lesson.json").write_text(json.dumps(public_lesson(lesson)), encoding="utf-8")
        return Session(
            lesson=read_lesson(folder),
            store=MemoryStore(lesson, old.store.read() if old else Saved(case="citizen")),
            portal=LocalPortal("", "", lesson=lesson, result_url=self.result_url),
            gateway=Gateway("", ""),
            owner=f"xem-thu-{id(self)}",
        )


def _lesson(folder: Path) -> tuple[Lesson, bool]:
    """Return the lesson, and whether its samples could be read: a fault there need not hide the page."""
    try:
        return load_lesson(folder), True
    except LessonError as error:
        if not all(fault.path.endswith("/samples.yaml") for fault in error.faults):
            raise
    return load_lesson(folder, with_samples=False), False


def _marks(folder: Path) -> Iterator[tuple[str, int, int]]:
    files = [folder / "lesson.md", folder / "samples.yaml", *sorted((folder / "assets").glob("**/*"))]
    for file in [*files, FACTS, GLOSSARY]:
        try:
            stat = file.stat()
        except OSError:  # gone, or being replaced just now
            continue
        yield str(file), stat.st_mtime_ns, stat.st_size
