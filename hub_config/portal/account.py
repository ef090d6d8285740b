"""``/tai-khoan``: who you are here, and what you agree to: the learners' board, keeping what you ask the AI."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.clock import now
from courses.exercises.base import Frozen
from courses.school.models import Consent, Person
from hub_config.ai.consent import has_consent, set_consent
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
    ai_kept: bool
    keep_days: int  # how long a kept conversation stays


class AccountPage(PageHandler):
    """The account page."""

    async def get(self) -> None:
        """Show the account."""
        days = self.desk.site.ai.keep_days
        viewer, account = await self.ask(lambda session, person: _account(session, person, days))
        self.show("account.html", viewer, account=account)

    async def post(self) -> None:
        """Give or withdraw one consent; a form says ``bang`` or ``loi-ai``, and the other stays as it is."""
        board, kept = (self.get_body_argument(name, "") for name in ("bang", "loi-ai"))

        def change(session: Session, person: Person) -> None:
            if board:
                set_on_board(session, person, join=board == "co")
            if kept:
                set_consent(session, person, agree=kept == "co")

        await self.ask(change)
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


def _account(session: Session, person: Person, keep_days: int) -> Account:
    return Account(
        display_name=person.display_name,
        pseudonym=person.pseudonym,
        group=person.group.name if person.group else "",
        target=person.target,
        on_board=person.on_board,
        learner=person.role == "learner",
        ai_kept=has_consent(session, person),
        keep_days=keep_days,
    )
