"""Residents' groups: which one a typed name means, and their numbers of working-age adults."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.school.models import Group
from courses.school.names import slug
from courses.school.roster_file import GroupEntry

_LONGEST_CODE = 40
_WORDS_FOR_GROUP = re.compile(r"^(to-dan-pho|tdp|to)-(?=.)")


def group_key(name: str) -> str:
    """Return what makes two spellings the same group: ``Tổ dân phố số 07``, ``TDP 7``, ``to 7``, ``7``."""
    short = _WORDS_FOR_GROUP.sub("", slug(name))
    short = short.removeprefix("so-")
    return (short.lstrip("0") or "0") if short.isdecimal() else short


class GroupBook:
    """The ward's groups by every way of naming them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._by_key: dict[str, Group] = {}
        self.made: list[Group] = []
        for group in session.scalars(select(Group).order_by(Group.id)):
            self._by_key.setdefault(group_key(group.name), group)
            self._by_key.setdefault(group_key(group.code), group)
        self.was_empty = not self._by_key

    def find(self, name: str) -> Group | None:
        """Return the group that a typed name or code means."""
        return self._by_key.get(group_key(name))

    def make(self, name: str) -> Group:
        """Return a new group, not stored yet; its number of adults is unknown (0)."""
        shown = f"Tổ dân phố {name}" if name.isdecimal() else name
        group = Group(code=_code(shown), name=shown, working_age=0)
        self._by_key[group_key(name)] = group
        self.made.append(group)
        return group

    def store(self) -> None:
        """Add what was made to the session."""
        self._session.add_all(self.made)
        self._session.flush()


def _code(name: str) -> str:
    code = slug(name)
    if len(code) <= _LONGEST_CODE:
        return code
    return f"{code[: _LONGEST_CODE - 9]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def set_working_age(session: Session, entries: Sequence[GroupEntry]) -> tuple[str, ...]:
    """Make or change groups so that each has its number of adults; return what changed, in Vietnamese."""
    book = GroupBook(session)
    told = []
    for entry in entries:
        group = book.find(entry.name)
        verb = "đổi" if group else "thêm"
        group = group or book.make(entry.name)
        if group.working_age != entry.working_age:
            told.append(f"{verb} {group.name}: {group.working_age or 'chưa có'} → {entry.working_age} người")
            group.working_age = entry.working_age
    book.store()
    return tuple(told)
