"""The pure-Python proxy, which passes replies on as they come and as they are.

Stock configurable-http-proxy 0.4.0 reads each reply to its end and unpacks it (a lesson's first open took
76 kB instead of 21), and asks for ten things at once in the whole school at most. Routes, websockets, the API
and the command line are all its own.
"""

from __future__ import annotations

import asyncio
import socket
import string
import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from configurable_http_proxy import cli, configproxy
from tornado.httpclient import AsyncHTTPClient
from tornado.httputil import HTTPHeaders, parse_response_start_line
from tornado.netutil import DefaultLoopResolver, Resolver
from tornado.web import Application

from hub_config import door
from hub_config.proxy.websockets import WebSocketsHandler

AT_ONCE = 10_000  # requests under way; the machine's own limits come first
LARGEST_REPLY = 2**31  # bytes; nothing is kept in memory
_HOP_BY_HOP = frozenset({"transfer-encoding", "connection", "keep-alive"})


class PassingHandler(WebSocketsHandler):
    """Writes each part of a reply the moment it comes, still compressed."""

    def compute_etag(self) -> str | None:
        """Leave ETags to the target: only it knows what its page depends on."""
        return None

    async def get_target_url(self, path: str | None) -> str | None:
        """Return the target; a unix socket is a host whose name is the path, see ``SocketResolver``.

        The address goes on as it came: the stock handler writes it anew, and ``%2F`` becomes a stroke.
        """
        url: str | None = await super().get_target_url(path)
        if url is None or not self.may_pass():
            return None
        own = quote(self.request.path, safe=string.punctuation, encoding="latin-1")
        target = urlsplit(url.replace("http+unix://", "http://", 1))
        return target._replace(path=own).geturl()

    def may_pass(self) -> bool:
        """Tell whether the request may go to its target; if not, it has been answered."""
        return True

    async def call_proxy(self, path: str | None = None) -> None:
        """Ask the target and pass its reply on."""
        url = await self.get_target_url(path)
        if url is None:
            return
        request = self._get_proxy_request(url)
        request.decompress_response = False
        self.keep_the_way(request.headers)
        reply = _Reply(self)
        request.header_callback, request.streaming_callback = reply.header, reply.part
        try:
            await AsyncHTTPClient().fetch(request, raise_error=False)
        except Exception as error:  # noqa: BLE001 - whatever the target does becomes a 503, as in the stock handler
            await self._broken(error)
            return
        if not reply.begun:  # the client answers some faults (599) without any header
            await self.handle_proxy_error(503, None)
            return
        self.finish()

    async def _broken(self, error: Exception) -> None:
        if (
            self._headers_written
        ):  # too late for a status: end the connection, so that nobody takes it for whole
            self.request.connection.stream.close()
        else:
            self.clear()
            await self.handle_proxy_error(503, error)


class GuardingHandler(PassingHandler):
    """Lets a browser into a learner's server only if it is that learner's, see ``hub_config.door``."""

    async def get_target_url(self, path: str | None) -> str | None:
        """Return the target of an address that can't be read in two ways."""
        if door.is_plain(self.request.path):
            return await super().get_target_url(path)
        await self.handle_proxy_error(404, None)
        return None

    def may_pass(self) -> bool:
        """Look at the cookies; send others to the hub."""
        place = self.target["prefix"]
        headers = self.request.headers
        if not place.startswith("/user/") or door.is_program(headers.get("Authorization", "")):
            return True
        cookies = door.cookies_of(headers.get_list("Cookie"))
        if door.is_open(self.proxy.auth_token or "", place, cookies, time.time()):
            return True
        if self.request.method in {"GET", "HEAD"} and "Upgrade" not in headers:
            self.redirect(door.ask_at(self.request.uri or place))
        else:
            self.set_status(403)
            self.finish()
        return False


class _Reply:
    """A reply on its way through."""

    def __init__(self, handler: PassingHandler) -> None:
        self._handler = handler
        self._lines: list[str] = []
        self.begun = False

    def header(self, line: str) -> None:
        """Collect header lines; the empty one is the last."""
        if line.strip():
            self._lines.append(line)
            return
        start, *rest = self._lines
        self._lines = []
        first = parse_response_start_line(start.strip())
        self._begin(first.code, first.reason, HTTPHeaders.parse("".join(rest)))

    def _begin(self, code: int, reason: str, headers: HTTPHeaders) -> None:
        handler = self._handler
        handler.set_status(code, reason)
        handler.clear_header("Content-Type")
        given = [(name, value) for name, value in headers.get_all() if name.lower() not in _HOP_BY_HOP]
        for name in {name for name, _ in given}:
            handler.clear_header(name)
        for name, value in given:
            handler.add_header(name, value)
        self.begun = True

    def part(self, chunk: bytes) -> None:
        """Write a part; a visitor who left needs no more of it."""
        if not self._handler.request.connection.stream.closed():
            self._handler.write(chunk)
            asyncio.ensure_future(self._handler.flush()).add_done_callback(_forget)


def _forget(written: asyncio.Future[None]) -> None:
    """Take a failed write's error: the visitor left, and nobody can be told."""
    if not written.cancelled():
        written.exception()


class SocketResolver(Resolver):
    """Finds the targets: numbers as they are, and unix sockets by the path that the proxy's routes name."""

    async def resolve(
        self, host: str, port: int, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[tuple[int, Any]]:
        """Return family and address of a target."""
        if host.lower().startswith("%2f"):
            return [(socket.AF_UNIX, unquote(host))]
        found: list[tuple[int, Any]] = await DefaultLoopResolver().resolve(host, port, family)
        return found


class PassingProxy(configproxy.PythonProxy):  # type: ignore[misc]  # the package has no types
    """The stock proxy with our way of passing replies on."""

    handler: type[PassingHandler] = PassingHandler

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self.proxy_app = Application([(r"/(.*)", self.handler, {"proxy": self})])

    def target_for_req(self, host: str | None, path: str) -> dict[str, str] | None:
        """Return whose address a path is. The stock method decodes it again, and ``%252F`` becomes a stroke."""
        del host
        route = self._routes.get_target(path)
        return {"prefix": route.prefix, "target": route.data["target"]} if route else None


class GuardingProxy(PassingProxy):
    """The same, and a learner's server is its learner's alone."""

    handler = GuardingHandler


def run(arguments: Sequence[str], *, guards: bool) -> None:
    """Run the stock command line with our proxy in it; it has no option for this."""
    Resolver.configure(SocketResolver)  # for websockets too
    AsyncHTTPClient.configure(None, max_clients=AT_ONCE, max_body_size=LARGEST_REPLY)
    cli.PythonProxy = GuardingProxy if guards else PassingProxy
    cli.main(args=list(arguments))
