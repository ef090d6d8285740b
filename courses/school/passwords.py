"""Password rules and hashes (argon2id)."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from courses.school.names import slug

MIN_LENGTH = 8
MAX_LENGTH = 200

# OWASP's password storage cheat sheet: 19 MiB, 2 passes, 1 lane. A small server survives 20 at once.
_PASSWORDS = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# A code has 40 random bits and lives for 30 days: a cheaper hash lets a roster of thousands be imported.
_CODES = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1)

_GUESSES = 1_000_000  # what zxcvbn calls "very guessable": throttled, but not safe from a patient stranger
_JUDGED = 72  # characters; zxcvbn looks at no more

# What people choose here and zxcvbn's list (30,000 English and leaked passwords) does not have.
_COMMON = frozenset(
    "12345678 123456789 1234567890 0123456789 987654321 87654321 11111111 00000000 88888888 99999999 "
    "66668888 68686868 12341234 11223344 12344321 123123123 123456aA 1234abcd abcd1234 abc12345 abc123456 "
    "a1234567 a12345678 a123456789 aa123456 1q2w3e4r 1qaz2wsx qwertyui qwerty123 qwertyuiop asdfghjk "
    "password password1 password123 passw0rd iloveyou sunshine princess football matkhau1 matkhau12 "
    "matkhau123 matkhau1234 mậtkhẩu khongbiet khongnho anhyeuem emyeuanh vietnam1 vietnam123 hanoi123 "
    "saigon123 binhdanhoc binhdanhocai admin123 administrator welcome1 changeme".casefold().split()
)


def password_fault(password: str, username: str, *more: str) -> str | None:
    """Return why a new password is refused, as a Vietnamese sentence, or None when it is good.

    Args:
        password: what the person chose.
        username: what they sign in with, as they typed it.
        more: other words that a stranger would try first, e.g. their name.
    """
    text = _normal(password)
    if len(text) < MIN_LENGTH:
        return f"Mật khẩu cần ít nhất {MIN_LENGTH} ký tự."
    if len(text) > MAX_LENGTH:
        return f"Mật khẩu dài nhất {MAX_LENGTH} ký tự."
    if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in password):
        return "Mật khẩu có ký tự không gõ được; bạn hãy gõ lại bằng tay."
    return _easy_to_guess(text, username, more)


def _easy_to_guess(text: str, username: str, more: Sequence[str]) -> str | None:
    if _is_common(text):
        return "Mật khẩu này nhiều người dùng, dễ bị đoán; bạn hãy chọn mật khẩu khác."
    if username and username.casefold() in text.casefold():
        return "Mật khẩu không được chứa tên đăng nhập."
    if _is_guessable(text, (username, *more)):
        return "Mật khẩu này dễ bị đoán; bạn hãy ghép ba, bốn từ không liên quan nhau, ví dụ tên một con vật và một món ăn."
    return None


def _is_guessable(text: str, words: Sequence[str]) -> bool:
    """Tell whether a list of common passwords, dates, keyboard rows and the person's own words lead to it soon."""
    from zxcvbn import zxcvbn  # noqa: PLC0415 - its word lists take 10 MiB; only who sets passwords loads them

    known = [part for word in words for part in (word, *word.split(), *slug(word).split("-")) if part]
    return float(zxcvbn(text[:_JUDGED], user_inputs=known)["guesses"]) < _GUESSES


def _is_common(text: str) -> bool:
    folded = "".join(text.casefold().split())
    return folded in _COMMON or len(set(folded)) <= 2  # noqa: PLR2004 - "aaaaaaaa", "12121212"


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password; the same word in NFC and NFD gives the same password."""
    return _PASSWORDS.hash(_normal(password))


def hash_code(code: str) -> str:
    """Return the argon2id hash of an activation code."""
    return _CODES.hash(code)


def matches(hashed: str | None, typed: str) -> bool:
    """Tell whether a typed password or code is the hashed one; without a hash, the same work and False."""
    known = hashed is not None
    try:
        return _PASSWORDS.verify(hashed or _nobody(), _normal(typed)[: 4 * MAX_LENGTH]) and known
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _PASSWORDS.hash("nobody has this password")


def _normal(text: str) -> str:
    """Return NFC without broken surrogates, which no password that was set can hold."""
    return unicodedata.normalize("NFC", text).encode("utf-8", "replace").decode()
