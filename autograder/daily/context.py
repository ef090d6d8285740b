"""What all steps of a run share."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TypeVar

from sqlalchemy import Engine, func, select

from autograder.audit.silence import Key
from autograder.daily.audit import silent_exercises
from autograder.daily.report import Event, Progress
from autograder.gradebook import Course
from autograder.judge import Judge, Reason
from courses.clock import day_end
from courses.lessons.model import Lesson
from courses.school.db import session as open_session
from courses.school.models import Person, Submission
from courses.site import Layout, Site, layout

CHUNK = 200
"""Submissions in one transaction: others who write wait for well under a second."""
T = TypeVar("T")


class DailyError(RuntimeError):
    """The run can't work; the message tells a person what to do, in Vietnamese."""


@dataclass(frozen=True)
class Counting:
    """A submission that counts: the newest of its person and lesson. Its answers are not loaded."""

    id: int
    username: str
    lesson: str
    number: int
    submitted_at: datetime

    @property
    def slug(self) -> str:
        """Assignment id."""
        return self.lesson.split("/", 1)[1]

    @property
    def stamp(self) -> datetime:
        """Naive UTC time for nbgrader; its microseconds are the submission's number.

        Two submissions of a person in one second stay different, so gradebook and files tell which
        submission stands in them.
        """
        return self.submitted_at.replace(tzinfo=None, microsecond=self.number % 1_000_000)


class Context:
    """One run over one day's submissions."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a run is made of
        self,
        site: Site,
        day: date,
        engine: Engine,
        lessons: Sequence[Lesson],
        tell: Progress,
        judge: Judge | None = None,
    ) -> None:
        self.site = site
        self.day = day
        self.engine = engine
        self.lessons = {lesson.key: lesson for lesson in lessons}
        self.tell = tell
        self.judge = judge
        self.reasons: dict[int, dict[str, str]] = {}
        self._courses: dict[str, Course] = {}

    @property
    def layout(self) -> Layout:
        """Where things lie."""
        return layout(self.site)

    @cached_property
    def counting(self) -> tuple[Counting, ...]:
        """The submissions that count on this day, of lessons that exist, by id.

        Read once, so that all steps see the same ones.
        """
        newest = (
            select(func.max(Submission.id))
            .where(Submission.submitted_at < day_end(self.day))
            .group_by(Submission.person_id, Submission.lesson)
        )
        query = (
            select(
                Submission.id, Person.username, Submission.lesson, Submission.number, Submission.submitted_at
            )
            .join_from(Submission, Person, Person.id == Submission.person_id)
            .where(Submission.id.in_(newest))
            .order_by(Submission.id)
        )
        with open_session(self.engine) as session:
            rows = [Counting(*row) for row in session.execute(query)]
        return tuple(row for row in rows if row.lesson in self.lessons)

    @cached_property
    def silent(self) -> Mapping[Key, Reason]:
        """Exercises on which nobody is asked and the ledger is not heard. What must fall silent does so first."""
        return silent_exercises(self.engine, self.lessons, self.site.judge, self.judge)

    @cached_property
    def by_lesson(self) -> dict[str, tuple[Counting, ...]]:
        """Counting submissions by lesson key, lessons sorted; lessons without any are left out."""
        ordered = sorted(self.counting, key=lambda own: (own.lesson, own.id))
        groups = itertools.groupby(ordered, key=lambda own: own.lesson)
        return {key: tuple(group) for key, group in groups}

    def course(self, level: str) -> Course:
        """Return a level's course folder."""
        if level not in self._courses:
            self._courses[level] = Course(self.layout.course(level))
        return self._courses[level]

    def track(self, step: str, items: Iterable[T], size: int = 1) -> Iterator[list[T]]:
        """Yield items in lists of ``size`` and tell how far the step is."""
        everything = list(items)
        self.tell(Event(step=step, done=0, total=len(everything)))
        for start in range(0, len(everything), size):
            part = everything[start : start + size]
            yield part
            self.tell(Event(step=step, done=start + len(part), total=len(everything)))
