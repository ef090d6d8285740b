"""Bring the people of a roster file into the school: planned first, then all or nothing.

Idempotent by external id. A person keeps their username, pseudonym and password for ever; people who are
missing from the file stay as they are. Only new people get a code (or, when asked, all who have no password
yet), so a second import of the same file changes nothing and printed slips stay good.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from courses.school import accounts
from courses.school.codes import new_code
from courses.school.csv_file import Faults
from courses.school.groups import GroupBook, group_key
from courses.school.logins import add_login, new_username
from courses.school.models import Account, Group, Login, Person, SignUp, TrainerGroup
from courses.school.names import printable, slug
from courses.school.passwords import hash_code
from courses.school.pseudonyms import new_pseudonym
from courses.school.roster_file import GROUP, Entry

_SHORTEST, _LONGEST = 3, 32
_RESERVED = frozenset({"formgrader", "nobody", "admin", "root", "system", "portal", "boards", "daily"})
ROLE_NAMES = {
    "learner": "học viên",
    "trainer": "huấn luyện viên",
    "official": "cán bộ",
    "administrator": "quản trị",
}
TARGET_NAMES = {"official": "công chức", "trader": "kinh doanh", "citizen": "người dân"}


@dataclass(frozen=True)
class Change:
    """What happens to one person: ``person`` is None for a new one; ``fields`` are sentences of what differs.

    ``login`` is what a new person signs in with, and how a known one is named; the hub's user name is drawn apart.
    """

    entry: Entry
    person: Person | None
    groups: tuple[Group, ...]
    login: str
    fields: tuple[str, ...]
    needs_code: bool


@dataclass(frozen=True)
class Plan:
    """What an import would do. Nothing is written before ``apply``."""

    changes: tuple[Change, ...]
    book: GroupBook
    unchanged: int

    @property
    def new(self) -> tuple[Change, ...]:
        """People who are not in the school yet."""
        return tuple(change for change in self.changes if change.person is None)

    @property
    def changed(self) -> tuple[Change, ...]:
        """Known people whose entry differs."""
        return tuple(change for change in self.changes if change.person is not None and change.fields)


@dataclass(frozen=True)
class Slip:
    """What one person needs to sign in for the first time. The code is nowhere else; its hash is stored."""

    name: str
    login: str
    code: str
    group: str
    code_hash: str = field(default="", repr=False)


def make_plan(
    session: Session, entries: Sequence[Entry], file: str, *, create_groups: bool, all_codes: bool = False
) -> Plan:
    """Compare a roster with the school.

    A ward's first import makes the groups that it names. Later an unknown group is most likely a typing
    mistake and is refused, unless ``create_groups``. With ``all_codes``, known people who have no password yet
    get a new code too.

    Raises:
        RosterError: unknown groups, by line.
    """
    book = GroupBook(session)
    faults = Faults(printable(file))
    known = {person.external_id: person for person in session.scalars(select(Person))}
    logins = _logins(session, known.values())
    taken = {*logins.values(), *(person.username for person in known.values()), *_waiting(session)}
    looks_after = _trainers_groups(session)
    have_password = set(session.scalars(select(Account.person_id).where(Account.password_hash.is_not(None))))
    changes = []
    for entry in entries:
        groups = _groups_of(entry, book, faults, may_make=create_groups or book.was_empty)
        person = known.get(entry.external_id)
        login = logins[person.id] if person else free_login(entry.external_id, taken)
        taken.add(login)
        fields = _differences(person, entry, groups, looks_after) if person else ()
        needs_code = person is None or (all_codes and person.id not in have_password)
        changes.append(Change(entry, person, groups, login, fields, needs_code))
    faults.stop_if_any()
    return Plan(tuple(changes), book, sum(1 for c in changes if c.person is not None and not c.fields))


def draw_codes(plan: Plan, track: Callable[[Sequence[Change]], Iterable[Change]] = iter) -> tuple[Slip, ...]:
    """Draw the codes of a plan. Hashing takes 10 ms each, so it happens before anything is locked.

    Args:
        plan: what will be done.
        track: wraps the work for a progress bar.
    """
    slips = []
    for change in track([change for change in plan.changes if change.needs_code]):
        code = new_code()
        group = ", ".join(group.name for group in change.groups)
        slips.append(Slip(change.entry.name, change.login, code, group, hash_code(code)))
    return tuple(slips)


def apply(session: Session, plan: Plan, slips: Iterable[Slip], now: datetime) -> None:
    """Write a plan, and the hashes of its slips; ``now`` is when the codes begin to live."""
    plan.book.store()
    pseudonyms = set(session.scalars(select(Person.pseudonym)))
    usernames = set(session.scalars(select(Person.username)))
    hashes = {slip.login: slip.code_hash for slip in slips}
    for change in plan.changes:
        if change.person is not None and not change.fields and not change.needs_code:
            continue
        person = change.person or _new_person(change, pseudonyms, usernames, now)
        pseudonyms.add(person.pseudonym)
        usernames.add(person.username)
        _write(session, person, change)
        if change.person is None:
            add_login(session, person, change.login)
        if change.needs_code:
            accounts.store_code(session, person, hashes[change.login], now)


def _logins(session: Session, people: Iterable[Person]) -> dict[int, str]:
    """Return how each person is named where they sign in, by id: one query for a ward of thousands."""
    named = {person.id: person.username for person in people}
    for value, owner in session.execute(select(Login.value, Login.person_id).order_by(Login.value.desc())):
        if owner in named and ":" not in value:
            named[owner] = value
    return named


def _waiting(session: Session) -> Iterable[str]:
    return session.scalars(select(SignUp.login))


def free_login(external_id: str, taken: Iterable[str]) -> str:
    """Return a name to sign in with, made from an external id: ``[a-z0-9][a-z0-9-]{2,31}``.

    When another person has it (``A_1`` and ``A.1``), a part of the id's hash makes the difference, so that
    the outcome does not depend on chance.
    """
    name = slug(external_id)
    if len(name) < _SHORTEST or name in _RESERVED:
        name = f"hv-{name}"
    digest = hashlib.sha256(external_id.encode()).hexdigest()
    known = taken if isinstance(taken, set) else set(taken)
    if len(name) <= _LONGEST and name not in known:
        return name
    for length in range(6, 20):
        longer = f"{name[: _LONGEST - length - 1].rstrip('-')}-{digest[:length]}"
        if longer not in known:
            return longer
    raise RuntimeError("no free name")  # pragma: no cover - needs 14 collisions of SHA-256


def _groups_of(entry: Entry, book: GroupBook, faults: Faults, *, may_make: bool) -> tuple[Group, ...]:
    groups: dict[str, Group] = {}
    for name in entry.groups:
        group = book.find(name) or (book.make(name) if may_make else None)
        if group is None:
            faults.add(
                entry.line, GROUP, f"chưa có “{printable(name)}”; nếu là tổ mới, hãy thêm --create-groups"
            )
        else:
            groups[group_key(group.name)] = group
    return tuple(groups.values())


def _trainers_groups(session: Session) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for row in session.scalars(select(TrainerGroup)):
        found.setdefault(row.person_id, set()).add(row.group_id)
    return found


def _differences(
    person: Person, entry: Entry, groups: tuple[Group, ...], looks_after: dict[int, set[int]]
) -> tuple[str, ...]:
    """Tell what an import changes; ``groups`` that are not stored yet have no id and so differ."""
    fields = []
    if person.display_name != entry.name:
        fields.append(f"họ tên: {printable(person.display_name)} → {entry.name}")
    if person.role != entry.role:
        fields.append(f"vai trò: {ROLE_NAMES.get(person.role, person.role)} → {ROLE_NAMES[entry.role]}")
    if person.target != entry.target:
        fields.append(
            f"nhóm: {TARGET_NAMES.get(person.target, person.target)} → {TARGET_NAMES[entry.target]}"
        )
    home = _home(entry, groups)
    if (person.group_id or None) != (home.id if home else None) or (home and home.id is None):
        fields.append(
            f"tổ: {person.group.name if person.group else 'không'} → {home.name if home else 'không'}"
        )
    if looks_after.get(person.id, set()) != {group.id for group in groups if entry.role == "trainer"}:
        names = ", ".join(group.name for group in groups) if entry.role == "trainer" else "không"
        fields.append(f"phụ trách: {names}")
    if not person.active:
        fields.append("mở lại tài khoản")
    return tuple(fields)


def _home(entry: Entry, groups: tuple[Group, ...]) -> Group | None:
    """A trainer looks after groups and is counted in none; anybody else belongs to the one named."""
    return groups[0] if groups and entry.role != "trainer" else None


def _new_person(change: Change, pseudonyms: set[str], usernames: set[str], now: datetime) -> Person:
    return Person(
        external_id=change.entry.external_id,
        username=new_username(usernames),
        pseudonym=new_pseudonym(pseudonyms),
        created_at=now,
    )


def _write(session: Session, person: Person, change: Change) -> None:
    home = _home(change.entry, change.groups)
    person.display_name, person.role = change.entry.name, change.entry.role
    person.target, person.active = change.entry.target, True
    person.group_id = home.id if home else None
    session.add(person)
    session.flush()
    session.execute(delete(TrainerGroup).where(TrainerGroup.person_id == person.id))
    if person.role == "trainer":
        session.add_all(TrainerGroup(person_id=person.id, group_id=group.id) for group in change.groups)
    session.flush()
