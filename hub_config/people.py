"""What the hub itself asks the school: who signs in, and what is this user name's role and target group?"""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import Engine

from courses import clock
from courses.exercises.base import Frozen
from courses.school import accounts
from courses.school.db import open_engine, session
from courses.school.models import Person, Setting
from courses.school.people import find_person


class HubPerson(Frozen):
    """An active person as the hub needs them.

    Attributes:
        username: the hub's user name.
        role: one of ``ROLES``; also the name of the person's group in the hub.
        target: official, trader or citizen: which setting of a lesson the person sees.
    """

    username: str
    role: str
    target: str


@lru_cache(maxsize=4)
def engine_for(url: str) -> Engine:
    """Return one engine per database for the whole process."""
    return open_engine(url)


def find(url: str, username: str) -> HubPerson | None:
    """Return the active person of a user name, or None."""
    with session(engine_for(url)) as db:
        return _hub_person(find_person(db, username))


def sign_in(url: str, username: str, password: str) -> HubPerson | None:
    """Return who signs in, or None; failures are counted by the school."""
    with session(engine_for(url)) as db:
        return _hub_person(accounts.authenticate(db, username, password, clock.now()))


def activate(url: str, username: str, code: str, password: str) -> str | None:
    """Use a one-time code to set a password; return the school's sentence when it refuses, else None."""
    with session(engine_for(url)) as db:
        try:
            accounts.activate(db, username, code, password, clock.now())
        except accounts.AccountError as refusal:
            return str(refusal)  # returned, not raised: the counted failure must be committed
    return None


def is_sample(url: str) -> bool:
    """Tell whether this installation holds sample data, which every page then says."""
    with session(engine_for(url)) as db:
        flag = db.get(Setting, "sample")
        return flag is not None and flag.value == "1"


def _hub_person(person: Person | None) -> HubPerson | None:
    if person is None:
        return None
    return HubPerson(username=person.username, role=person.role, target=person.target)
