"""Aggregates for officials: numbers of people, never names; cells under five people are not shown."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from courses.exercises.base import Frozen
from courses.lessons.model import Lesson
from courses.school.models import Group, Person, Submission
from courses.school.names import text_key

SMALLEST = 5


class Cell(Frozen):
    """A number of people; ``value`` is None when it is not shown, ``small`` says that it is under five."""

    value: int | None
    small: bool = False

    @property
    def words(self) -> str:
        """The number as the page shows it."""
        if self.value is not None:
            return str(self.value)
        return "dưới 5" if self.small else "không hiện"


class GroupFigures(Frozen):
    """One residents' group."""

    name: str
    learners: Cell
    taking_part: Cell


class LessonFigures(Frozen):
    """One lesson: how many people handed it in."""

    number: str
    title: str
    people: Cell


class Figures(Frozen):
    """The whole page. Totals count everybody, with or without a group."""

    learners: Cell
    taking_part: Cell
    groups: tuple[GroupFigures, ...]
    lessons: tuple[LessonFigures, ...]


def figures(session: Session, lessons: Sequence[Lesson]) -> Figures:
    """Return the figures as they stand now, of active learners only."""
    groups = sorted(session.scalars(select(Group)), key=lambda group: text_key(group.name))
    learners = _by_group(session, taking_part=False)
    active = _by_group(session, taking_part=True)
    order: list[int | None] = [*(group.id for group in groups), None]
    shown = hide([learners.get(id_, 0) for id_ in order])
    shown_active = hide([active.get(id_, 0) for id_ in order])
    names = [*(group.name for group in groups), "Chưa vào tổ"]
    rows = zip(names, shown, shown_active, strict=True)
    return Figures(
        learners=single(sum(learners.values())),
        taking_part=single(sum(active.values())),
        groups=tuple(GroupFigures(name=name, learners=own, taking_part=part) for name, own, part in rows),
        lessons=_lessons(session, lessons),
    )


def single(count: int) -> Cell:
    """Return a cell that stands alone."""
    return Cell(value=count) if count >= SMALLEST else Cell(value=None, small=True)


def hide(counts: Sequence[int]) -> list[Cell]:
    """Return the cells of a column whose total is shown.

    A single hidden cell could be computed from the total, so the smallest of the others is hidden too.
    """
    cells = [single(count) for count in counts]
    hidden = [cell for cell in cells if cell.value is None]
    shown = [index for index, cell in enumerate(cells) if cell.value is not None]
    if len(hidden) == 1 and shown:
        cells[min(shown, key=lambda index: counts[index])] = Cell(value=None)
    return cells


def _by_group(session: Session, *, taking_part: bool) -> dict[int | None, int]:
    query = select(Person.group_id, func.count(Person.id)).where(*_learners()).group_by(Person.group_id)
    if taking_part:
        query = query.where(select(Submission.id).where(Submission.person_id == Person.id).exists())
    return {group: count for group, count in session.execute(query)}  # noqa: C416 - rows to plain pairs


def _lessons(session: Session, lessons: Sequence[Lesson]) -> tuple[LessonFigures, ...]:
    query = (
        select(Submission.lesson, func.count(func.distinct(Submission.person_id)))
        .join(Person, Person.id == Submission.person_id)
        .where(*_learners())
        .group_by(Submission.lesson)
    )
    counts = {lesson: people for lesson, people in session.execute(query)}  # noqa: C416 - rows to plain pairs
    return tuple(
        LessonFigures(number=one.number, title=one.title, people=single(counts.get(one.key, 0)))
        for one in lessons
    )


def _learners() -> tuple[ColumnElement[bool], ...]:
    return (Person.role == "learner", Person.active.is_(True))
