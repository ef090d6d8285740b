"""Who is who, and who may see whom. Every page and API asks here, never the client."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.school.models import Group, Person, TrainerGroup


def find_person(session: Session, username: str) -> Person | None:
    """Return the active person of a hub user name, or None."""
    if not username.isprintable():
        return None  # NUL and broken surrogates are an error in a database, and nobody's name
    query = select(Person).where(Person.username == username, Person.active)
    return session.scalars(query).one_or_none()


def groups_of_trainer(session: Session, trainer: Person) -> tuple[Group, ...]:
    """Return the residents' groups that a trainer looks after, by code; none for any other role."""
    if trainer.role != "trainer":
        return ()
    query = (
        select(Group)
        .join(TrainerGroup, TrainerGroup.group_id == Group.id)
        .where(TrainerGroup.person_id == trainer.id)
        .order_by(Group.code)
    )
    return tuple(session.scalars(query))


def people_of_group(session: Session, group: Group) -> tuple[Person, ...]:
    """Return the active learners of a residents' group (unsorted: pages sort with ``names.sort_key``)."""
    query = select(Person).where(Person.group_id == group.id, Person.role == "learner", Person.active)
    return tuple(session.scalars(query))


def may_see(session: Session, viewer: Person, person: Person) -> bool:
    """Tell whether a viewer may see a person's work and marks.

    Themselves, an administrator, or a trainer of the person's group. An official sees aggregates only.
    """
    if not viewer.active:
        return False
    if viewer.id == person.id or viewer.role == "administrator":
        return True
    return viewer.role == "trainer" and _looks_after(session, viewer, person)


def _looks_after(session: Session, trainer: Person, person: Person) -> bool:
    if person.group_id is None or person.role != "learner":
        return False
    return session.get(TrainerGroup, (trainer.id, person.group_id)) is not None
