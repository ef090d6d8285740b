"""The gateway as the process that the hub starts, killed with nine: at most two seconds of counted use are lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import httpx2
import pytest
import tornado.web
from sqlalchemy import select

from courses.school.db import open_engine, session
from courses.site import REPOSITORY
from hub_config.ai.local import free_port
from hub_config.ai.models import AiUsage
from hub_config.database import migrate
from tests.hub_config.ai.conftest import WhoAmI

QUESTIONS = 24
TOLD = 2.0  # seconds, as docs/ai.md says
PAUSE = 0.25  # seconds between two questions
WRITING = 1.0  # seconds that the write itself may take on a busy machine


@pytest.fixture
def start(tmp_path, running, fake):
    """Return a context manager: a gateway process of one site, and its address."""
    (tmp_path / "site.yaml").write_text(f"ai: {{per_minute: 600, per_day: {QUESTIONS}}}\n")
    migrate(f"sqlite:///{tmp_path / 'bdhai.sqlite'}")
    hub, port = running.serve(lambda: tornado.web.Application([(r"/hub/api/user", WhoAmI)])), free_port()
    env = {
        "BDHAI_DATA": str(tmp_path),
        "BDHAI_SITE": str(tmp_path / "site.yaml"),
        "BDHAI_AI": "",
        "OPENAI_BASE_URL": fake.base_url,
        "OPENAI_API_KEY": "the-secret-key",
        "OPENAI_MODEL": "fake-1",
        "JUPYTERHUB_API_TOKEN": "ai-token",
        "JUPYTERHUB_API_URL": f"{hub}/hub/api",
        "JUPYTERHUB_SERVICE_NAME": "ai",
        "JUPYTERHUB_SERVICE_PREFIX": "/services/ai/",
        "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{port}",
    }

    @contextmanager
    def go():
        with (tmp_path / "log").open("a") as log:
            command = [sys.executable, "-m", "hub_config.ai"]
            process = subprocess.Popen(command, env=os.environ | env, cwd=REPOSITORY, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}/services/ai/v1"
            wait_for(process, address)
            yield process, address
        finally:
            process.terminate()
            process.wait(30)

    return go


def wait_for(process, address):
    until = time.monotonic() + 60
    while True:
        try:
            httpx2.get(f"{address}/models")
        except httpx2.TransportError:
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.1)
        else:
            return


@pytest.fixture
def counted(tmp_path):
    """Return a function that reads the one row of the day."""
    engine = open_engine(f"sqlite:///{tmp_path / 'bdhai.sqlite'}")

    def row():
        with session(engine) as db:
            return db.scalars(select(AiUsage)).one()

    yield row
    engine.dispose()


@pytest.mark.timeout(180)
def test_a_kill_loses_two_seconds_of_counts_at_most_and_the_days_limit_stands(start, counted, ask):
    answered = []
    with start() as (process, address):
        for _ in range(QUESTIONS):
            assert ask(address).status_code == 200
            answered.append(time.monotonic())
            time.sleep(PAUSE)
        killed = time.monotonic()
        process.send_signal(signal.SIGKILL)
        assert process.wait(30) == -signal.SIGKILL

    old = sum(moment < killed - TOLD - WRITING for moment in answered)
    assert old > QUESTIONS // 4
    kept = counted()
    assert old <= kept.questions <= QUESTIONS
    assert kept.completion_tokens % 9 == 0  # the stand-in's reply has nine words
    assert old <= kept.completion_tokens // 9 <= kept.questions

    with start() as (_, address):
        statuses = [ask(address).status_code for _ in range(QUESTIONS - old + 1)]
    allowed = statuses.count(200)
    assert allowed == QUESTIONS - kept.questions
    assert statuses[allowed:] == [429] * (len(statuses) - allowed)
    again = counted()
    assert (again.questions, again.refused) == (QUESTIONS, {"quota": len(statuses) - allowed})
