"""Codes that people read from paper and type: receipts and activation codes."""

from __future__ import annotations

import secrets

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 signs without 0, O, 1, I: five bits each
_HALF = 4


def new_code() -> str:
    """Return a random code of 40 bits, e.g. ``K7MX-9QPD``."""
    signs = [secrets.choice(ALPHABET) for _ in range(2 * _HALF)]
    return "".join(signs[:_HALF]) + "-" + "".join(signs[_HALF:])


def tidy_code(typed: str) -> str:
    """Return what somebody typed in the form of ``new_code``: capitals, one hyphen, no spaces."""
    signs = "".join(sign for sign in typed.upper() if sign.isalnum())
    return f"{signs[:_HALF]}-{signs[_HALF:]}"
