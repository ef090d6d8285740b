"""How far a person is with each lesson, as home and class pages show it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer, lazyload

from autograder.models import Projected
from autograder.results import Result, results_of
from courses.exercises.base import Frozen
from courses.lessons.model import Lesson
from courses.school.models import Person, Submission, Visit

State = Literal["chua_hoc", "dang_hoc", "da_nop", "da_cham", "can_xem_lai"]
WORDS: dict[State, str] = {
    "chua_hoc": "chưa học",
    "dang_hoc": "đang học",
    "da_nop": "đã nộp",
    "da_cham": "đã chấm",
    "can_xem_lai": "cần xem lại",
}
LIGHT = (defer(Submission.answers), lazyload(Submission.person))  # lists need neither
ENOUGH = 0.7  # of the points decided so far


class Row(Frozen):
    """One lesson as one person sees it. ``score`` is None before the first submission."""

    lesson: str
    number: str
    title: str
    minutes: int
    level: int
    safety: bool
    state: State
    score: float | None = None
    max_score: float
    receipt: str = ""
    waiting: int = 0

    @property
    def words(self) -> str:
        """The state in words."""
        return WORDS[self.state]

    @property
    def slug(self) -> str:
        """Folder name of the lesson."""
        return self.lesson.split("/", 1)[1]


def state_of(*, visited: bool, result: Result | None, counted: bool) -> State:
    """Return the state of a lesson.

    Args:
        visited: the learner opened it.
        result: result of the newest submission, if any.
        counted: the daily run has taken that submission into the gradebook.
    """
    if result is None:
        return "dang_hoc" if visited else "chua_hoc"
    if too_low(result):
        return "can_xem_lai"
    return "da_cham" if counted and not result.waiting else "da_nop"


def too_low(result: Result) -> bool:
    """Tell whether less than 70 % of the points decided so far were earned."""
    decided = result.decided_max_score
    return decided > 0 and result.score < ENOUGH * decided - 1e-9


def next_row(rows: Sequence[Row]) -> Row | None:
    """Return today's lesson: the one begun, else the first new one, else one worth another look."""
    for state in ("dang_hoc", "chua_hoc", "can_xem_lai"):
        for row in rows:
            if row.state == state:
                return row
    return None


def rows_of(
    session: Session, lessons: Sequence[Lesson], people: Sequence[Person]
) -> dict[int, tuple[Row, ...]]:
    """Return each person's rows by person id, lessons in order; a few queries per lesson, not per person."""
    ids = [person.id for person in people]
    newest = newest_submissions(session, ids)
    visits = _visits(session, ids)
    counted = counted_ids(session, [own.id for own in newest.values()])
    results = _results(session, lessons, newest.values())

    def row(person: int, lesson: Lesson) -> Row:
        submission = newest.get((person, lesson.key))
        return _row(
            lesson,
            submission,
            results[submission.id] if submission else None,
            counted,
            (person, lesson.key) in visits,
        )

    return {person: tuple(row(person, lesson) for lesson in lessons) for person in ids}


def newest_submissions(session: Session, people: Sequence[int]) -> dict[tuple[int, str], Submission]:
    """Return the counting submission of each of the people and lessons, by (person id, lesson key)."""
    found: dict[tuple[int, str], Submission] = {}
    for part in _parts(people):
        ids = (
            select(func.max(Submission.id))
            .where(Submission.person_id.in_(part))
            .group_by(Submission.person_id, Submission.lesson)
        )
        rows = select(Submission).options(*LIGHT).where(Submission.id.in_(ids))
        for own in session.scalars(rows):
            found[own.person_id, own.lesson] = own
    return found


def counted_ids(session: Session, submissions: Sequence[int]) -> frozenset[int]:
    """Return those of the submissions that the daily run has taken into the gradebook."""
    found: set[int] = set()
    for part in _parts(submissions):
        found.update(
            session.scalars(select(Projected.submission_id).where(Projected.submission_id.in_(part)))
        )
    return frozenset(found)


def _visits(session: Session, people: Sequence[int]) -> frozenset[tuple[int, str]]:
    found: set[tuple[int, str]] = set()
    for part in _parts(people):
        rows = session.execute(select(Visit.person_id, Visit.lesson).where(Visit.person_id.in_(part)))
        found.update((person, lesson) for person, lesson in rows)
    return frozenset(found)


def _parts(ids: Sequence[int], size: int = 500) -> Iterable[Sequence[int]]:
    """Cut ids into parts that any database takes as parameters of one query."""
    return (ids[start : start + size] for start in range(0, len(ids), size))


def _results(
    session: Session, lessons: Sequence[Lesson], submissions: Iterable[Submission]
) -> dict[int, Result]:
    by_lesson: dict[str, list[Submission]] = defaultdict(list)
    for own in submissions:
        by_lesson[own.lesson].append(own)
    found: dict[int, Result] = {}
    for lesson in lessons:
        if lesson.key in by_lesson:
            found |= results_of(session, lesson, by_lesson[lesson.key])
    return found


def _row(
    lesson: Lesson,
    submission: Submission | None,
    result: Result | None,
    counted: frozenset[int],
    visited: bool,  # noqa: FBT001 - private, five facts of one row
) -> Row:
    is_counted = submission is not None and submission.id in counted
    return Row(
        lesson=lesson.key,
        number=lesson.number,
        title=lesson.title,
        minutes=lesson.minutes,
        level=lesson.level,
        safety=lesson.safety,
        state=state_of(visited=visited, result=result, counted=is_counted),
        score=result.score if result else None,
        max_score=lesson.max_score,
        receipt=submission.receipt if submission else "",
        waiting=result.waiting if result else 0,
    )
