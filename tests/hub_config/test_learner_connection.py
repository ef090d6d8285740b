"""A page's line asks its kernel again until it is heard, and no longer; a learner's server uses such lines."""

import asyncio
from types import SimpleNamespace

import pytest
import zmq.asyncio
from jupyter_client.session import Session
from traitlets.config import Config

from hub_config.learner.connection import PAUSES, QuickConnection
from hub_config.learner.server import configure


@pytest.fixture
def line(tmp_path):
    """Return a function that runs a coroutine with a kernel's control socket, and a line that leads to it."""

    def play(act):
        async def scene():
            with zmq.asyncio.Context() as context, context.socket(zmq.ROUTER) as kernel:
                kernel.linger = 0
                kernel.bind(f"ipc://{tmp_path}/control")

                def connect():
                    own = zmq.Context.shadow(context).socket(zmq.DEALER)
                    own.linger = 0
                    own.connect(f"ipc://{tmp_path}/control")
                    return own

                manager = SimpleNamespace(connect_control=connect)
                return await act(kernel, SimpleNamespace(kernel_manager=manager, session=Session(key=b"k")))

        return asyncio.run(scene())

    return play


async def asked(kernel, session):
    """Return what the kernel was asked, in order."""
    kinds = []
    while await kernel.poll(300):
        _, parts = session.feed_identities(await kernel.recv_multipart())
        kinds.append(session.deserialize(parts)["msg_type"])
    return kinds


def test_it_asks_again_while_nothing_is_heard(line):
    async def act(kernel, own):
        await QuickConnection.ask_again(own, asyncio.get_running_loop().create_future())
        return await asked(kernel, own.session)

    assert line(act) == ["kernel_info_request"] * len(PAUSES)


def test_it_stops_when_the_kernel_is_heard(line):
    async def act(kernel, own):
        heard = asyncio.get_running_loop().create_future()
        asking = asyncio.ensure_future(QuickConnection.ask_again(own, heard))
        await kernel.poll(5000)
        heard.set_result(None)
        await asking
        return await asked(kernel, own.session)

    assert 1 <= len(line(act)) < len(PAUSES)


def test_a_kernel_that_was_heard_at_once_is_left_alone(line):
    async def act(kernel, own):
        heard = asyncio.get_running_loop().create_future()
        heard.set_result(None)
        await QuickConnection.ask_again(own, heard)
        return await asked(kernel, own.session)

    assert line(act) == []


def test_a_learners_server_uses_such_lines():
    config = Config()
    configure(config)
    assert config.ServerApp.kernel_websocket_connection_class == (
        f"{QuickConnection.__module__}.{QuickConnection.__name__}"
    )
