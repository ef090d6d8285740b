"""Slows down whoever guesses: failures are counted by login and by network address, in the hub's memory.

Only failures count: a class of forty behind one address signs in without waiting. A person who signs in is
forgiven. The school's database keeps its own count for each account, which outlives a restart.
"""

from __future__ import annotations

import ipaddress
import math
import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from tornado.httputil import HTTPServerRequest

from hub_config.cell.relay import CELLS

MINUTES = 15
PER_LOGIN = 10
PER_ADDRESS = 60
ASKED_PER_ADDRESS = 40  # strangers who ask to join without a code, from one address within the window
_LONGEST_KEY = 100


class Throttle:
    """Counts failures within a moving window; numbers are arguments so that tests need no hundred tries."""

    def __init__(
        self,
        per_login: int = PER_LOGIN,
        per_address: int = PER_ADDRESS,
        asked: int = ASKED_PER_ADDRESS,
        minutes: int = MINUTES,
    ) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._login = RateLimitItemPerMinute(per_login, minutes, namespace="login")
        self._address = RateLimitItemPerMinute(per_address, minutes, namespace="address")
        self._asked = RateLimitItemPerMinute(asked, minutes, namespace="asked")

    def wait(self, address: str, login: str) -> int:
        """Return how many minutes somebody must wait before the next try; 0: none."""
        return max(self._left(self._login, login), self._left(self._address, address))

    def failed(self, address: str, login: str) -> None:
        """Count one wrong try; ``login`` is empty where none was named (a class's code)."""
        self._limiter.hit(self._address, address)
        if login:
            self._limiter.hit(self._login, login[:_LONGEST_KEY])

    def succeeded(self, login: str) -> None:
        """Forgive a login's failures; the address keeps its own, or one good account would open the way."""
        self._limiter.clear(self._login, login[:_LONGEST_KEY])

    def may_ask(self, address: str) -> bool:
        """Count one more stranger who asks to join; False: too many came from this address."""
        return self._limiter.hit(self._asked, address)

    def _left(self, item: RateLimitItem, key: str) -> int:
        key = key[:_LONGEST_KEY]
        if not key or self._limiter.test(item, key):
            return 0
        reset = self._limiter.get_window_stats(item, key).reset_time
        return max(1, math.ceil((reset - time.time()) / 60))


def address_of(request: HTTPServerRequest) -> str:
    """Return the network that a request came from: an IPv4 address, or the /64 of an IPv6 one.

    Each proxy writes whom it heard at the end of ``X-Forwarded-For``; proxies on this machine are skipped, and the
    first other address from the end counts. What stands before it came from outside and may be made up, like
    ``X-Real-Ip``, which is never looked at. A program in a cell comes without the proxy: its headers are its own word.
    """
    if is_from_cell(request):
        return _caller(request)
    heard = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    for text in reversed(heard):
        try:
            address = _plain(ipaddress.ip_address(text))
        except ValueError:
            continue
        if not address.is_loopback:
            return _network(address)
    return "127.0.0.1"


def is_from_cell(request: HTTPServerRequest) -> bool:
    """Tell whether a program in a learner's cell sent a request: the connection says so, whatever the headers say."""
    try:
        return ipaddress.ip_address(_caller(request)) in CELLS
    except ValueError:  # a unix socket
        return False


def _caller(request: HTTPServerRequest) -> str:
    """Return the other end of the connection; ``remote_ip`` is what headers made of it."""
    address = getattr(getattr(request.connection, "context", None), "address", None)
    return str(address[0]) if isinstance(address, tuple) else ""


def _plain(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return the IPv4 address that a listener on ``::`` sees as ``::ffff:…``."""
    return getattr(address, "ipv4_mapped", None) or address


def _network(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
