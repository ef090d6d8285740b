"""What the programme's own web pages share: who is signed in, safe headers, and how a service starts and stops."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from jupyterhub.services.auth import HubOAuth, HubOAuthenticated, UserNotAllowed
from tornado.httpserver import HTTPServer
from tornado.web import Application, HTTPError, RequestHandler

MAX_BODY = 256 * 1024
SERVER_BODY = 1024 * 1024  # above this tornado itself hangs up
_TOKEN = re.compile(r"(token|bearer) [!-~]{1,512}", re.IGNORECASE)

# No script at all: pages are plain documents and forms.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


class HubDown(Exception):  # noqa: N818 - a state of the hub, told to people as it is
    """The hub did not answer, so nobody can be recognised right now."""


class SignedIn(HubOAuthenticated, RequestHandler):  # type: ignore[misc]  # JupyterHub has no types
    """A handler that knows the hub user of a request, found without blocking other requests.

    A cookie counts for reading pages, and for writing only with the page's ``_xsrf`` value; a token in
    ``Authorization`` counts for both. ``hub_user`` is None for everybody else.
    """

    hub_user: str | None = None

    def set_default_headers(self) -> None:
        """Send nothing about the server's make, and everything that keeps a page to itself."""
        self.clear_header("Server")
        self.set_header("Content-Security-Policy", POLICY)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "same-origin")
        self.set_header("Cache-Control", "private, no-store")  # phones are shared

    async def identify(self) -> str | None:
        """Find the hub user of this request.

        Raises:
            HubDown: the hub gave no usable answer.
        """
        if not _TOKEN.fullmatch(self.request.headers.get("Authorization", "token -")):
            del self.request.headers["Authorization"]  # no token of the hub looks like that
        try:
            model = await self.hub_auth.get_user(self, sync=False)
        except HTTPError as error:
            raise HubDown from error
        allowed = self._allowed(model)
        self._hub_auth_user_cache = allowed  # tornado's current_user reads it
        self.hub_user = str(allowed["name"]) if allowed else None
        return self.hub_user

    def _allowed(self, model: dict[str, Any] | None) -> dict[str, Any] | None:
        """Return the hub's model of a person who may open this service; services are no people."""
        try:
            allowed = self.check_hub_user(model) if model else None
        except UserNotAllowed:
            return None
        return cast("dict[str, Any]", allowed) if allowed and allowed["kind"] == "user" else None

    @property
    def has_cookie(self) -> bool:
        """Tell whether the browser sent a login cookie of this service (valid or not)."""
        return bool(self.get_cookie(self.hub_auth.cookie_name))

    def to_login(self) -> None:
        """Send the browser to the hub's login and back."""
        self.redirect(self.get_login_url())


def hub_auth(env: Mapping[str, str] = os.environ) -> HubOAuth:
    """Return the hub's authenticator for a service that the hub started.

    A person who leaves or loses a role is recognised within a minute, not five.
    """
    auth = HubOAuth(base_url=env.get("JUPYTERHUB_SERVICE_PREFIX", "/"))
    auth.cache_max_age = 60
    return auth


def listen(app: Application, env: Mapping[str, str] = os.environ) -> HTTPServer:
    """Listen where the hub expects this service (always loopback)."""
    address = urlsplit(env.get("JUPYTERHUB_SERVICE_URL", "http://127.0.0.1:0"))
    server = HTTPServer(app, xheaders=True, max_body_size=SERVER_BODY, max_buffer_size=SERVER_BODY)
    server.listen(address.port or 0, address="127.0.0.1")
    return server


async def until_stopped(server: HTTPServer) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is under way."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    await stop.wait()
    server.stop()
    await server.close_all_connections()
