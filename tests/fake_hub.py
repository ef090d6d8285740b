"""A local server that speaks the part of JupyterHub's API that services use: who is this, and OAuth.

    with FakeHub(["lan", "hung"]) as hub:
        auth = hub.auth("/services/portal/")     # what a service would get from the hub
        hub.token("lan")                          # an API token of that user

A browser signs in by opening ``hub.url + "/login/lan"`` first; ``/hub/api/oauth2/authorize`` then sends it
back with a code, as the hub does when the service needs no confirmation. ``hub.down = True`` breaks it.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
import threading
from collections.abc import Coroutine, Iterable
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

import tornado.httpserver
import tornado.netutil
import tornado.web
from jupyterhub.services.auth import HubOAuth

SCOPE = "access:services"
COOKIE = "fake-hub-user"


class ServerThread:
    """An HTTP server with its own event loop in a thread, on a free loopback port."""

    def __init__(self, app: tornado.web.Application, **options: object) -> None:
        self._app = app
        self._options = options
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._sockets = tornado.netutil.bind_sockets(0, "127.0.0.1")
        self.port = self._sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        self._thread.start()
        self._ready.wait(10)
        return self

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        server = tornado.httpserver.HTTPServer(self._app, **self._options)
        server.add_sockets(self._sockets)
        self._ready.set()
        await self._stop.wait()
        server.stop()
        await server.close_all_connections()

    def run(self, work: Coroutine[None, None, None]) -> None:
        """Run something in the server's own event loop."""
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)


class FakeHub:
    """Users by name; every one may open every service."""

    def __init__(self, users: Iterable[str] = ()) -> None:
        self.tokens = {f"{secrets.token_hex(8)}-{name}": name for name in users}
        self.codes: dict[str, tuple[str, str]] = {}
        self.origins: dict[str, str] = {}  # client id → address of the service, for OAuth in a browser
        self.down = False
        self.asked = 0
        given = {"hub": self}
        self._server = ServerThread(
            tornado.web.Application(
                [
                    ("/hub/api/user", _User, given),
                    ("/hub/api/oauth2/authorize", _Authorize, given),
                    ("/hub/api/oauth2/token", _Token, given),
                    ("/login/(.+)", _Login, given),
                ]
            )
        )

    def __enter__(self) -> Self:
        self._server.start()
        self.url = self._server.url
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()

    def token(self, user: str) -> str:
        """Return an API token of a user."""
        return next(token for token, name in self.tokens.items() if name == user)

    def serve(self, app: tornado.web.Application, auth: HubOAuth, **options: object) -> ServerThread:
        """Start a service of this hub; the caller stops it."""
        server = ServerThread(app, **options).start()
        self.origins[auth.oauth_client_id] = server.url
        return server

    def auth(self, prefix: str) -> HubOAuth:
        """Return the authenticator of a service of this hub."""
        name = prefix.strip("/").rpartition("/")[2]
        auth = HubOAuth(
            api_url=f"{self.url}/hub/api",
            api_token="service-secret",
            base_url=prefix,
            oauth_client_id=f"service-{name}",
            oauth_authorization_url=f"{self.url}/hub/api/oauth2/authorize",
            oauth_token_url=f"{self.url}/hub/api/oauth2/token",
            access_scopes={SCOPE},
        )
        auth.cache_max_age = 60
        return auth


class _Hub(tornado.web.RequestHandler):
    def initialize(self, hub: FakeHub) -> None:
        self.hub = hub

    def prepare(self) -> None:
        if self.hub.down:
            raise tornado.web.HTTPError(503)


class _User(_Hub):
    def get(self) -> None:
        self.hub.asked += 1
        token = self.request.headers.get("Authorization", "").partition(" ")[2]
        name = self.hub.tokens.get(token)
        if name is None:
            raise tornado.web.HTTPError(403)
        kind = "service" if name.startswith("service-") else "user"
        self.write({"kind": kind, "name": name, "groups": [], "admin": False, "scopes": [SCOPE]})


class _Login(_Hub):
    def get(self, user: str) -> None:
        self.set_cookie(COOKIE, user)
        self.write("ok")


class _Authorize(_Hub):
    def get(self) -> None:
        user = self.get_cookie(COOKIE)
        if not user:
            self.write("Đăng nhập")
            return
        code = secrets.token_hex(8)
        self.hub.codes[code] = (user, self.get_query_argument("code_challenge", ""))
        state = self.get_query_argument("state")
        to = self.get_query_argument("redirect_uri")
        # The real hub shares an origin with its services; here a service tells its own (``serve``).
        origin = self.hub.origins[self.get_query_argument("client_id")]
        self.redirect(f"{origin}{to}?{urlencode({'code': code, 'state': state})}")


class _Token(_Hub):
    def check_xsrf_cookie(self) -> None:
        """Services have no cookie."""

    def post(self) -> None:
        user, challenge = self.hub.codes.pop(self.get_body_argument("code"))
        digest = hashlib.sha256(self.get_body_argument("code_verifier").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != challenge.rstrip("="):
            raise tornado.web.HTTPError(400)
        token = secrets.token_hex(8)
        self.hub.tokens[token] = user
        self.write({"access_token": token, "token_type": "Bearer"})
