"""A zygote whose program is a few lines of a test's own, and what it printed."""

import asyncio
import json
import os
import time

import pytest

from hub_config.cell.spec import Cell
from hub_config.fork.keeper import Keeper, Plan
from hub_config.fork.protocol import Order

PROGRAM = """
import json, os, sys, time
def say(**told):
    print(json.dumps(told), flush=True)
exec(sys.argv[1])
"""


class Bench:
    """Fork programs and read what they say."""

    def __init__(self, folder, keeper):
        self.folder, self.keeper, self.forked = folder, keeper, []

    async def run(self, code, *, env=None, cell=None, name="log"):
        cell = cell or Cell(home=str(self.folder))
        order = Order([code], {"PATH": "/usr/bin:/bin"} | (env or {}), cell.home, cell.to_dict())
        forked = await self.keeper.fork(order, self.folder / name)
        self.forked.append(forked)
        return forked

    async def say(self, code, **options):
        """Run to the end and return what was said."""
        await ended(await self.run(code, **options))
        return json.loads((self.folder / options.get("name", "log")).read_text(encoding="utf-8"))


async def ended(forked, patience=30):
    deadline = time.monotonic() + patience
    while (code := forked.poll()) is None:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)
    return code


@pytest.fixture
def scene(tmp_path, monkeypatch):
    """Run a coroutine that gets a bench; all that it forked is ended afterwards."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "bdhai_program.py").write_text(PROGRAM, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "code"))

    def play(act, imports=("random", "uuid", "ssl", "multiprocessing")):
        (tmp_path / "imports.txt").write_text("\n".join(imports), encoding="ascii")
        plan = Plan(tmp_path / "z.sock", "cells", tmp_path / "imports.txt", "bdhai_program")
        return asyncio.run(_play(act, Bench(tmp_path, Keeper(plan))))

    return play


async def _play(act, bench):
    try:
        return await act(bench)
    finally:
        for forked in bench.forked:
            if forked.poll() is None:
                os.kill(forked.pid, 9)
            forked.close()
        await bench.keeper.close()
