"""The approved syllabus: every lesson there is to be, written or not, as data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field

from courses.catalog.entries import load_entries
from courses.exercises.base import Frozen

SYLLABUS = Path(__file__).with_name("syllabus.yaml")
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
    """One lesson of the syllabus. ``id`` is its number: 0.1, 1.13, H2."""

    id: str = Field(pattern=NUMBER)
    title: str = Field(min_length=1)
    outcome: str = ""
    kinds: tuple[Code, ...] = ()
    safety: bool = False
    challenge: bool = False

    @property
    def level(self) -> int | None:
        """The level, 1 to 5; starters belong to level 1; None for a trainer's lesson."""
        return None if self.id.startswith("H") else max(1, int(self.id.split(".", 1)[0]))


def load_syllabus(path: Path = SYLLABUS) -> Mapping[str, Planned]:
    """Return the lessons by number, in the syllabus' order.

    Raises:
        YamlError: ``syllabus.yaml:LINE: …`` in Vietnamese, one line per fault.
    """
    return load_entries(path, Planned)
