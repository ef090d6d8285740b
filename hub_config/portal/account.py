"""``/tai-khoan``: who you are here, and the one switch for the learners' board."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.clock import now
from courses.exercises.base import Frozen
from courses.school.models import Consent, Person
from hub_config.portal.handler import PageHandler

PURPOSE = "board"
VERSION = "1"  # of the sentence beside the switch; a new sentence needs a new version


class Account(Frozen):
    """What the page shows."""

    display_name: str
    pseudonym: str
    group: str
    target: str
    on_board: bool
    learner: bool


class AccountPage(PageHandler):
    """The account page."""

    async def get(self) -> None:
        """Show the account."""
        viewer, account = await self.ask(lambda _, person: _account(person))
        self.show("account.html", viewer, account=account)

    async def post(self) -> None:
        """Join or leave the learners' board."""
        join = self.get_body_argument("bang", "") == "co"
        await self.ask(lambda session, person: set_on_board(session, person, join=join))
        self.redirect(f"{self.desk.prefix}tai-khoan", status=303)


def set_on_board(session: Session, person: Person, *, join: bool) -> None:
    """Join or leave the board; each consent and each withdrawal keeps its time."""
    if person.on_board == join:
        return
    person.on_board = join
    if join:
        session.add(Consent(person_id=person.id, purpose=PURPOSE, version=VERSION, given_at=now()))
        return
    given = select(Consent).where(
        Consent.person_id == person.id, Consent.purpose == PURPOSE, Consent.withdrawn_at.is_(None)
    )
    for consent in session.scalars(given):
        consent.withdrawn_at = now()


def _account(person: Person) -> Account:
    return Account(
        display_name=person.display_name,
        pseudonym=person.pseudonym,
        group=person.group.name if person.group else "",
        target=person.target,
        on_board=person.on_board,
        learner=person.role == "learner",
    )
