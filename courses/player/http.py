"""One JSON request to one of our own services, with the server's token; the standard library only.

``Stream`` is a request whose answer is read while it comes.
"""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import cast
from urllib.parse import urlsplit

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


class Stream:
    """A JSON request whose answer is read line by line while it comes. ``stop`` may be called by another thread.

    Args:
        url: absolute http or https address.
        token: the server's JupyterHub token.
        timeout: seconds to wait for the connection and for each read.
    """

    def __init__(self, url: str, token: str, timeout: float) -> None:
        self._parts = urlsplit(url)
        kind = HTTPSConnection if self._parts.scheme == "https" else HTTPConnection
        self._connection = kind(self._parts.netloc, timeout=timeout)
        self._headers = {"Authorization": f"token {token}", "Content-Type": "application/json"}
        self._socket: socket.socket | None = None  # the connection forgets it once an answer begins
        self.stopped = False

    def post(self, body: Json) -> Iterator[str] | Reply:
        """Send the request; return the lines of a good answer, or the whole of any other.

        Raises:
            Unreachable: when no HTTP answer came; the lines raise it, too, when the answer is cut.
        """
        data = json.dumps(body, ensure_ascii=False).encode()
        try:
            self._connection.connect()
            self._socket = self._connection.sock
            self._connection.request("POST", self._parts.path, data, self._headers)
            answer = self._connection.getresponse()
            if answer.status != 200:  # noqa: PLR2004 - HTTP OK
                return Reply(answer.status, _object(answer.read()))
        except (OSError, HTTPException, ValueError) as error:
            raise Unreachable(str(error)) from error
        return self._lines(answer)

    @staticmethod
    def _lines(answer: Iterator[bytes]) -> Iterator[str]:
        try:
            for line in answer:
                yield line.decode(errors="replace").rstrip("\r\n")
        except (OSError, HTTPException, ValueError) as error:
            raise Unreachable(str(error)) from error

    def stop(self) -> None:
        """Cut the connection, so that the other end stops, too; a read that waits ends at once."""
        self.stopped = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()


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
