"""What people type to sign in: a user name or a Vietnamese phone number, and whom it means.

A phone number is kept nowhere, only a keyed hash of it: whoever reads the database, a backup of it or a log
can't tell the number (all numbers of a country can be tried on a plain hash within minutes, hence the key).
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

import phonenumbers
from sqlalchemy import select
from sqlalchemy.orm import Session

from courses import personal_data
from courses.school.codes import ALPHABET
from courses.school.models import Login, Person, SignUp
from courses.school.people import find_person

LONGEST = 32
_NAME = re.compile(r"(?=.*[a-z])[a-z0-9][a-z0-9._-]{2,31}")
_SIGNS_OF_A_PHONE = re.compile(r"[+\d][\d\s().\-]{7,}")
_VIETNAM = 84
_KEY_BYTES = 32
_RANDOM_SIGNS = 10  # of 32: 50 bits


class LoginError(ValueError):
    """A name can't be used to sign in; the message is a Vietnamese sentence for the person."""


@dataclass(frozen=True)
class Seal:
    """Makes keyed hashes of what must not be readable: phone numbers, and people's ids at a provider."""

    key: bytes

    def of(self, kind: str, text: str) -> str:
        """Return ``kind:`` with 64 hexadecimal digits."""
        hashed = hmac.digest(self.key, f"{kind}\0{text}".encode("utf-8", "replace"), "sha256")
        return f"{kind}:{hashed.hex()}"


def open_seal(folder: Path) -> Seal:
    """Return the seal of an installation; its key is drawn once and lies in ``login.key`` (mode 0600).

    Args:
        folder: the folder of secrets, made when it is missing. Without its key nobody signs in by phone.
    """
    path = folder / "login.key"
    if not path.exists():
        _draw_key(path)
    return Seal(path.read_bytes())


def _draw_key(path: Path) -> None:
    """Write the key whole or not at all; of two processes that draw at once, the first one's stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    passing = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(secrets.token_bytes(_KEY_BYTES))
        stream.flush()
        os.fsync(stream.fileno())
    try:
        path.hardlink_to(passing)
    except FileExistsError:
        pass
    finally:
        passing.unlink()


def phone_number(typed: str) -> str | None:
    """Return a Vietnamese phone number as ``+84…``, however it was typed, or None when it is none."""
    text = typed.strip()
    if not _SIGNS_OF_A_PHONE.fullmatch(text):
        return None
    try:
        number = phonenumbers.parse(text, "VN")
    except phonenumbers.NumberParseException:
        return None
    if number.country_code != _VIETNAM or not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def login_of(typed: str, seal: Seal) -> str:
    """Return what ``Login.value`` holds for something typed at the door, be it anybody's or not."""
    number = phone_number(typed)
    if number:
        return seal.of("phone", number)
    return typed.strip().lower().replace(":", " ")  # a colon would name a sealed value


def new_login(typed: str, seal: Seal) -> str:
    """Return the login that a newcomer chose.

    Raises:
        LoginError: it is neither a user name nor a Vietnamese phone number.
    """
    login = login_of(typed, seal)
    if login.startswith("phone:"):
        return login
    if not _NAME.fullmatch(login):
        raise LoginError(
            "Tên đăng nhập là số điện thoại Việt Nam, hoặc 3 đến 32 chữ thường không dấu, số, dấu chấm, dấu gạch "
            "(có ít nhất một chữ), ví dụ lan.nguyen."
        )
    if personal_data.find(re.sub(r"[a-z._-]+", " ", login)):
        raise LoginError(
            "Tên đăng nhập này có số điện thoại hoặc số giấy tờ, người khác đọc được. Bạn hãy chọn tên khác, "
            "hoặc chỉ nhập riêng số điện thoại: số ấy sẽ không hiện ở đâu."
        )
    return login


def find_by_login(session: Session, login: str) -> Person | None:
    """Return the active person whom a login means, or None.

    Somebody without any row in ``Login`` (from before there were such rows) is meant by their hub user name.
    """
    if not login.isprintable():
        return None  # NUL and broken surrogates are an error in a database, and nobody's name
    owner = (
        select(Person).join(Login, Login.person_id == Person.id).where(Login.value == login, Person.active)
    )
    found = session.scalars(owner).one_or_none()
    if found is not None:
        return found
    person = find_person(session, login)
    return person if person is not None and not _has_login(session, person) else None


def is_taken(session: Session, login: str) -> bool:
    """Tell whether a login belongs to somebody, active or not, or to somebody who waits."""
    return (
        session.get(Login, login) is not None
        or session.scalar(select(Person.id).where(Person.username == login)) is not None
        or session.scalar(select(SignUp.id).where(SignUp.login == login)) is not None
    )


def add_login(session: Session, person: Person, login: str) -> None:
    """Let a person be recognised by a login, too."""
    session.add(Login(value=login, person_id=person.id))
    session.flush()


def link_login(session: Session, person: Person, login: str) -> bool:
    """Let somebody of the roster be recognised by a provider's id, too, and by what they had before.

    False: another id of the same provider belongs to this person already, so whose this one is must be asked.
    """
    values = session.scalars(select(Login.value).where(Login.person_id == person.id)).all()
    kind = login.partition(":")[0]
    if any(value.startswith(f"{kind}:") for value in values):
        return False
    if not values:
        add_login(session, person, person.username)
    add_login(session, person, login)
    return True


def shown_login(session: Session, person: Person) -> str:
    """Return how a person signs in, as a page may say it; never a phone number."""
    values = session.scalars(
        select(Login.value).where(Login.person_id == person.id).order_by(Login.value)
    ).all()
    readable = [value for value in values if ":" not in value]
    if readable:
        return readable[0]
    kinds = {value.partition(":")[0] for value in values}
    for kind, words in _WORDS.items():
        if kind in kinds:
            return words
    return person.username


_WORDS = {
    "phone": "số điện thoại của người học (lớp không lưu số)",
    "oidc": "tài khoản ở nơi khác",
    "lti": "trang học của trường",
}


def new_username(taken: Container[str]) -> str:
    """Return a free user name for the hub, e.g. ``bd-k7mx9qpd2a``: nothing of the person is in it."""
    while True:
        name = "bd-" + "".join(secrets.choice(ALPHABET) for _ in range(_RANDOM_SIGNS)).lower()
        if name not in taken:
            return name


def _has_login(session: Session, person: Person) -> bool:
    return session.scalar(select(Login.value).where(Login.person_id == person.id).limit(1)) is not None
