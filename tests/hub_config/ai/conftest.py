"""A gateway on a free port, between a local provider and a local stand-in of the hub's token check."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable

import httpx2
import pytest
import tornado.httpserver
import tornado.netutil
import tornado.web
from jupyterhub.services.auth import HubAuth
from pydantic import SecretStr

from hub_config.ai.app import make_app
from hub_config.ai.gateway import Gateway
from hub_config.ai.limits import Limits, Meter
from hub_config.ai.provider import Provider
from hub_config.ai.upstream import Retries, Upstream
from tests.fake_openai import FakeOpenAI

SCOPE = "access:services!service=ai"
PEOPLE = {
    "an-token": {"kind": "user", "name": "an", "scopes": [SCOPE]},
    "binh-token": {"kind": "user", "name": "binh", "scopes": [SCOPE]},
    "stranger-token": {"kind": "user", "name": "stranger", "scopes": ["self"]},
    "daily-token": {"kind": "service", "name": "daily", "scopes": [SCOPE]},
}


class WhoAmI(tornado.web.RequestHandler):
    """The hub's ``/hub/api/user``: tells whose token it is."""

    def get(self) -> None:
        token = self.request.headers.get("Authorization", "").removeprefix("token ")
        if token not in PEOPLE:
            self.set_status(403)
            self.finish("{}")
            return
        person = PEOPLE[token]
        self.finish(json.dumps(person | {"admin": False, "groups": [], "session_id": None}))


class Running:
    """Tornado applications in a thread of their own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._servers: list[tornado.httpserver.HTTPServer] = []
        self._thread.start()

    def do(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def serve(self, make: Callable[[], tornado.web.Application]) -> str:
        async def go() -> int:
            server = tornado.httpserver.HTTPServer(make())
            (socket,) = tornado.netutil.bind_sockets(0, "127.0.0.1")
            server.add_socket(socket)
            self._servers.append(server)
            return socket.getsockname()[1]

        return f"http://127.0.0.1:{self.do(go())}"

    def close(self) -> None:
        async def go() -> None:
            for server in self._servers:
                server.stop()
                await server.close_all_connections()

        self.do(go())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)
        self.loop.close()


@pytest.fixture
def running():
    running = Running()
    yield running
    running.close()


@pytest.fixture
def fake():
    with FakeOpenAI() as server:
        yield server


@pytest.fixture
def provider(fake):
    return Provider(
        kind="openai", model="fake-1", base_url=fake.base_url, api_key=SecretStr("the-secret-key")
    )


@pytest.fixture
def open_gateway(running):
    """Open a gateway and return its address; limits are wide unless told."""
    opened: list[Gateway] = []
    hub = running.serve(lambda: tornado.web.Application([(r"/hub/api/user", WhoAmI)]))

    def go(provider: Provider | None, limits: Limits | None = None, **more: object) -> str:
        meter = Meter(limits or Limits(per_minute=1000, per_day=1000, at_once=1000))

        def make() -> tornado.web.Application:
            auth = HubAuth(api_url=f"{hub}/hub/api", api_token="ai-token", access_scopes={SCOPE})
            shared = {"meter": meter, "upstream": Upstream(Retries(first=0.01)), **more}
            gateway = Gateway(auth, provider, **shared)
            opened.append(gateway)
            return make_app(gateway)

        return f"{running.serve(make)}/services/ai/v1"

    yield go
    for gateway in opened:
        running.do(gateway.close())


@pytest.fixture
def ask():
    """POST one question and return the response."""

    def go(address: str, text: str = "Chào bạn", token: str = "an-token", **body: object) -> httpx2.Response:
        question = {"model": "any", "messages": [{"role": "user", "content": text}], **body}
        return httpx2.post(
            f"{address}/chat/completions",
            json=question,
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        )

    return go
