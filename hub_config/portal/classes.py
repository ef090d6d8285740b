"""A trainer's class: their groups, the people in them, and what waits for a mark."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import Session

from autograder.human.counting import counts
from autograder.models import AutoMark, HumanMark, PupilResult
from autograder.pupil_results import WAITING, open_pupils
from courses.exercises.base import Frozen
from courses.lessons.model import Lesson
from courses.school.models import Group, Person, Submission
from courses.school.names import sort_key, text_key
from courses.school.people import find_person, groups_of_trainer, may_see, people_of_group
from hub_config.portal.queue.items import open_items
from hub_config.portal.states import Row, rows_of

NO_GROUP = "-"


class GroupLink(Frozen):
    """One group in the list; ``code`` goes into the address."""

    code: str
    name: str


class Waiting(Frozen):
    """A submission in which at least one exercise, or what its pupil has understood, waits for a person."""

    receipt: str
    display_name: str
    number: str
    title: str
    submitted_at: datetime


class Learner(Frozen):
    """One person of a class."""

    username: str
    display_name: str
    rows: tuple[Row, ...]

    @property
    def begun(self) -> tuple[Row, ...]:
        """The lessons that the person has at least opened."""
        return tuple(row for row in self.rows if row.state != "chua_hoc")


class ClassView(Frozen):
    """The page of one group; ``chosen`` is None when the trainer has no group."""

    groups: tuple[GroupLink, ...]
    chosen: GroupLink | None
    learners: tuple[Learner, ...]
    waiting: tuple[Waiting, ...]
    lesson_count: int
    queue: int  # answers in the viewer's own queue, of all their groups


def class_view(
    session: Session, viewer: Person, lessons: Sequence[Lesson], code: str | None
) -> ClassView | None:
    """Return the page of a group; None when there is no such group for this viewer.

    Args:
        session: an open session.
        viewer: a trainer or an administrator.
        lessons: all lessons.
        code: the group's code, or None for the first group.
    """
    if viewer.role not in {"trainer", "administrator"}:
        return None
    groups = _groups(session, viewer)
    links = tuple(
        GroupLink(code=own.code if own else NO_GROUP, name=own.name if own else "Chưa vào tổ")
        for own in groups
    )
    if code is not None and code not in {link.code for link in links}:
        return None
    index = next((index for index, link in enumerate(links) if link.code == code), 0)
    chosen = groups[index] if groups else None
    people = _people(session, chosen) if groups else ()
    return ClassView(
        groups=links,
        chosen=links[index] if links else None,
        learners=_learners(session, people, lessons),
        waiting=_waiting(session, [chosen.id if chosen else None], lessons) if groups else (),
        lesson_count=len(lessons),
        queue=len(open_items(session, viewer, lessons)),
    )


def learner_view(
    session: Session, viewer: Person, lessons: Sequence[Lesson], username: str
) -> Learner | None:
    """Return one learner whom the viewer looks after, or None."""
    person = find_person(session, username)
    trains = viewer.role in {"trainer", "administrator"}
    if person is None or not trains or not may_see(session, viewer, person):
        return None
    return _learners(session, [person], lessons)[0]


def waiting_count(session: Session, viewer: Person, lessons: Sequence[Lesson]) -> int:
    """Return how many submissions wait for a person in all the viewer's groups."""
    mine = [group.id if group else None for group in _groups(session, viewer)]
    return len(_waiting(session, mine, lessons))


def _groups(session: Session, viewer: Person) -> tuple[Group | None, ...]:
    """Return the viewer's groups in reading order; administrators also get the people without one (None)."""
    if viewer.role == "trainer":
        return tuple(sorted(groups_of_trainer(session, viewer), key=lambda group: text_key(group.name)))
    every = sorted(session.scalars(select(Group)), key=lambda group: text_key(group.name))
    alone = select(func.count(Person.id)).where(*_alone())
    return (*every, None) if session.scalar(alone) else tuple(every)


def _people(session: Session, group: Group | None) -> tuple[Person, ...]:
    found = (
        people_of_group(session, group) if group else tuple(session.scalars(select(Person).where(*_alone())))
    )
    return tuple(sorted(found, key=lambda person: sort_key(person.display_name)))


def _alone() -> tuple[ColumnElement[bool], ...]:
    return (Person.group_id.is_(None), Person.role == "learner", Person.active.is_(True))


def _learners(session: Session, people: Sequence[Person], lessons: Sequence[Lesson]) -> tuple[Learner, ...]:
    rows = rows_of(session, lessons, people)
    return tuple(
        Learner(username=person.username, display_name=person.display_name, rows=rows[person.id])
        for person in people
    )


def _waiting(
    session: Session, groups: Sequence[int | None], lessons: Sequence[Lesson]
) -> tuple[Waiting, ...]:
    """Return what waits in the groups (None: people without one), the oldest first; only what counts."""
    known = {lesson.key: lesson for lesson in lessons}
    query = (
        select(
            Submission.id,
            _undecided(),
            Submission.receipt,
            Person.display_name,
            Submission.lesson,
            Submission.submitted_at,
        )
        .join(Person, Person.id == Submission.person_id)
        .where(
            Submission.id.in_(
                select(func.max(Submission.id)).group_by(Submission.person_id, Submission.lesson)
            ),
            or_(_undecided(), _pupil_waits()),
            Person.role == "learner",
            Person.active.is_(True),
            or_(
                Person.group_id.in_([group for group in groups if group is not None]),
                Person.group_id.is_(None) if None in groups else false(),
            ),
        )
        .order_by(Submission.id)
    )
    rows = session.execute(query).all()
    pupils = {id_ for id_, _ in open_pupils(session, [row[0] for row in rows if not row[1]])}
    return tuple(
        Waiting(
            receipt=receipt,
            display_name=name,
            number=known[key].number,
            title=known[key].title,
            submitted_at=at,
        )
        for id_, undecided, receipt, name, key, at in rows
        if key in known and (undecided or id_ in pupils)
    )


def _undecided() -> ColumnElement[bool]:
    """An exercise that neither rule, AI nor person has marked."""
    marked = (
        select(HumanMark.id)
        .where(
            HumanMark.submission_id == AutoMark.submission_id,
            HumanMark.exercise == AutoMark.exercise,
            counts(HumanMark.decision_id),
        )
        .exists()
    )
    mine = (AutoMark.submission_id == Submission.id, AutoMark.score.is_(None), ~marked)
    return select(AutoMark.submission_id).where(*mine).exists()


def _pupil_waits() -> ColumnElement[bool]:
    """A pupil of which the judge decided nothing; people may have."""
    mine = (PupilResult.submission_id == Submission.id, PupilResult.status == WAITING)
    return select(PupilResult.submission_id).where(*mine).exists()
