"""What a run tells while it works, and at its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from pydantic import Field

from courses.exercises.base import Frozen


class Event(Frozen):
    """How far a step is. Step ``wait`` = another run holds the lock."""

    step: str
    done: int = 0
    total: int = 0
    finished: bool = False


Progress = Callable[[Event], None]


class StepReport(Frozen):
    """One finished step. ``counts`` by what was counted, e.g. ``{"marked": 3}``."""

    step: str
    seconds: float
    counts: dict[str, int] = Field(default_factory=dict)


class Report(Frozen):
    """A finished run, as ``bdhai daily --json`` prints it."""

    day: date
    resumed: bool  # an earlier run of this day had not come to its end
    steps: tuple[StepReport, ...]
    judged: int  # answers that the judge decided in this run
    ledger_hits: int  # answers that needed no judge, for the ledger knew them
    identical: int = 0  # answers that needed no judge, for another one of this run says the same
    calls: int = 0  # requests to the AI, tries that failed included
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0  # of the prompts, those that the provider had in its cache
    money: float = 0.0  # what this run cost, by ``ai.prices``; a model without a price costs nothing
    currency: str = ""
    abstained: dict[str, int]  # reason → answers that wait, of this run and of earlier ones
    waiting: int  # answers of counting submissions that have no mark
    seconds: float
