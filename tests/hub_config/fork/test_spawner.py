"""The spawner with real processes: polling, stopping, a hub that comes back, and the way back to a plain start."""

import asyncio
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from courses.site import Site, layout
from hub_config import database
from hub_config.cell.spec import Cell
from hub_config.fork.keeper import Keeper, Plan, Zygotes
from hub_config.fork.spawner import SLOWER, ForkSpawner
from hub_config.launch import Launch

PROGRAM = "import signal, sys, time; signal.signal(signal.SIGINT, lambda *_: sys.exit(3)); time.sleep(60)"


class Learner:
    """Just what a spawner asks of its user."""

    name = "lan"
    id = 1
    url = "/user/lan/"
    settings: dict[str, object] = {}  # noqa: RUF012 - never changed


class Spawner(ForkSpawner):
    """A spawner without a hub: a given zygote, and none of the hub's variables."""

    given: Zygotes

    @property
    def zygotes(self):
        return self.given

    def get_env(self):
        return {"PATH": "/usr/bin:/bin"}

    def get_args(self):
        return []


@pytest.fixture
def school(tmp_path, monkeypatch):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "bdhai_server.py").write_text(PROGRAM, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "code"))
    site = Site(data=tmp_path / "data", lessons=tmp_path)
    for folder in (layout(site).hub, layout(site).homes, layout(site).logs, layout(site).secrets):
        folder.mkdir(parents=True)
    database.prepare(site, ())
    runtime = tmp_path / "run"
    runtime.mkdir()
    ports = dict.fromkeys(("portal", "ai", "boards"), 9)
    return site, Launch(hub_port=1, proxy_port=2, services=ports, runtime=runtime)


def play(school, act, program="bdhai_server"):
    """Run a coroutine that gets a function which makes spawners."""
    site, launch = school

    async def scene():
        plan = Plan(launch.runtime / "z.sock", "cells", program=program)
        kernels = Keeper(Plan(launch.runtime / "k.sock", "beside", program=program))
        zygotes = Zygotes(Keeper(plan), kernels, launch.runtime)
        made = []

        def make():
            spawner = Spawner(site=site, launch=launch)
            spawner.given, spawner.home_dir = zygotes, str(layout(site).homes / "lan")
            spawner.user = Learner()
            spawner.cell = Cell(home=spawner.home_dir)
            made.append(spawner)
            return spawner

        try:
            return await act(make)
        finally:
            for spawner in made:
                await spawner.stop(now=True)
            await zygotes.servers.close()

    return asyncio.run(scene())


def test_a_server_is_forked_polled_and_stopped(school):
    async def act(make):
        spawner = make()
        address = await spawner.start()
        assert address == ("127.0.0.1", spawner.port)
        assert await spawner.poll() is None
        process = psutil.Process(spawner.pid)
        assert "bdhai_server" in process.cmdline()
        await spawner.stop()
        return process, spawner

    process, spawner = play(school, act)
    assert not process.is_running()
    assert spawner.get_state() == {}
    assert not spawner.fell_back


def test_the_exit_code_of_a_server_that_ends_by_itself_is_known(school):
    async def act(make):
        spawner = make()
        await spawner.start()
        os.kill(spawner.pid, signal.SIGKILL)
        deadline = time.monotonic() + 20
        while (code := await spawner.poll()) is None:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.02)
        return code

    assert play(school, act) == -9


def test_a_hub_that_comes_back_finds_the_server_and_can_stop_it(school):
    async def act(make):
        first, second = make(), make()
        await first.start()
        pid = first.pid
        await first.zygotes.servers.close()  # it goes with the hub
        second.load_state(first.get_state())
        assert await second.poll() is None
        await second.stop()
        return pid, await first.poll(), await second.poll()

    pid, *codes = play(school, act)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    assert codes == [0, 0]


def test_a_process_that_got_the_servers_number_is_neither_polled_nor_ended(school):
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])

    async def act(make):
        spawner = make()
        spawner.load_state({"pid": stranger.pid, "started": 5})
        await spawner.stop(now=True)
        return await spawner.poll()

    try:
        assert play(school, act) == 0
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_when_forking_fails_the_server_starts_plainly_and_the_page_says_so(school):
    async def act(make):
        spawner = make()
        spawner.zygotes.servers._plan.socket.mkdir()  # noqa: SLF001 - the zygote can't bind there
        await spawner.start()
        assert await spawner.poll() is None
        assert spawner.fell_back
        command = psutil.Process(spawner.pid).cmdline()
        told = [event async for event in spawner.progress()]
        await spawner.stop()
        return command, told

    command, told = play(school, act)
    assert "hub_config.learner" in command
    assert told[-1]["notice"] == SLOWER


def test_a_plain_server_is_found_again_too(school):
    async def act(make):
        first, second = make(), make()
        await first.start_plain()
        second.load_state(first.get_state())
        assert await second.poll() is None
        assert second.started == first.started > 0

    play(school, act)


def test_what_a_server_writes_is_kept_for_the_hub_only(school):
    async def act(make):
        await make().start()

    play(school, act)
    log = layout(school[0]).logs / "servers" / "lan.log"
    assert log.stat().st_mode & 0o777 == 0o600
