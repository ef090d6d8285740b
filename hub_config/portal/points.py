"""A person's points as they stand now; the daily run computes everybody's with the same rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from autograder.pupil_results import passed_ids
from autograder.results import Result, results_of
from courses.lessons.model import Lesson
from courses.progress.facts import Check, Work
from courses.progress.points import points
from courses.school.models import Attempt, Person, Submission
from courses.school.submissions import submissions_of


def points_of(session: Session, person: Person, lessons: Sequence[Lesson]) -> int:
    """Return the sum of a person's points."""
    by_lesson: dict[str, list[Submission]] = defaultdict(list)
    for own in submissions_of(session, person):
        by_lesson[own.lesson].append(own)
    taught = passed_ids(session, [own.id for mine in by_lesson.values() for own in mine])
    works = [
        _work(person, lesson, submission, result, taught=submission.id in taught)
        for lesson in lessons
        if lesson.key in by_lesson
        for submission, result in _with_results(session, lesson, by_lesson[lesson.key])
    ]
    earned = points(works, _checks(session, person)).get(person.username)
    return earned.total if earned else 0


def _with_results(
    session: Session, lesson: Lesson, own: Sequence[Submission]
) -> Iterable[tuple[Submission, Result]]:
    results = results_of(session, lesson, own)
    return ((submission, results[submission.id]) for submission in own)


def _work(person: Person, lesson: Lesson, submission: Submission, result: Result, *, taught: bool) -> Work:
    rubric = {slot.id for slot in lesson.slots if slot.variant(submission.case).rubric_marked}
    return Work(
        person=person.username,
        lesson=lesson.key,
        number=submission.number,
        at=submission.submitted_at,
        complete=all(own.status != "blank" for own in result.exercises),
        score=result.score,
        decided=result.decided_max_score,
        rules=tuple(
            (own.exercise, own.status == "right") for own in result.exercises if own.exercise not in rubric
        ),
        taught=taught,
    )


def _checks(session: Session, person: Person) -> list[Check]:
    query = select(Attempt).where(Attempt.person_id == person.id)
    return [
        Check(person.username, one.lesson, one.exercise, one.first_at, one.first_right)
        for one in session.scalars(query)
    ]
