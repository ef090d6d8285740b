"""Hold a zygote for the hub: start it, ask it, start it again when it died."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hub_config.fork import preimports
from hub_config.fork.protocol import Forked, ForkError, Order, ask, open_output

_PATIENCE = 120.0  # seconds for all imports, on a busy machine
_PAUSE = 30.0  # seconds before a zygote that could not start is tried again
_KEPT = ("PATH", "VIRTUAL_ENV", "PYTHONPATH")


@dataclass(frozen=True)
class Plan:
    """What a zygote is for; the fields are the options of ``hub_config.fork.zygote``."""

    socket: Path
    gate: str
    imports: Path | None = None
    program: str = ""

    def command(self) -> list[str]:
        """Return the command."""
        options = [f"--socket={self.socket}", f"--gate={self.gate}"]
        options += [f"--imports={self.imports}"] if self.imports else []
        options += [f"--program={self.program}"] if self.program else []
        return [sys.executable, "-P", "-m", "hub_config.fork.zygote", *options]


def clean_env(env: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the zygote's environment: every forked process has it in its memory, so nothing secret."""
    kept = {name: env[name] for name in _KEPT if name in env}
    return kept | {"LANG": "C.UTF-8", "HOME": "/", "PYTHONNOUSERSITE": "1", "MALLOC_ARENA_MAX": "2"}


class Keeper:
    """One zygote. Its processes outlive it; it never outlives the hub, which holds its standard input."""

    def __init__(self, plan: Plan, log: logging.Logger | None = None) -> None:
        self._plan = plan
        self._log = log or logging.getLogger(__name__)
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._one = asyncio.Lock()
        self._not_before = 0.0

    @property
    def pid(self) -> int:
        """Return the zygote's number, 0 when there is none."""
        return self._process.pid if self._process and self._process.returncode is None else 0

    async def fork(self, order: Order, output: Path | None = None) -> Forked:
        """Have a process started; a zygote that died meanwhile is started again first.

        Raises:
            ForkError: it can't be done now.
        """
        await self.wake()
        try:
            return await asyncio.to_thread(_ask, self._plan.socket, order, output)
        except ForkError as error:
            if not isinstance(error.__cause__, (TimeoutError, ConnectionError)):
                raise
            self._log.warning("zygote for %s does not answer: %s", self._plan.gate, error)
        await self._end()
        await self.wake()
        return await asyncio.to_thread(_ask, self._plan.socket, order, output)

    async def wake(self) -> None:
        """Start the zygote unless it runs.

        Raises:
            ForkError: it can't be started; for half a minute nobody tries again.
        """
        async with self._one:
            if self.pid:
                return
            if time.monotonic() < self._not_before:
                raise ForkError("the zygote could not start a moment ago")
            self._not_before = time.monotonic() + _PAUSE
            await self._start()
            self._not_before = 0.0

    async def close(self) -> None:
        """End the zygote; its processes go on."""
        if self._watch:
            self._watch.cancel()
            with suppress(asyncio.CancelledError):
                await self._watch
        if self._process:
            await self._end()
            self._process._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001 - asyncio closes its pipes late

    async def _start(self) -> None:
        began = time.monotonic()
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._plan.command(),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env=clean_env(),
                cwd="/",
                start_new_session=True,
            )
            assert self._process.stdout is not None  # noqa: S101 - asked for above
            said = await asyncio.wait_for(self._process.stdout.readline(), _PATIENCE)
        except (OSError, TimeoutError) as error:
            self._kill()
            raise ForkError(f"the zygote does not start: {error}") from error
        if said != b"ready\n":
            raise ForkError(f"the zygote ended at its start with code {await self._process.wait()}")
        self._log.info("zygote for %s ready in %.1f s", self._plan.gate, time.monotonic() - began)
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._keep())

    async def _keep(self) -> None:
        """Start the zygote again whenever it dies: kernels ask it without the hub."""
        while self._process is not None:
            code = await self._process.wait()
            self._log.warning("zygote for %s ended (%s); it is started again", self._plan.gate, code)
            while not self.pid:
                await asyncio.sleep(0.2)
                with suppress(ForkError):
                    await self.wake()

    def _kill(self) -> None:
        if self.pid and self._process:
            with suppress(ProcessLookupError):
                self._process.kill()

    async def _end(self) -> None:
        self._kill()
        if self._process:
            await self._process.wait()


def _ask(address: Path, order: Order, output: Path | None) -> Forked:
    try:
        handle = open_output(output)
    except OSError as error:
        raise ForkError(f"log: {error}") from error
    try:
        return ask(address, order, handle)
    finally:
        os.close(handle)


@dataclass(frozen=True)
class Zygotes:
    """The two zygotes of a hub: servers, and the kernels that servers ask for."""

    servers: Keeper
    kernels: Keeper
    door: Path  # folder with the kernels' socket: each learner sees it

    async def wake(self) -> None:
        """Start both."""
        await asyncio.gather(self.servers.wake(), self.kernels.wake())


@cache
def zygotes(runtime: Path) -> Zygotes:
    """Return the zygotes of the hub that has this runtime folder; they start when first asked or woken."""
    door = runtime / "kernels"
    door.mkdir(mode=0o755, exist_ok=True)
    door.chmod(0o755)
    servers = Plan(runtime / "servers.sock", "cells", preimports.SERVER)
    kernels = Plan(door / "zygote.sock", "beside", preimports.KERNEL)
    return Zygotes(Keeper(servers), Keeper(kernels), door)
