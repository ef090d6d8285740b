"""Standings of residents' groups and of learners.

A group's score is ``(total + K·μ) / (n + K)``: ``total`` its learners' points, ``n`` its registered
working-age adults, ``μ`` the ward's points per working-age adult, ``K = 200``. Raw totals would crown the
biggest group and plain averages the smallest; K adults of average behaviour pull small groups to the mean
(shrinkage). Source: the project's rules of game and progress.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from fractions import Fraction

from courses.progress.facts import GroupFacts, PersonFacts
from courses.school.names import text_key

K = 200
FEWEST_ACTIVE = 10
_DIGITS = 4

FEW = "chưa đủ 10 người học"
NO_COUNT = "chưa có số người trong độ tuổi lao động"


@dataclass(frozen=True)
class GroupRow:
    """One group on the board.

    A hidden group has a Vietnamese reason in ``why`` and no figures (rank, score, total, active and
    participation are None), so that no small group's people can be guessed at.

    Attributes:
        rank: 1 for the best; equal scores share a rank.
        score: points per adult after shrinkage, 4 decimals.
        total: points of its learners.
        n: registered working-age adults; None when unknown.
        active: learners who submitted at least once.
        participation: active / n, at most 1, 4 decimals.
    """

    code: str
    name: str
    hidden: bool
    why: str
    rank: int | None
    score: float | None
    total: int | None
    n: int | None
    active: int | None
    participation: float | None


@dataclass(frozen=True)
class PersonRow:
    """One learner who opted in, under their pseudonym."""

    rank: int
    pseudonym: str
    points: int
    group: str


@dataclass(frozen=True)
class Standings:
    """Both boards of one programme day."""

    day: date
    sample: bool
    groups: tuple[GroupRow, ...]
    people: tuple[PersonRow, ...]


def standings(
    groups: Sequence[GroupFacts],
    people: Iterable[PersonFacts],
    earned: Mapping[str, int],
    day: date,
    *,
    sample: bool = False,
) -> Standings:
    """Return the standings; the order of the input never matters.

    Args:
        groups: all groups of the ward.
        people: all active learners.
        earned: points by username; a person without an entry has not submitted anything.
        day: the programme day that the boards are made for.
        sample: the installation holds demo data, and the board must say so.
    """
    learners = tuple(people)
    mean = _ward_mean(groups, learners, earned)
    members = _by_group(learners)
    rows = [_group_row(group, members.get(group.code, []), earned, mean) for group in groups]
    names = {group.code: group.name for group in groups}
    return Standings(day, sample, _ranked_groups(rows), _people(learners, earned, names))


def to_json_bytes(board: Standings) -> bytes:
    """Return standings.json: the same bytes for the same standings."""
    body = {"v": 1, **asdict(board), "day": board.day.isoformat()}
    return (json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def shrunken_score(total: int, n: int, mean: Fraction) -> Fraction:
    """Return ``(total + K·μ) / (n + K)``; exact, so that no rounding depends on an order."""
    return (total + K * mean) / (n + K)


def _by_group(learners: Iterable[PersonFacts]) -> dict[str, list[PersonFacts]]:
    members: dict[str, list[PersonFacts]] = defaultdict(list)
    for person in learners:
        if person.group is not None:
            members[person.group].append(person)
    return members


def _ward_mean(
    groups: Sequence[GroupFacts], learners: Sequence[PersonFacts], earned: Mapping[str, int]
) -> Fraction:
    """Return points per working-age adult over the groups whose number of adults is known."""
    known = {group.code: group.working_age for group in groups if group.working_age > 0}
    total = sum(_points(person, earned) for person in learners if person.group in known)
    return Fraction(total, sum(known.values())) if known else Fraction(0)


def _points(person: PersonFacts, earned: Mapping[str, int]) -> int:
    return earned.get(person.username, 0)


def _group_row(
    group: GroupFacts, mine: Sequence[PersonFacts], earned: Mapping[str, int], mean: Fraction
) -> GroupRow:
    active = sum(1 for person in mine if person.username in earned)
    why = FEW if active < FEWEST_ACTIVE else NO_COUNT if group.working_age <= 0 else ""
    if why:
        return GroupRow(group.code, group.name, True, why, None, None, None, _known(group), None, None)  # noqa: FBT003 - the row's hidden flag
    total = sum(_points(person, earned) for person in mine)
    return GroupRow(
        code=group.code,
        name=group.name,
        hidden=False,
        why="",
        rank=None,
        score=round(float(shrunken_score(total, group.working_age, mean)), _DIGITS),
        total=total,
        n=group.working_age,
        active=active,
        participation=round(min(1.0, active / group.working_age), _DIGITS),
    )


def _known(group: GroupFacts) -> int | None:
    return group.working_age if group.working_age > 0 else None


def _ranked_groups(rows: Iterable[GroupRow]) -> tuple[GroupRow, ...]:
    """Best first, ties in Vietnamese order, hidden groups last."""
    ordered = sorted(rows, key=lambda row: (row.hidden, -(row.score or 0), text_key(row.name), row.code))
    ranks = _ranks([row.score for row in ordered])
    return tuple(
        row if row.hidden else replace(row, rank=rank) for row, rank in zip(ordered, ranks, strict=True)
    )


def _people(
    learners: Iterable[PersonFacts], earned: Mapping[str, int], names: Mapping[str, str]
) -> tuple[PersonRow, ...]:
    shown = [(_points(person, earned), person) for person in learners if person.on_board]
    shown.sort(key=lambda pair: (-pair[0], text_key(pair[1].pseudonym)))
    ranks = _ranks([total for total, _ in shown])
    return tuple(
        PersonRow(rank, person.pseudonym, total, names.get(person.group or "", ""))
        for rank, (total, person) in zip(ranks, shown, strict=True)
    )


def _ranks(values: Sequence[float | None]) -> list[int]:
    """Return competition ranks (1, 2, 2, 4) of values in falling order."""
    ranks: list[int] = []
    for place, value in enumerate(values):
        ranks.append(ranks[-1] if place and value == values[place - 1] else place + 1)
    return ranks
