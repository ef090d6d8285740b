"""What a trainer sees of joining: the code of the chosen class, and who waits to be let in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.exercises.base import Frozen
from courses.school.joining import class_code, waiting_for
from courses.school.models import Group, Person
from courses.school.names import text_key
from courses.school.people import groups_of_trainer
from courses.site import Site


class Choice(Frozen):
    """A group that somebody may be put into."""

    code: str
    name: str


class Asking(Frozen):
    """Somebody who waits; ``group`` is empty when they named none. How they will sign in is not told."""

    number: int
    display_name: str
    group: str
    group_name: str
    asked_at: datetime


class Joining(Frozen):
    """The part of the class page about joining.

    Attributes:
        group: code of the chosen group; empty for people without one, who have no class code.
        code: the class's code while it works, else empty.
        expires: until when.
        link: address of the sign-up page with the code in it; empty when the site's address is not known.
        waiting: who waits for the viewer, of all their groups.
        choices: groups that the viewer may put people into.
    """

    group: str
    code: str
    expires: datetime | None
    link: str
    waiting: tuple[Asking, ...]
    choices: tuple[Choice, ...]


def joining_view(
    session: Session, viewer: Person, site: Site, group: str | None, now: datetime
) -> Joining | None:
    """Return what a trainer or an administrator sees; None for everybody else.

    Args:
        session: an open session.
        viewer: who looks.
        site: the settings.
        group: code of the group that the page shows, or None.
        now: when.
    """
    if viewer.role not in {"trainer", "administrator"}:
        return None
    mine = _groups(session, viewer)
    chosen = next((one for one in mine if one.code == group), None)
    code = class_code(session, chosen, now) if chosen and has_codes(site) else None
    return Joining(
        group=chosen.code if chosen and has_codes(site) else "",
        code=code.code if code else "",
        expires=code.expires if code else None,
        link=f"{site.address.rstrip('/')}/hub/dang-ky?ma={code.code}" if code and site.address else "",
        waiting=_waiting(session, viewer),
        choices=tuple(Choice(code=one.code, name=one.name) for one in mine),
    )


def has_codes(site: Site) -> bool:
    """Tell whether people make accounts of their own here, for which a class's code is good."""
    return bool({"native", "demo"} & set(site.auth))


def _waiting(session: Session, viewer: Person) -> tuple[Asking, ...]:
    return tuple(
        Asking(
            number=one.id,
            display_name=one.display_name,
            group=one.group.code if one.group else "",
            group_name=one.group.name if one.group else "chưa chọn tổ",
            asked_at=one.asked_at,
        )
        for one in waiting_for(session, viewer)
    )


def _groups(session: Session, viewer: Person) -> list[Group]:
    found = groups_of_trainer(session, viewer) if viewer.role == "trainer" else session.scalars(select(Group))
    return sorted(found, key=lambda group: text_key(group.name))
