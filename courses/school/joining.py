"""Joining the school: at once with the code of a class, or by asking and waiting for a trainer's answer.

Who asked is no person of the school yet: nothing counts them, and a refusal leaves nothing of them behind.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, false, func, or_, select
from sqlalchemy.orm import Session

from courses import personal_data
from courses.school import accounts
from courses.school.codes import new_code, tidy_code
from courses.school.logins import add_login, is_taken, new_username
from courses.school.models import TARGETS, ClassCode, Group, Person, SignUp
from courses.school.names import fits_a_name, tidy
from courses.school.people import groups_of_trainer
from courses.school.pseudonyms import new_pseudonym

CODE_LIVES = timedelta(days=30)
ASKING_LIVES = timedelta(days=60)
LONGEST_NAME = 80
MOST_WAITING = 1000  # a flood of strangers must not fill the list of those who mean it


class JoiningError(ValueError):
    """Joining was refused; the message is a Vietnamese sentence for the person."""


class WrongCodeError(JoiningError):
    """No class has this code now; whoever guesses codes runs into it."""


class NotYoursError(JoiningError):
    """Somebody waits with this login, and the password is not theirs; whoever guesses it runs into it."""


@dataclass(frozen=True)
class Newcomer:
    """Somebody at the door.

    Attributes:
        login: what ``logins.new_login`` made of the name that they chose, or a provider's sealed id.
        display_name: how pages name them; checked by ``display_name``.
        target: one of ``TARGETS``.
        password_hash: None when a provider vouches for them.
    """

    login: str = field(repr=False)
    display_name: str
    target: str
    password_hash: str | None = field(default=None, repr=False)


def display_name(typed: str) -> str:
    """Return a name that pages may show.

    Raises:
        JoiningError: it is no name, or it holds a phone number, which pages must not show.
    """
    text = tidy(typed)
    if not any(sign.isalpha() for sign in text):
        raise JoiningError("Bạn hãy ghi họ tên để huấn luyện viên nhận ra bạn.")
    if len(text) > LONGEST_NAME:
        raise JoiningError(f"Họ tên dài nhất {LONGEST_NAME} ký tự.")
    if personal_data.find(text):
        raise JoiningError("Họ tên hiện trên trang lớp, nên đừng ghi số điện thoại hay số giấy tờ vào đó.")
    if not all(fits_a_name(sign) for sign in text):
        raise JoiningError("Họ tên chỉ gồm chữ, số và dấu cách.")
    return text


def target(typed: str) -> str:
    """Return one of ``TARGETS``; whatever else came, the setting of most people."""
    return typed if typed in TARGETS else "citizen"


def join_with_code(session: Session, code: str, newcomer: Newcomer, now: datetime) -> Person:
    """Take a newcomer into the group whose code they typed, and return the new person.

    Raises:
        WrongCodeError: no group has this code, or not any more.
        JoiningError: the login is somebody's.
    """
    group_id = _group_of_code(session, code, now)
    _require_free(session, newcomer.login)
    return _take_in(session, newcomer, group_id, now)


def join_waiting(session: Session, asked: SignUp, code: str, now: datetime) -> Person:
    """Take somebody who waits into the group whose code they were given since, and return the new person.

    Raises:
        WrongCodeError: no group has this code, or not any more.
    """
    return _take_in_waiting(session, asked, _group_of_code(session, code, now), now)


def ask_to_join(session: Session, newcomer: Newcomer, group: str, now: datetime) -> SignUp:
    """Put a newcomer on the list of those who wait.

    Args:
        session: an open session.
        newcomer: who asks.
        group: code of the residents' group that they named, or anything else when they don't know.
        now: when.

    Raises:
        JoiningError: the login is somebody's, or too many wait already.
    """
    session.execute(delete(SignUp).where(SignUp.asked_at < now - ASKING_LIVES))
    _require_free(session, newcomer.login)
    if (session.scalar(select(func.count(SignUp.id))) or 0) >= MOST_WAITING:
        raise JoiningError("Đang có quá nhiều người chờ. Bạn hãy gặp huấn luyện viên để lấy mã lớp.")
    asked = SignUp(
        login=newcomer.login,
        display_name=newcomer.display_name,
        target=newcomer.target,
        group_id=session.scalar(select(Group.id).where(Group.code == group)),
        password_hash=newcomer.password_hash,
        asked_at=now,
    )
    session.add(asked)
    session.flush()
    return asked


def find_waiting(session: Session, login: str) -> SignUp | None:
    """Return who waits with a login, or None."""
    if not login.isprintable():
        return None
    return session.scalars(select(SignUp).where(SignUp.login == login)).one_or_none()


def waiting_for(session: Session, viewer: Person) -> tuple[SignUp, ...]:
    """Return those whom a viewer may answer, the first who asked first.

    A trainer answers their groups; an administrator everybody, also those who named no group; others nobody.
    """
    query = select(SignUp).order_by(SignUp.asked_at, SignUp.id)
    if viewer.role != "administrator":
        mine = [group.id for group in groups_of_trainer(session, viewer)]
        query = query.where(or_(false(), SignUp.group_id.in_(mine)))
    return tuple(session.scalars(query))


def approve(session: Session, viewer: Person, number: int, group: str, now: datetime) -> Person | None:
    """Take somebody who waits into a group, and return the new person.

    None: there is nobody of this number for the viewer, or no such group among theirs.
    """
    asked = next((one for one in waiting_for(session, viewer) if one.id == number), None)
    chosen = next((one for one in _groups(session, viewer) if one.code == group), None)
    if asked is None or chosen is None:
        return None
    return _take_in_waiting(session, asked, chosen.id, now)


def refuse(session: Session, viewer: Person, number: int) -> str | None:
    """Strike somebody off the list and return their name; None when there is nobody of this number."""
    asked = next((one for one in waiting_for(session, viewer) if one.id == number), None)
    if asked is None:
        return None
    session.delete(asked)
    session.flush()
    return asked.display_name


def class_code(session: Session, group: Group, now: datetime) -> ClassCode | None:
    """Return a group's code while it works."""
    found = session.get(ClassCode, group.id)
    return found if found is not None and found.expires > now else None


