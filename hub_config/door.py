"""Who may open a learner's address: that learner, and nobody else's browser.

Portal, hub and learners' servers share one origin, and behind ``/user/NAME/`` a learner's own program may answer. So the proxy lets
a browser pass only with a cookie that the hub gave to NAME in this very session; any other browser gets not one byte
from there. Programs, which send a token in ``Authorization``, are the server's own matter: no browser sends that by itself.

``hub_config/node/door.mjs`` says the same to node's proxy, rule for rule; the tests ask both the same questions.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlsplit

from jupyterhub.handlers import BaseHandler
from tornado.web import HTTPError, authenticated

COOKIE = "bdhai-cua"
SESSION = "jupyterhub-session-id"  # JupyterHub's own; changes with each sign-in
HUB_PATH = "/hub/cua"
_PLAIN = re.compile(r"/[!-\[\]-~]*")  # printable ASCII without the backslash
_DOTS = re.compile(r"/(\.|%2e){1,2}(/|$)", re.IGNORECASE)
_LASTS = 7 * 24 * 3600  # seconds


def sign(key: str, place: str, session: str, until: int) -> str:
    """Return the cookie's value.

    Args:
        key: what hub and proxy share.
        place: the address that it opens, ``/user/lan/``.
        session: the browser's session.
        until: Unix time.
    """
    text = "\n".join((COOKIE, place.strip("/"), session, str(until)))
    return f"{until}.{hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()}"


def is_open(key: str, place: str, cookies: Mapping[str, str], now: float) -> bool:
    """Tell whether a browser's cookies open a learner's address."""
    shown, session = cookies.get(COOKIE, ""), cookies.get(SESSION, "")
    until = shown.partition(".")[0]
    if not (key and session and until.isdecimal() and len(until) <= 12) or int(until) < now:  # noqa: PLR2004 - digits of a time
        return False
    return hmac.compare_digest(shown.encode(), sign(key, place, session, int(until)).encode())


def cookies_of(lines: Iterable[str]) -> dict[str, str]:
    """Return the cookies of all ``Cookie`` lines, as they are; the last of a name counts."""
    pairs = (each.partition("=") for line in lines for each in line.split(";"))
    return {name.strip(" \t"): value.strip(" \t") for name, _, value in pairs}


def is_program(authorization: str) -> bool:
    """Tell whether somebody shows a token: a browser may send a name and password of another door by itself, never that."""
    return authorization.lower().startswith(("token ", "bearer "))


def is_plain(path: str) -> bool:
    """Tell whether a request's path means the same to everybody; browsers send no other, for they resolve the rest themselves."""
    return bool(_PLAIN.fullmatch(path)) and not _DOTS.search(path)


def ask_at(path: str) -> str:
    """Return where a browser gets the cookie and is sent back."""
    return f"{HUB_PATH}?next={quote(path, safe='/')}"


class DoorHandler(BaseHandler):  # type: ignore[misc]  # JupyterHub has no types
    """``/hub/cua``: gives the cookie for one's own address, and leads back."""

    @authenticated
    def get(self) -> None:
        """Open one's own address; another's is not opened."""
        place = self.current_user.base_url
        wanted = self.get_query_argument("next", place)
        if f"{wanted}/" == place:  # a cookie for /user/lan/ is not sent to /user/lan
            wanted = place
        if not wanted.startswith(place) or urlsplit(wanted).netloc:
            raise HTTPError(403)
        if not self.get_session_cookie():
            self.set_session_cookie()
        session = self.get_session_cookie() or self._session_id
        value = sign(self.proxy.auth_token, place, session, int(time.time()) + _LASTS)
        self.set_cookie(
            COOKIE,
            value,
            path=place,
            max_age=_LASTS,
            httponly=True,
            samesite="Lax",
            secure=self.request.protocol == "https",
        )
        self.redirect(wanted)
