"""WebSockets through either proxy: whole, in order, in the protocol that the server chose; and they end when an end dies."""

import asyncio
import time

import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from tests.hub_config.proxy.guarded import MAKES, cookie, door_cookie, school, servers, target
from tests.hub_config.proxy.test_passing import add_route


@pytest.fixture(scope="module", params=MAKES)
def gate(request):
    with school(request.param) as (running,):
        yield running


def talk(gate, said, who="lan", protocols=None, *, ends=False):
    """Open a WebSocket to somebody's server, run ``said(line)`` and return what that returns; ``ends``: it reads to the end itself."""

    async def run():
        url = f"ws://127.0.0.1:{gate.port}/user/{who}/ws"
        headers = cookie(door_cookie(f"/user/{who}/"))
        line = await websocket_connect(HTTPRequest(url, headers=headers), subprotocols=protocols)
        try:
            return await asyncio.wait_for(said(line), 20)
        finally:
            line.close()
            while not ends and await line.read_message() is not None:
                pass

    return asyncio.run(run())


def test_messages_arrive_whole_and_in_order_from_the_first_one_on(gate):
    async def said(line):
        sent = ["xin chào", b"\x00\xff" * 200_000, "", *map(str, range(300))]
        for message in sent:
            line.write_message(message, binary=isinstance(message, bytes))
        assert await line.read_message() == "chào lan"
        assert [await line.read_message() for _ in sent] == sent

    talk(gate, said)


def test_the_protocol_is_what_the_server_chose(gate):
    async def chosen(line):
        return line.selected_subprotocol

    assert talk(gate, chosen, protocols=["v0", "v1"]) == "v1"
    assert talk(gate, chosen, protocols=["v0"]) is None


def test_a_server_that_ends_says_why(gate):
    async def said(line):
        await line.read_message()
        line.write_message("end")
        assert await line.read_message() is None
        return line.close_code, line.close_reason

    assert talk(gate, said, ends=True) == (4001, "hết giờ")


def test_a_line_ends_at_once_when_its_server_is_killed(gate, tmp_path):
    with servers(tmp_path, "mai") as process:
        add_route(gate.api, target(tmp_path / "mai"), "/user/mai")

        async def said(line):
            assert await line.read_message() == "chào mai"
            began = time.monotonic()
            process.kill()
            assert await line.read_message() is None
            return time.monotonic() - began

        assert talk(gate, said, "mai", ends=True) < 5