def renew_class_code(session: Session, viewer: Person, group: str, now: datetime) -> bool:
    """Give a group a new code for 30 days; the old one stops working. False: not a group of the viewer's."""
    chosen = next((one for one in _groups(session, viewer) if one.code == group), None)
    if chosen is None:
        return False
    session.merge(ClassCode(group_id=chosen.id, code=new_code(), expires=now + CODE_LIVES))
    session.flush()
    return True


def close_class_code(session: Session, viewer: Person, group: str) -> bool:
    """Let nobody join a group by code any more. False: not a group of the viewer's."""
    chosen = next((one for one in _groups(session, viewer) if one.code == group), None)
    if chosen is None:
        return False
    session.execute(delete(ClassCode).where(ClassCode.group_id == chosen.id))
    return True


def take_in_known(session: Session, newcomer: Newcomer, now: datetime) -> Person:
    """Take in somebody whom a trusted provider vouches for, without a group: a trainer gives them one later."""
    return _take_in(session, newcomer, None, now)


def _groups(session: Session, viewer: Person) -> tuple[Group, ...]:
    if viewer.role == "administrator":
        return tuple(session.scalars(select(Group)))
    return groups_of_trainer(session, viewer)


def _group_of_code(session: Session, code: str, now: datetime) -> int:
    found = session.scalars(
        select(ClassCode).where(ClassCode.code == tidy_code(code), ClassCode.expires > now)
    ).one_or_none()
    if found is None:
        raise WrongCodeError(
            "Mã lớp chưa đúng hoặc đã hết hạn. Bạn hãy hỏi lại huấn luyện viên, "
            "hoặc chờ huấn luyện viên nhận bạn vào."
        )
    return found.group_id


def _require_free(session: Session, login: str) -> None:
    if is_taken(session, login):
        raise JoiningError(
            "Tên đăng nhập hoặc số điện thoại này đã có người dùng. Nếu là của bạn, bạn hãy đăng nhập; "
            "quên mật khẩu thì xin huấn luyện viên mã mới."
        )


def _take_in_waiting(session: Session, asked: SignUp, group_id: int, now: datetime) -> Person:
    newcomer = Newcomer(asked.login, asked.display_name, asked.target, asked.password_hash)
    session.delete(asked)
    session.flush()
    return _take_in(session, newcomer, group_id, now)


def _take_in(session: Session, newcomer: Newcomer, group_id: int | None, now: datetime) -> Person:
    username = new_username(set(session.scalars(select(Person.username))))
    person = Person(
        external_id=f"dk-{secrets.token_hex(12)}",
        username=username,
        display_name=newcomer.display_name,
        pseudonym=new_pseudonym(set(session.scalars(select(Person.pseudonym)))),
        role="learner",
        target=newcomer.target,
        group_id=group_id,
        created_at=now,
    )
    session.add(person)
    session.flush()
    add_login(session, person, newcomer.login)
    if newcomer.password_hash is not None:
        accounts.store_password(session, person, newcomer.password_hash)
    return person
