"""Which review cards a learner sees today: a pure function of what was learned and answered.

The spacing is FSRS (Open Spaced Repetition's ``fsrs``, its default weights) at a desired retention of 0.85
and at most 60 days apart. A card first comes up the day after its lesson was handed in; at most ten cards
a day, the longest overdue first. Days are the programme's (they end at 04:00 in Vietnam); FSRS counts in
moments, so each day stands for its noon.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from fsrs import Card, Rating, Scheduler

Grade = Literal["again", "good"]

RETENTION = 0.85
LONGEST_DAYS = 60
A_DAY = 10
_RATINGS: dict[str, Rating] = {"again": Rating.Again, "good": Rating.Good}


@dataclass(frozen=True)
class Learned:
    """A lesson that was handed in: its first day, and how many cards it has."""

    lesson: str
    day: date
    cards: int


@dataclass(frozen=True)
class Review:
    """One answer to one card."""

    lesson: str
    card: int
    day: date
    grade: Grade


@dataclass(frozen=True, order=True)
class Due:
    """A card and the day from which it is due; sorted by that day."""

    day: date
    lesson: str
    card: int


def schedule(learned: Iterable[Learned], reviews: Iterable[Review]) -> tuple[Due, ...]:
    """Return the next day of every card of the learned lessons, the earliest first."""
    answered: dict[tuple[str, int], list[Review]] = defaultdict(list)
    for review in reviews:
        answered[review.lesson, review.card].append(review)
    return tuple(
        sorted(
            Due(next_day(own.day, answered[own.lesson, card]), own.lesson, card)
            for own in learned
            for card in range(1, own.cards + 1)
        )
    )


def today_cards(learned: Iterable[Learned], reviews: Iterable[Review], today: date) -> tuple[Due, ...]:
    """Return the cards still to answer today: those due, without what goes beyond ten answers a day."""
    given = tuple(reviews)
    left = A_DAY - sum(review.day == today for review in given)
    return tuple(due for due in schedule(learned, given) if due.day <= today)[: max(0, left)]


def next_day(learned: date, reviews: Iterable[Review]) -> date:
    """Return the day on which one card comes up next.

    Args:
        learned: the day on which its lesson was first handed in.
        reviews: the card's answers, in any order; of two of one day the first counts.
    """
    card: Card | None = None
    for review in sorted(reviews, key=lambda each: each.day):
        card, _ = _scheduler().review_card(card or _new(), _RATINGS[review.grade], _noon(review.day))
    return card.due.date() if card else learned + timedelta(days=1)


@lru_cache(maxsize=1)
def _scheduler() -> Scheduler:
    # No steps of minutes: a card comes up at most once a day. No fuzz: the same answers give the same days.
    return Scheduler(
        desired_retention=RETENTION,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=LONGEST_DAYS,
        enable_fuzzing=False,
    )


def _new() -> Card:
    return Card(card_id=1)  # without an id it would sleep to find a unique one


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
