"""Signing in: passwords, one-time activation codes, a lock after many failures."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from courses.school import passwords
from courses.school.codes import new_code, tidy_code
from courses.school.logins import find_by_login
from courses.school.models import Account, Person

MAX_FAILURES = 10
LOCKED_FOR = timedelta(minutes=15)
CODE_LIVES = timedelta(days=30)


class AccountError(ValueError):
    """Activation was refused; the message is a Vietnamese sentence for the person."""


def authenticate(session: Session, login: str, password: str, now: datetime) -> Person | None:
    """Return the person who signs in, or None: unknown, wrong, inactive or locked, always after equal work.

    Ten failures in a row lock the account for 15 minutes. The caller must commit, also on None. ``login`` is what
    ``logins.login_of`` makes of what was typed.
    """
    person = find_by_login(session, login)
    account = _open_account(session, person, now)
    right = passwords.matches(account.password_hash if account else None, password)
    if account is None:
        return None
    if not right:
        _count_failure(session, account, now)
        return None
    _forgive(session, account)
    return person


def new_activation_code(session: Session, person: Person, now: datetime) -> str:
    """Give a person a new one-time code (valid for 30 days) and return it; only its hash is stored.

    An old code stops working. A password that was set before goes on working until the code is used.
    """
    code = new_code()
    store_code(session, person, passwords.hash_code(code), now)
    return code


def store_code(session: Session, person: Person, code_hash: str, now: datetime) -> None:
    """Give a person a code that was drawn and hashed before (``passwords.hash_code``)."""
    account = session.get(Account, person.id) or _new_account(session, person)
    account.activation_hash = code_hash
    account.activation_expires = now + CODE_LIVES
    session.flush()


def activate(session: Session, login: str, code: str, new_password: str, now: datetime) -> Person:
    """Set a person's password with their one-time code, and return the person.

    Raises:
        AccountError: the password is too weak (told first, the code stays good), or the code is wrong,
            used, expired or the account locked (one sentence for all, so that nothing can be probed).
            The caller must commit in this case too, or failures are not counted.
    """
    fault = passwords.password_fault(new_password, "" if ":" in login else login)
    if fault:
        raise AccountError(fault)
    person = find_by_login(session, login)
    account = _open_account(session, person, now)
    right = passwords.matches(_live_code(account, now), tidy_code(code))
    if person is None or account is None or not right or not _use_code(session, account, new_password):
        if account is not None:
            _count_failure(session, account, now)
        raise AccountError(
            "Mã kích hoạt hoặc tên đăng nhập chưa đúng, hoặc mã đã dùng hay đã hết hạn. "
            "Bạn hãy xem lại phiếu, hoặc xin huấn luyện viên cấp mã mới."
        )
    return person


def set_password(session: Session, person: Person, password: str) -> None:
    """Set a password without a code (demo accounts, an administrator's command)."""
    store_password(session, person, passwords.hash_password(password))


def store_password(session: Session, person: Person, password_hash: str) -> None:
    """Set a password that was hashed before (``passwords.hash_password``)."""
    account = session.get(Account, person.id) or _new_account(session, person)
    account.password_hash = password_hash
    session.flush()


def is_activated(session: Session, person: Person) -> bool:
    """Tell whether a person has a password."""
    account = session.get(Account, person.id)
    return account is not None and account.password_hash is not None


def _new_account(session: Session, person: Person) -> Account:
    account = Account(person_id=person.id, failures=0)
    session.add(account)
    return account


def _open_account(session: Session, person: Person | None, now: datetime) -> Account | None:
    account = session.get(Account, person.id, populate_existing=True) if person else None
    if account is None or (account.locked_until is not None and account.locked_until > now):
        return None
    return account


def _live_code(account: Account | None, now: datetime) -> str | None:
    if account is None or account.activation_expires is None or account.activation_expires <= now:
        return None
    return account.activation_hash


def _use_code(session: Session, account: Account, new_password: str) -> bool:
    """Swap the code for the password in one statement, so that two requests cannot both use it."""
    swap = (
        update(Account)
        .where(Account.person_id == account.person_id, Account.activation_hash == account.activation_hash)
        .values(
            password_hash=passwords.hash_password(new_password),
            activation_hash=None,
            activation_expires=None,
            failures=0,
            locked_until=None,
        )
        .returning(Account.person_id)
    )
    return session.execute(swap).first() is not None


def _count_failure(session: Session, account: Account, now: datetime) -> None:
    """Count in SQL, so that parallel failures all count; the tenth locks and starts a new row of ten."""
    mine = Account.person_id == account.person_id
    session.execute(update(Account).where(mine).values(failures=Account.failures + 1))
    lock = update(Account).where(mine, Account.failures >= MAX_FAILURES)
    session.execute(lock.values(failures=0, locked_until=now + LOCKED_FOR))


def _forgive(session: Session, account: Account) -> None:
    if account.failures or account.locked_until:
        session.execute(
            update(Account)
            .where(Account.person_id == account.person_id)
            .values(failures=0, locked_until=None)
        )
