"""A call, and a client of a local server."""

from __future__ import annotations

import asyncio

import pytest

from autograder.asking import Call, Pace
from autograder.asking.client import Client
from tests.fake_openai import FakeOpenAI


@pytest.fixture
def call():
    """Return what makes a call that differs by its text."""

    def make(text="Chào AI"):
        return Call("fake", "Chỉ trả lời.", text, {"type": "text"}, 100, "k")

    return make


@pytest.fixture
def server():
    with FakeOpenAI() as fake:
        yield fake


@pytest.fixture
def client(server):
    """Return what makes a client of the server."""

    def make(most=8, **options):
        known = {"timeout": 5.0, "retries": 0, "pace": Pace(most)}
        return Client(server.base_url, "key", "fake", **(known | options))

    return make


@pytest.fixture
def ask_all():
    """Ask several calls at once; return replies and exceptions in their order."""

    def ask(client, calls):
        async def go():
            try:
                return await asyncio.gather(*(client.ask(one) for one in calls), return_exceptions=True)
            finally:
                await client.aclose()

        return asyncio.run(go())

    return ask
