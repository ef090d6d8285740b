"""Read the facts that standings need from the school: groups, learners, first checks."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.progress.facts import Check, GroupFacts, PersonFacts
from courses.school.models import Attempt, Group, Person


def groups(session: Session) -> tuple[GroupFacts, ...]:
    """Return all residents' groups."""
    return tuple(GroupFacts(g.code, g.name, g.working_age) for g in session.scalars(select(Group)))


def learners(session: Session) -> tuple[PersonFacts, ...]:
    """Return all active learners."""
    query = (
        select(Person.username, Person.pseudonym, Group.code, Person.on_board)
        .join_from(Person, Group, Group.id == Person.group_id, isouter=True)
        .where(Person.role == "learner", Person.active)
        .order_by(Person.id)
    )
    return tuple(PersonFacts(*row) for row in session.execute(query))


def first_checks(session: Session, people: Sequence[int] | None = None) -> tuple[Check, ...]:
    """Return each first check of an exercise, by these people (ids) or by everybody."""
    columns = (Person.username, Attempt.lesson, Attempt.exercise, Attempt.first_at, Attempt.first_right)
    query = select(*columns).join_from(Attempt, Person, Person.id == Attempt.person_id)
    if people is not None:
        query = query.where(Attempt.person_id.in_(people))
    return tuple(Check(*row) for row in session.execute(query))
