"""One JSON request to one of our own services, with the server's token; the standard library only."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import cast

from courses.player.lesson import Json

TIMEOUT_SECONDS = 10.0

# Our services are on the same machine: a proxy set for the outside world must not see the token.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Unreachable(Exception):  # noqa: N818 - a state of the network, not a fault of the caller
    """No answer came: refused, cut, or too slow."""


@dataclass(frozen=True)
class Reply:
    """An answer. ``body`` is empty when it was not a JSON object."""

    status: int
    body: Json

    @property
    def error(self) -> str:
        """The service's own sentence, or ``""``."""
        said = self.body.get("error")
        return said if isinstance(said, str) else ""


def get(url: str, token: str, timeout: float = TIMEOUT_SECONDS) -> Reply:
    """Ask for a JSON object; see ``post``."""
    return _send(url, token, None, timeout)


def post(url: str, token: str, body: Json, timeout: float = TIMEOUT_SECONDS) -> Reply:
    """Send a JSON object.

    Args:
        url: absolute http or https address.
        token: the server's JupyterHub token.
        body: what to send.
        timeout: seconds to wait for the connection and for each read.

    Raises:
        Unreachable: when no HTTP answer came.
    """
    return _send(url, token, json.dumps(body, ensure_ascii=False).encode(), timeout)


def _send(url: str, token: str, data: bytes | None, timeout: float) -> Reply:
    if not url.startswith(("http://", "https://")):
        raise Unreachable(url)
    request = urllib.request.Request(  # noqa: S310 - the scheme was checked just above
        url,
        data=data,
        headers={"Authorization": f"token {token}", "Content-Type": "application/json"},
        method="GET" if data is None else "POST",
    )
    try:
        with _OPENER.open(request, timeout=timeout) as response:
            return Reply(response.status, _object(response.read()))
    except urllib.error.HTTPError as error:
        with error:
            return Reply(error.code, _object(_rest(error)))
    except (OSError, ValueError) as error:  # URLError and time-outs are OSErrors
        raise Unreachable(str(error)) from error


def _rest(error: urllib.error.HTTPError) -> bytes:
    try:
        return error.read()
    except OSError:
        return b""


def _object(data: bytes) -> Json:
    try:
        value = json.loads(data or b"{}")
    except ValueError:
        return {}
    return cast("Json", value) if isinstance(value, dict) else {}
