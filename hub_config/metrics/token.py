"""The one token that reads all numbers: in ``secrets/metrics.token``, made once, for the owner's eyes only."""

from __future__ import annotations

import hmac
import os
import secrets

from courses.site import Layout

NAME = "metrics.token"


def make(place: Layout) -> None:
    """Make the token unless there is one."""
    path = place.secrets / NAME
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(secrets.token_hex(32) + "\n")


def read(place: Layout) -> str:
    """Return the token, or an empty text when there is none."""
    try:
        return (place.secrets / NAME).read_text(encoding="ascii").strip()
    except OSError:
        return ""


def opens(token: str, authorization: str) -> bool:
    """Tell whether an ``Authorization`` header holds the token; an empty token opens nothing."""
    kind, _, given = authorization.partition(" ")
    fits = hmac.compare_digest(given.strip().encode(), token.encode())
    return bool(token) and kind.lower() in {"bearer", "token"} and fits
