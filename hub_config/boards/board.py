"""standings.json as the board shows it: typed, in Vietnamese figures, and nothing about small groups."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from courses.clock import text_date, text_number
from courses.progress import GroupRow, PersonRow, Standings
from hub_config.boards.words import shown

ENV = "BDHAI_STANDINGS"
_STANDINGS = TypeAdapter(Standings)


@dataclass(frozen=True)
class GroupLine:
    """A group of the ranking."""

    rank: int
    name: str
    value: float
    score: str
    participation: str
    of: str


@dataclass(frozen=True)
class HiddenLine:
    """A group without a rank, and why."""

    name: str
    why: str


@dataclass(frozen=True)
class PersonLine:
    """A learner who chose to be here. ``group`` is empty when the group has no rank."""

    rank: int
    pseudonym: str
    group: str
    points: str


@dataclass(frozen=True)
class Summary:
    """The ward in figures; people and points are those of the ranked groups."""

    groups: int
    ranked: int
    active: str
    adults: str
    participation: str
    points: str


@dataclass(frozen=True)
class Board:
    """Everything on the page."""

    day: str
    sample: bool
    groups: tuple[GroupLine, ...]
    hidden: tuple[HiddenLine, ...]
    people: tuple[PersonLine, ...]
    summary: Summary


def read(env: Mapping[str, str] = os.environ) -> Board:
    """Return the board of the file that ``BDHAI_STANDINGS`` names."""
    return board(parse(Path(env[ENV]).read_bytes()))


def parse(content: bytes) -> Standings:
    """Return standings from the bytes of standings.json. Raises ValueError for anything else."""
    return _STANDINGS.validate_json(content)


def board(standings: Standings) -> Board:
    """Return what the page shows."""
    ranked = tuple(row for row in standings.groups if not row.hidden)
    # Beside a pseudonym, the name of a group of three learners would nearly name the learner.
    namable = {row.name for row in ranked} - {row.name for row in standings.groups if row.hidden}
    return Board(
        day=text_date(standings.day),
        sample=standings.sample,
        groups=tuple(_group(row) for row in ranked),
        hidden=tuple(HiddenLine(shown(row.name), row.why) for row in standings.groups if row.hidden),
        people=tuple(_person(row, namable) for row in standings.people),
        summary=_summary(len(standings.groups), ranked),
    )


def _group(row: GroupRow) -> GroupLine:
    return GroupLine(
        rank=row.rank or 0,
        name=shown(row.name),
        value=row.score or 0,
        score=f"{row.score or 0:.2f}".replace(".", ","),
        participation=_percent(row.participation or 0),
        of=f"{_count(row.active or 0)}/{_count(row.n or 0)}",
    )


def _person(row: PersonRow, namable: Iterable[str]) -> PersonLine:
    group = shown(row.group) if row.group in namable else ""
    return PersonLine(row.rank, shown(row.pseudonym), group, _count(row.points))


def _summary(groups: int, ranked: tuple[GroupRow, ...]) -> Summary:
    active = sum(row.active or 0 for row in ranked)
    adults = sum(row.n or 0 for row in ranked)
    return Summary(
        groups=groups,
        ranked=len(ranked),
        active=_count(active),
        adults=_count(adults),
        participation=_percent(min(1.0, active / adults) if adults else 0),
        points=_count(sum(row.total or 0 for row in ranked)),
    )


def _percent(part: float) -> str:
    return f"{text_number(100 * part)} %"


def _count(number: int) -> str:
    """Return a whole number with dots between thousands: 12.345."""
    return f"{number:,}".replace(",", ".")
