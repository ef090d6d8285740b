"""What all steps of a run share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TypeVar

from sqlalchemy import ColumnElement, Engine, and_, exists, func, select
from sqlalchemy.orm import aliased

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
    """One run over one day's submissions.

    Args:
        site: the site.
        day: the programme's day.
        engine: the one database.
        lessons: all lessons of the site.
        tell: is told how far each step is.
        judge: who is asked, or None.
        whole: look at everything once more, as if nothing were known of earlier runs.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what a run is made of
        self,
        site: Site,
        day: date,
        engine: Engine,
        lessons: Sequence[Lesson],
        tell: Progress,
        judge: Judge | None = None,
        *,
        whole: bool = False,
    ) -> None:
        self.site = site
        self.day = day
        self.engine = engine
        self.lessons = {lesson.key: lesson for lesson in lessons}
        self.tell = tell
        self.judge = judge
        self.whole = whole
        self._courses: dict[str, Course] = {}

    @property
    def layout(self) -> Layout:
        """Where things lie."""
        return layout(self.site)

    @cached_property
    def silent(self) -> Mapping[Key, Reason]:
        """Exercises on which nobody is asked and the ledger is not heard. What must fall silent does so first."""
        return silent_exercises(self.engine, self.lessons, self.site.judge, self.judge)

    @property
    def levels(self) -> tuple[str, ...]:
        """Course folders of the lessons, such as ``level1``."""
        return tuple(sorted({lesson.course for lesson in self.lessons.values()}))

    @cached_property
    def last(self) -> int:
        """The newest submission's id, read once, so that all steps see the same ones."""
        with open_session(self.engine) as session:
            return session.scalar(select(func.max(Submission.id))) or 0

    @property
    def counts(self) -> ColumnElement[bool]:
        """Condition on ``Submission``: it counts on this day, as the newest of its person and lesson."""
        newer = aliased(Submission)
        same = (newer.person_id == Submission.person_id, newer.lesson == Submission.lesson)
        later = (newer.id > Submission.id, newer.id <= self.last, newer.submitted_at < day_end(self.day))
        return and_(self.is_stored, ~exists().where(*same, *later))

    @property
    def is_stored(self) -> ColumnElement[bool]:
        """Condition on ``Submission``: handed in before the day's end, to a lesson that exists."""
        return and_(
            Submission.submitted_at < day_end(self.day),
            Submission.id <= self.last,
            Submission.lesson.in_(self.lessons),
        )

    def counting(self, *where: ColumnElement[bool]) -> tuple[Counting, ...]:
        """Return the counting submissions for which something holds, by id."""
        columns = (
            Submission.id,
            Person.username,
            Submission.lesson,
            Submission.number,
            Submission.submitted_at,
        )
        wanted = select(Submission.id).where(self.counts, *where)
        query = (
            select(*columns)
            .join_from(Submission, Person, Person.id == Submission.person_id)
            .where(Submission.id.in_(wanted))
            .order_by(Submission.id)
        )
        with open_session(self.engine) as session:
            return tuple(Counting(*row) for row in session.execute(query))

    @cached_property
    def number(self) -> int:
        """How many submissions count."""
        groups = select(Submission.person_id).where(self.is_stored)
        groups = groups.group_by(Submission.person_id, Submission.lesson)
        with open_session(self.engine) as session:
            return session.scalar(select(func.count()).select_from(groups.subquery())) or 0

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

    def digest(self, key: str) -> str:
        """Return the digest of a lesson's source notebook."""
        lesson = self.lessons[key]
        return self.course(lesson.course).assignment(lesson).digest
