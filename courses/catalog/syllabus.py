"""The approved syllabus: every lesson there is to be, written or not, as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field

from courses.catalog.entries import load_entries
from courses.exercises.base import Frozen
from courses.yaml_errors import YamlError

SYLLABUS = Path(__file__).with_name("syllabus.yaml")
LAST_LEVEL = 5
NUMBER = r"^(?:[0-5]\.\d{1,2}|H\d)$"
Code = Literal["TN", "SX", "SL", "VL", "SP", "DL", "MP", "KH", "DH"]
KINDS: Mapping[Code, frozenset[str]] = {
    "TN": frozenset({"choice"}),
    "SX": frozenset({"sort"}),
    "SL": frozenset({"spot"}),
    "VL": frozenset({"prompt"}),
    "SP": frozenset({"product"}),
    "DL": frozenset({"number", "table"}),
    "MP": frozenset({"chat"}),
    "KH": frozenset({"canvas"}),
    "DH": frozenset({"teach"}),
}
"""Exercise kinds that serve each code of the syllabus; any one of them does."""


class Planned(Frozen):
    """One lesson of the syllabus. ``id`` is its number: 0.1, 1.13, H2; ``needs`` are lessons to learn before it."""

    id: str = Field(pattern=NUMBER)
    title: str = Field(min_length=1)
    outcome: str = ""
    kinds: tuple[Code, ...] = ()
    safety: bool = False
    challenge: bool = False
    needs: tuple[str, ...] = ()

    @property
    def level(self) -> int | None:
        """The level, 1 to 5; starters belong to level 1; None for a trainer's lesson."""
        return None if self.id.startswith("H") else max(1, int(self.id.split(".", 1)[0]))


def load_syllabus(path: Path = SYLLABUS) -> Mapping[str, Planned]:
    """Return the lessons by number, in the syllabus' order, in which each stands behind those that it needs.

    Raises:
        YamlError: ``syllabus.yaml:LINE: …`` in Vietnamese, one line per fault.
    """
    lessons = load_entries(path, Planned)
    faults = list(_faults(lessons))
    if faults:
        lines = path.read_text(encoding="utf-8").splitlines()
        raise YamlError("\n".join(f"{path.name}:{_line(lines, number)}: {text}" for number, text in faults))
    return lessons


def _faults(lessons: Mapping[str, Planned]) -> Iterator[tuple[str, str]]:
    """Yield (lesson, what is wrong with its needs). Needs that all stand earlier cannot run in a circle."""
    earlier: set[str] = set()
    for number, lesson in lessons.items():
        for need in lesson.needs:
            if need not in lessons:
                yield number, f"{number} cần bài {need}, nhưng chương trình không có bài ấy"
            elif need not in earlier:
                yield (
                    number,
                    f"{number} cần bài {need}, nhưng bài ấy không đứng trước: bỏ bớt, hoặc đổi thứ tự",
                )
            elif _rank(lessons[need]) > _rank(lesson):
                yield number, f"{number} cần bài {need} ở bậc cao hơn: bỏ bớt"
        earlier.add(number)


def _rank(lesson: Planned) -> int:
    """Return the level; a trainer's lessons come after all levels."""
    return lesson.level or LAST_LEVEL + 1


def _line(lines: list[str], number: str) -> int:
    return next(n for n, line in enumerate(lines, 1) if line.strip() == f'- id: "{number}"')
