"""Read the facts that standings need from the school: groups, learners, first checks."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.progress.facts import Check, GroupFacts, PersonFacts
from courses.school.models import Attempt, Group, Person


def groups(session: Session) -> tuple[GroupFacts, ...]:
    """Return all residents' groups."""
    return tuple(GroupFacts(g.code, g.name, g.working_age) for g in session.scalars(select(Group)))


def learners(session: Session) -> tuple[PersonFacts, ...]:
    """Return all active learners."""
    query = select(Person).where(Person.role == "learner", Person.active)
    return tuple(
        PersonFacts(p.username, p.pseudonym, p.group.code if p.group else None, p.on_board)
        for p in session.scalars(query)
    )


def first_checks(session: Session) -> tuple[Check, ...]:
    """Return each first check of an exercise."""
    query = select(Person.username, Attempt).join(Person, Person.id == Attempt.person_id)
    return tuple(
        Check(name, a.lesson, a.exercise, a.first_at, a.first_right) for name, a in session.execute(query)
    )
