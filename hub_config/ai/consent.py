"""Whether a person lets the gateway keep what they ask: given, withdrawn, and what a withdrawal deletes."""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from courses.clock import now
from courses.school.models import Consent, Person
from hub_config.ai.models import AiExchange

PURPOSE = "ai-content"
VERSION = "1"  # of the sentence beside the switch; a new sentence needs a new version


def has_consent(session: Session, person: Person) -> bool:
    """Tell whether the person agrees now."""
    return session.scalar(select(Consent.id).where(*_open(person.id)).limit(1)) is not None


def hold_consent(session: Session, person_id: int) -> bool:
    """Tell whether the person agrees, and keep it so until this transaction ends.

    The row is written (with its own value): a withdrawal at the same time waits, and then deletes what we add.
    """
    touched = update(Consent).where(*_open(person_id)).values(version=Consent.version)
    return bool(session.connection().execute(touched).rowcount)


def set_consent(session: Session, person: Person, *, agree: bool) -> None:
    """Give or withdraw; a withdrawal deletes everything that was kept."""
    if agree:
        if not has_consent(session, person):
            session.add(Consent(person_id=person.id, purpose=PURPOSE, version=VERSION, given_at=now()))
        return
    session.execute(update(Consent).where(*_open(person.id)).values(withdrawn_at=now()))
    session.execute(delete(AiExchange).where(AiExchange.person_id == person.id))


def _open(person_id: int) -> tuple[ColumnElement[bool], ...]:
    return (Consent.person_id == person_id, Consent.purpose == PURPOSE, Consent.withdrawn_at.is_(None))
