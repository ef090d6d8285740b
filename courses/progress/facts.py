"""What progress is computed from: frozen facts, with no database behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Work:
    """One graded submission.

    Attributes:
        person: username.
        lesson: lesson key.
        number: 1 for the person's first submission of the lesson; the highest one counts.
        at: aware moment of submission.
        complete: every exercise of the lesson is answered.
        score: points earned in the exercises that are decided.
        decided: points that these exercises can give; what waits for a person is in neither.
        rules: each rule-marked exercise, and whether it is right in this submission.
        taught: the pupil of the lesson's teach-back passed its quiz, which its teacher has never seen.
    """

    person: str
    lesson: str
    number: int
    at: datetime
    complete: bool
    score: float
    decided: float
    rules: tuple[tuple[str, bool], ...] = ()
    taught: bool = False


@dataclass(frozen=True)
class Check:
    """The first "Kiểm tra" of an exercise by a person: when, and whether it was right."""

    person: str
    lesson: str
    exercise: str
    at: datetime
    right: bool


@dataclass(frozen=True)
class GroupFacts:
    """A residents' group. ``working_age`` is n of the league's formula; 0 means unknown."""

    code: str
    name: str
    working_age: int


@dataclass(frozen=True)
class PersonFacts:
    """A learner as boards see them: username (never shown), pseudonym, group code, opted in or not."""

    username: str
    pseudonym: str
    group: str | None
    on_board: bool
