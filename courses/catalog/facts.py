"""Facts of law and numbers: each stands once, dated and sourced; lessons refer to it by id."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field

from courses.catalog.entries import load_entries
from courses.clock import text_date
from courses.exercises.base import Frozen

FACTS = Path(__file__).with_name("facts.yaml")
STALE_DAYS = 180


class Fact(Frozen):
    """One fact, worded so that it reads inside a sentence.

    ``sure``: high = in the law's own text; medium = to be checked again, and worded so; low = not yet for lessons.
    """

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    fact: str = Field(min_length=1)
    source: str = Field(min_length=1)
    checked_on: date
    sure: Literal["high", "medium", "low"]

    def shown(self) -> str:
        """Return the fact as a learner reads it, with the day it was checked."""
        return f"{self.fact} (kiểm tra ngày {text_date(self.checked_on)})"


Facts = Mapping[str, Fact]


def load_facts(path: Path = FACTS) -> Facts:
    """Return the facts by id.

    Raises:
        YamlError: ``facts.yaml:LINE: …`` in Vietnamese, one line per fault.
    """
    return load_entries(path, Fact)
