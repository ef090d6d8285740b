"""Graded submissions as the facts that points are computed from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, defer, lazyload

from autograder.daily.context import CHUNK, Context
from autograder.human.counting import counts
from autograder.models import AutoMark, HumanMark
from autograder.pupil_results import passed_ids
from autograder.results import status_of
from courses.exercises.base import RubricExercise
from courses.lessons.model import Lesson
from courses.progress import Work
from courses.school.models import Person, Submission

_Mark = tuple[float | None, float, str]  # score (None: waits), points, status


def works(context: Context, session: Session, people: Sequence[int] | None = None) -> list[Work]:
    """Return the submissions up to the day's end with the marks that count for them.

    Args:
        context: the run.
        session: an open session.
        people: ids of those whose submissions are wanted; None: everybody's.
    """
    query = (
        select(Submission, Person.username)
        .options(defer(Submission.answers), lazyload(Submission.person))
        .join(Person, Person.id == Submission.person_id)
        .where(context.is_stored)
    )
    if people is not None:
        query = query.where(Submission.person_id.in_(people))
    found = session.execute(query).all()
    lessons = {key: rule_marked(lesson) for key, lesson in context.lessons.items()}
    return [
        work
        for start in range(0, len(found), CHUNK)
        for work in _works(session, [(row[0], row[1]) for row in found[start : start + CHUNK]], lessons)
    ]


def rule_marked(lesson: Lesson) -> dict[str, bool]:
    """Tell of each exercise whether rules mark it."""
    first = {slot.id: next(iter(slot.variants.values())) for slot in lesson.slots}
    return {name: not isinstance(exercise, RubricExercise) for name, exercise in first.items()}


def _works(
    session: Session, part: Sequence[tuple[Submission, str]], lessons: dict[str, dict[str, bool]]
) -> list[Work]:
    ids = [own.id for own, _ in part]
    marks, taught = _marks(session, ids), passed_ids(session, ids)
    return [
        _work(username, own, marks.get(own.id, {}), lessons[own.lesson], taught=own.id in taught)
        for own, username in part
    ]


def _marks(session: Session, ids: Sequence[int]) -> dict[int, dict[str, _Mark]]:
    """Return the marks that count, by submission and exercise: a person's wins, the newest of them."""
    found: dict[int, dict[str, _Mark]] = defaultdict(dict)
    auto = select(
        AutoMark.submission_id, AutoMark.exercise, AutoMark.score, AutoMark.max_score, AutoMark.status
    )
    for id_, name, score, points, status in session.execute(auto.where(AutoMark.submission_id.in_(ids))):
        found[id_][name] = (score, points, status)
    human = select(HumanMark.submission_id, HumanMark.exercise, HumanMark.score).order_by(HumanMark.id)
    mine = (HumanMark.submission_id.in_(ids), counts(HumanMark.decision_id))
    for id_, name, score in session.execute(human.where(*mine)):
        if name in found[id_]:
            points = found[id_][name][1]
            found[id_][name] = (score, points, status_of(score, points))
    return found


def _work(
    username: str, own: Submission, marks: dict[str, _Mark], exercises: dict[str, bool], *, taught: bool
) -> Work:
    mine = {name: marks[name] for name in exercises if name in marks}
    decided = [(score, points) for score, points, _ in mine.values() if score is not None]
    return Work(
        person=username,
        lesson=own.lesson,
        number=own.number,
        at=own.submitted_at,
        complete=len(mine) == len(exercises) and all(mark[2] != "blank" for mark in mine.values()),
        score=sum(score for score, _ in decided),
        decided=sum(points for _, points in decided),
        rules=tuple((name, mine[name][2] == "right") for name in mine if exercises[name]),
        taught=taught,
    )
