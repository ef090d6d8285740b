"""Graded submissions as the facts that points are computed from."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session, defer, lazyload

from autograder.daily.context import Context
from autograder.human.counting import counts
from autograder.models import AutoMark, HumanMark
from autograder.pupil_results import passed_ids
from autograder.results import status_of
from courses.clock import day_end
from courses.exercises.base import RubricExercise
from courses.lessons.model import Lesson
from courses.progress import Work
from courses.school.models import Person, Submission

_Mark = tuple[float | None, float, str]  # score (None: waits), points, status


def works(context: Context, session: Session) -> list[Work]:
    """Return every submission up to the day's end with the marks that count for it."""
    marks, taught = _marks(session), passed_ids(session)
    lessons = {key: _rule_marked(lesson) for key, lesson in context.lessons.items()}
    query = (
        select(Submission, Person.username)
        .options(defer(Submission.answers), lazyload(Submission.person))
        .join(Person, Person.id == Submission.person_id)
        .where(Submission.submitted_at < day_end(context.day), Submission.lesson.in_(lessons))
    )
    return [
        _work(username, own, marks.get(own.id, {}), lessons[own.lesson], taught=own.id in taught)
        for own, username in session.execute(query)
    ]


def _rule_marked(lesson: Lesson) -> dict[str, bool]:
    """Tell of each exercise whether rules mark it."""
    first = {slot.id: next(iter(slot.variants.values())) for slot in lesson.slots}
    return {name: not isinstance(exercise, RubricExercise) for name, exercise in first.items()}


def _marks(session: Session) -> dict[int, dict[str, _Mark]]:
    """Return the marks that count, by submission and exercise: a person's wins, the newest of them."""
    found: dict[int, dict[str, _Mark]] = defaultdict(dict)
    auto = select(
        AutoMark.submission_id, AutoMark.exercise, AutoMark.score, AutoMark.max_score, AutoMark.status
    )
    for id_, name, score, points, status in session.execute(auto):
        found[id_][name] = (score, points, status)
    human = select(HumanMark.submission_id, HumanMark.exercise, HumanMark.score)
    for id_, name, score in session.execute(
        human.where(counts(HumanMark.decision_id)).order_by(HumanMark.id)
    ):
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
