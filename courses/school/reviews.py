"""What learners answered to review cards: append-only, one answer a card and programme day."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from courses.clock import programme_day
from courses.school.models import CardReview, Person, Submission


def store_review(  # noqa: PLR0913, PLR0917 - the six facts of a review
    session: Session, person: Person, lesson: str, card: int, grade: str, now: datetime
) -> CardReview:
    """Store an answer, unless the card has one of the same programme day; return the day's answer."""
    key = {"person_id": person.id, "lesson": lesson, "card": card, "day": programme_day(now)}
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = dialect.insert(CardReview).values(**key, grade=grade, at=now)
    session.execute(row.on_conflict_do_nothing(index_elements=list(key)))
    return session.scalars(select(CardReview).filter_by(**key)).one()


def reviews_of(session: Session, person: Person) -> tuple[CardReview, ...]:
    """Return a person's answers, the oldest first."""
    mine = select(CardReview).where(CardReview.person_id == person.id).order_by(CardReview.id)
    return tuple(session.scalars(mine))


def first_submissions(session: Session, person: Person) -> dict[str, datetime]:
    """Return when a person first handed in each lesson, by lesson key."""
    first = (
        select(Submission.lesson, func.min(Submission.submitted_at))
        .where(Submission.person_id == person.id)
        .group_by(Submission.lesson)
    )
    return {lesson: at for lesson, at in session.execute(first)}  # noqa: C416 - a Row is no plain pair for mypy
