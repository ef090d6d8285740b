"""What the hub itself asks the school: who signs in, who joins, and what is this user name's role?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TypeVar

from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from courses import clock
from courses.exercises.base import Frozen
from courses.school import accounts, joining, logins, passwords
from courses.school.db import open_engine, session
from courses.school.joining import JoiningError, Newcomer, NotYoursError
from courses.school.models import Group, Person, Setting
from courses.school.names import text_key
from courses.school.people import find_person
from courses.site_doors import Admit

T = TypeVar("T")
CLOSED = "Tài khoản này đã đóng. Bạn hãy hỏi huấn luyện viên của tổ; bài đã làm của bạn vẫn còn."
WAITS = (
    "Tên đăng nhập hoặc số điện thoại này đang chờ được nhận vào lớp. Nếu là của bạn, bạn nhập đúng mật khẩu đã đặt lúc "
    "xin vào; quên mật khẩu thì nhờ huấn luyện viên bỏ lời xin cũ, rồi đăng ký lại."
)


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


class Form(Frozen):
    """What somebody typed to sign up; ``group`` is a group's code, wanted where no class code is given."""

    code: str
    display_name: str
    login: str
    password: str
    target: str
    group: str


class WaitingError(Exception):
    """The right person, but nobody has let them in yet; ``login`` is theirs, as the list of those who wait has it."""

    def __init__(self, login: str) -> None:
        super().__init__()
        self.login = login


@lru_cache(maxsize=4)
def engine_for(url: str) -> Engine:
    """Return one engine per database for the whole process."""
    return open_engine(url)


def find(url: str, username: str) -> HubPerson | None:
    """Return the active person of a user name, or None."""
    with session(engine_for(url)) as db:
        return _hub_person(find_person(db, username))


def sign_in(url: str, login: str, password: str) -> HubPerson | None:
    """Return who signs in, or None; failures are counted by the school.

    Args:
        url: the school's database.
        login: what ``logins.login_of`` made of the typed name.
        password: as typed.

    Raises:
        WaitingError: name and password are right, but a trainer has not answered yet.
    """
    with session(engine_for(url)) as db:
        asked = joining.find_waiting(db, login)
        if asked is None:
            return _hub_person(accounts.authenticate(db, login, password, clock.now()))
        if passwords.matches(asked.password_hash, password):
            raise WaitingError(login)
        return None


def password_fault(password: str, login: str) -> str | None:
    """Return why a new password is refused, or None."""
    return passwords.password_fault(password, login)


def activate(url: str, login: str, code: str, password: str) -> str | None:
    """Use a one-time code to set a password; return the school's sentence when it refuses, else None."""
    with session(engine_for(url)) as db:
        try:
            accounts.activate(db, login, code, password, clock.now())
        except accounts.AccountError as refusal:
            return str(refusal)  # returned, not raised: the counted failure must be committed
    return None


def sign_up(url: str, form: Form, seal: logins.Seal) -> bool:
    """Take in whoever has a class's code (True), or put them on the list of those who wait (False).

    Raises:
        JoiningError, LoginError: a sentence about what to mend; ``WrongCodeError`` for a wrong class code, ``NotYoursError``
            where somebody waits with this login and another password.
    """
    name = joining.display_name(form.display_name)
    login = logins.new_login(form.login, seal)
    fault = passwords.password_fault(form.password, form.login, name)
    if fault:
        raise JoiningError(fault)
    hashed = passwords.hash_password(form.password)
    newcomer = Newcomer(login, name, joining.target(form.target), hashed)

    def join(db: Session) -> bool:
        if not form.code:
            joining.ask_to_join(db, newcomer, form.group, clock.now())
            return False
        asked = joining.find_waiting(db, login)
        if asked is None:
            joining.join_with_code(db, form.code, newcomer, clock.now())
        elif passwords.matches(asked.password_hash, form.password):
            joining.join_waiting(db, asked, form.code, clock.now())
        else:
            raise NotYoursError(WAITS)
        return True

    return _join(url, join)


def join_waiting(url: str, login: str, code: str) -> HubPerson | None:
    """Take in somebody who waits and was given a class's code since; None: they wait no longer.

    Args:
        url: the school's database.
        login: of somebody who has just proven that it's theirs.
        code: as typed.

    Raises:
        WrongCodeError: no class has this code.
    """

    def join(db: Session) -> HubPerson | None:
        asked = joining.find_waiting(db, login)
        return None if asked is None else _hub_person(joining.join_waiting(db, asked, code, clock.now()))

    return _join(url, join)


def enter(url: str, login: str, claims: Mapping[str, object], match: str, admit: Admit) -> HubPerson:
    """Return the person whom a provider vouches for, and take in a newcomer where the site lets them.

    Args:
        url: the school's database.
        login: the provider's id of the person, sealed.
        claims: what the provider says about the person.
        match: claim that holds the roster's "mã"; empty: none does.
        admit: what happens to people whom neither a login nor the roster knows.

    Raises:
        WaitingError: a trainer has to answer first.
        JoiningError: the account was closed, or nobody more can be put on the list.
    """

    def look(db: Session) -> HubPerson | None:
        person = logins.find_by_login(db, login) or _from_roster(
            db, login, claims.get(match) if match else None
        )
        if person is None and joining.find_waiting(db, login) is None:
            if logins.is_taken(db, login):
                raise JoiningError(CLOSED)
            newcomer = Newcomer(login, _name_from(claims), "citizen")
            if admit == "open":
                person = joining.take_in_known(db, newcomer, clock.now())
            else:
                joining.ask_to_join(db, newcomer, "", clock.now())
        return _hub_person(person)

    found = _join(url, look)
    if found is None:
        raise WaitingError(login)
    return found


def groups(url: str) -> tuple[tuple[str, str], ...]:
    """Return code and name of the residents' groups, in reading order."""
    with session(engine_for(url)) as db:
        found = [(group.code, group.name) for group in db.scalars(select(Group))]
    return tuple(sorted(found, key=lambda pair: text_key(pair[1])))


def is_sample(url: str) -> bool:
    """Tell whether this installation holds sample data, which every page then says."""
    with session(engine_for(url)) as db:
        flag = db.get(Setting, "sample")
        return flag is not None and flag.value == "1"


def _join(url: str, work: Callable[[Session], T]) -> T:
    """Run work that adds people; of two who take one name at the same moment, the second is told."""
    try:
        with session(engine_for(url)) as db:
            return work(db)
    except IntegrityError as error:
        raise JoiningError(
            "Có người vừa lấy tên đăng nhập này. Bạn hãy thử lại, hoặc chọn tên khác."
        ) from error


def _from_roster(db: Session, login: str, number: object) -> Person | None:
    """Return the person whose "mã" a trusted provider names, and remember the provider's id from now on."""
    if not isinstance(number, str) or not number.isprintable():
        return None
    query = select(Person).where(Person.external_id == number, Person.active)
    person = db.scalars(query).one_or_none()
    if person is None or not logins.link_login(db, person, login):
        return None
    return person


def _name_from(claims: Mapping[str, object]) -> str:
    """Return the name that a provider gives, or a plain one where it gives none that pages may show."""
    for key in ("name", "given_name"):
        try:
            return joining.display_name(str(claims.get(key) or ""))
        except JoiningError:
            continue
    return "Học viên mới"


def _hub_person(person: Person | None) -> HubPerson | None:
    if person is None:
        return None
    return HubPerson(username=person.username, role=person.role, target=person.target)
