"""Points of learners, by the table in the project's rules of game and progress.

A lesson gives 10 points once, when the counting submission (the highest number) answers every exercise and
has at least 70 % of the points decided so far. It gives 5 more when every rule-marked exercise was right at
its first try: its first check, or its first submission, whichever came first. Teaching back gives 15 points once,
when the pupil of the counting submission passed its quiz. A learner gets at most
60 points a programme day (it ends at 04:00 in Vietnam), and nothing for a repeat.

The day of an award is that of the first submission that earned it, so a repeat never moves points to another
day and thus past the cap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from courses.clock import programme_day
from courses.progress.facts import Check, Work

LESSON = 10
FIRST_TRY = 5
TEACH_BACK = 15
A_DAY = 60
ENOUGH = 0.7
RULES = {
    "version": 1,
    "lesson": LESSON,
    "first try": FIRST_TRY,
    "teach back": TEACH_BACK,
    "a day": A_DAY,
    "enough": ENOUGH,
}
"""What decides about points; raise the version when the code below decides otherwise: kept points are then recounted."""
_ROUNDING = 1e-9  # 4.56 + 8.04 of 18 is 70 %, but less in floats: an exact 70 % must pass

Tries = Mapping[tuple[str, str, str], Check]


@dataclass(frozen=True)
class Award:
    """What one lesson, or teaching it back, gave a person, after the day's cap."""

    lesson: str
    day: date
    points: int


@dataclass(frozen=True)
class Points:
    """A person's points: the sum of their awards, in the order in which they were earned."""

    person: str
    total: int
    awards: tuple[Award, ...]


@dataclass(frozen=True, order=True)
class _Earned:
    at: datetime
    lesson: str
    points: int


def points(works: Iterable[Work], checks: Iterable[Check] = ()) -> dict[str, Points]:
    """Return the points of everybody who submitted anything, by username in sorted order.

    The order of the input never matters, and the same input always gives the same output.

    Args:
        works: all graded submissions, or the counting ones only (then an award's day is theirs).
        checks: the first check of each exercise by each person.
    """
    tries = {(check.person, check.lesson, check.exercise): check for check in checks}
    ordered = sorted(works, key=lambda work: (work.person, work.lesson, work.number))
    return {
        person: _points_of(person, tuple(mine), tries)
        for person, mine in groupby(ordered, key=lambda work: work.person)
    }


def _points_of(person: str, works: tuple[Work, ...], tries: Tries) -> Points:
    lessons = groupby(works, key=lambda work: work.lesson)
    earned = sorted(found for _, mine in lessons for found in _earned(tuple(mine), tries))
    awards = []
    spent: dict[date, int] = {}
    for each in earned:
        day = programme_day(each.at)
        given = min(each.points, A_DAY - spent.get(day, 0))
        spent[day] = spent.get(day, 0) + given
        awards.append(Award(each.lesson, day, given))
    return Points(person, sum(award.points for award in awards), tuple(awards))


def _earned(works: tuple[Work, ...], tries: Tries) -> Iterator[_Earned]:
    """Yield what one lesson gives before the cap; ``works`` are its submissions by one person, in order."""
    if passes(works[-1]):
        first_pass = next(work for work in works if passes(work))
        bonus = FIRST_TRY if _right_at_first_try(works[0], tries) else 0
        yield _Earned(first_pass.at, first_pass.lesson, LESSON + bonus)
    if works[-1].taught:
        first_taught = next(work for work in works if work.taught)
        yield _Earned(first_taught.at, first_taught.lesson, TEACH_BACK)


def passes(work: Work) -> bool:
    """Tell whether a submission earns its lesson. Nothing decided yet is not enough, and not wrong either."""
    return work.complete and work.decided > 0 and work.score >= ENOUGH * work.decided - _ROUNDING


def _right_at_first_try(first: Work, tries: Tries) -> bool:
    return bool(first.rules) and all(
        _first_try(first, exercise, right, tries) for exercise, right in first.rules
    )


def _first_try(first: Work, exercise: str, right: bool, tries: Tries) -> bool:  # noqa: FBT001 - one of the pair in ``rules``
    check = tries.get((first.person, first.lesson, exercise))
    return check.right if check and check.at <= first.at else right
