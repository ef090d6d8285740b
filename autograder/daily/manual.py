"""Marks of people, both ways: pulled from formgrader, and noted before we put ours there.

``Projected.manual`` holds by exercise the manual marks ``[score, comment]`` that are our own doing: put
there by us, or already pulled. Anything else in the gradebook was typed by a person in formgrader.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Engine, String, cast, select
from sqlalchemy.orm import Session

from autograder.gradebook import Manual, ManualMark
from autograder.models import AutoMark, Projected
from autograder.results import overrule
from courses.school.db import session as open_session
from courses.school.models import Person, Submission

FORMGRADER = "formgrader"
"""``HumanMark.by`` of marks made in nbgrader, which doesn't tell who made them."""


def pull(engine: Engine, level: str, marks: Sequence[ManualMark]) -> int:
    """Append marks that a person made in formgrader since the last run; return their number."""
    with open_session(engine) as session:
        ours = _ours(session, level) if marks else frozenset()
        return sum(_pull(session, level, mark) for mark in marks if _identity(mark) not in ours)


_Identity = tuple[str, str, int, str, float, str]  # who, lesson, number, exercise, score, comment


def _identity(mark: ManualMark) -> _Identity:
    number = mark.timestamp.microsecond if mark.timestamp is not None else 0
    return mark.username, mark.slug, number, mark.exercise, mark.score, mark.comment


def _ours(session: Session, level: str) -> frozenset[_Identity]:
    """Return the manual marks of a level that are our own doing; one query, however many people made."""
    query = (
        select(Person.username, Submission.lesson, Submission.number, Projected.manual)
        .join_from(Projected, Submission, Submission.id == Projected.submission_id)
        .join(Person, Person.id == Submission.person_id)
        .where(
            cast(Projected.manual, String) != "{}", Submission.lesson.startswith(f"{level}/", autoescape=True)
        )
    )
    return frozenset(
        (username, lesson.split("/", 1)[1], number, exercise, float(score), str(comment))
        for username, lesson, number, manual in session.execute(query)
        for exercise, marks in manual.items()
        for score, comment in marks
    )


def _pull(session: Session, level: str, mark: ManualMark) -> bool:
    submission = _submission(session, level, mark)
    auto = None if submission is None else session.get(AutoMark, (submission.id, mark.exercise))
    if submission is None or auto is None or is_ours(session, submission.id, mark):
        return False
    score = min(max(mark.score, 0.0), auto.max_score)
    overrule(session, submission, mark.exercise, score, mark.comment, FORMGRADER)
    note(session, submission.id, {mark.exercise: (mark.score, mark.comment)})
    return True


def _submission(session: Session, level: str, mark: ManualMark) -> Submission | None:
    """Return the submission that stands in the gradebook; the time's microseconds are its number."""
    if mark.timestamp is None:
        return None
    query = (
        select(Submission)
        .join(Person, Person.id == Submission.person_id)
        .where(
            Person.username == mark.username,
            Submission.lesson == f"{level}/{mark.slug}",
            Submission.number == mark.timestamp.microsecond,
        )
    )
    return session.scalars(query).one_or_none()


def is_ours(session: Session, submission_id: int, mark: ManualMark) -> bool:
    """Tell whether a manual mark is our own doing."""
    row = session.get(Projected, submission_id)
    return row is not None and (mark.score, mark.comment) in known_of(row, mark.exercise)


def known_of(row: Projected, exercise: str) -> list[Manual]:
    """Return the manual marks of an exercise that are our own doing."""
    return [(float(score), str(comment)) for score, comment in row.manual.get(exercise, [])]


def note(session: Session, submission_id: int, marks: Mapping[str, Manual]) -> Projected:
    """Remember manual marks as our own doing, beside those already known."""
    row = session.get(Projected, submission_id)
    if row is None:
        row = Projected(submission_id=submission_id, content_hash="", manual={})
        session.add(row)
    manual = dict(row.manual)
    for exercise, mark in marks.items():
        if mark not in known_of(row, exercise):
            manual[exercise] = [*manual.get(exercise, []), list(mark)]
    if manual != row.manual:
        row.manual = manual  # a new value: SQLAlchemy doesn't see changes inside JSON
    return row
