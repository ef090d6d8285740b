"""``ForkSpawner``: a learner's server forked from the zygote; when that fails, started as before, and said so."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing
from importlib.metadata import entry_points
from typing import Any

from jupyterhub.utils import random_port
from traitlets import Any as Anything
from traitlets import Bool
from traitlets.config import Config

from courses.site import layout
from hub_config.cell import cgroups
from hub_config.fork.keeper import Zygotes, zygotes
from hub_config.fork.protocol import Forked, ForkError, Order
from hub_config.spawner import LearnerSpawner

PROVISIONER = "bdhai-fork"
SLOWER = "Bàn học mở chậm hơn mọi khi một chút. Bạn đợi thêm nhé, bài làm của bạn vẫn còn nguyên."


class ForkSpawner(LearnerSpawner):
    """Fork the server; everything else (home, environment, cell) is ``LearnerSpawner``'s."""

    forked = Anything(None, help="The process, unless it was started plainly or by an earlier hub.")
    fell_back = Bool(default_value=False, help="The last start was a plain one, because forking failed.")

    @classmethod
    async def warm(cls, config: Config, log: logging.Logger) -> None:
        """Start the zygotes, so that the first learner doesn't wait for their imports."""
        try:
            await zygotes(config.LearnerSpawner.launch.runtime).wake()
        except ForkError as error:
            log.warning("servers will be started plainly: %s", error)

    @property
    def zygotes(self) -> Zygotes:
        """Return the hub's zygotes."""
        return zygotes(self.launch.runtime)

    async def start(self) -> Any:  # noqa: ANN401 - JupyterHub's own signature
        """Lay out the home, then fork; a plain start is slower, not less safe."""
        self.fell_back = False
        await self.lay_out()
        if self.cell.wrapped:  # bubblewrap starts programs only, and no process of ours may join its cell
            return await self.start_plain()
        try:
            return await self._fork()
        except ForkError as error:
            self.log.warning("%s: could not fork, starting a plain server: %s", self._log_name, error)
            self.fell_back = True
            return await self.start_plain()

    async def _fork(self) -> tuple[str, int] | str:
        self.port = self.port or random_port()  # type: ignore[has-type]  # JupyterHub has no types
        order = Order(self.get_args(), self._env(), self.home_dir, self.cell.to_dict())
        log = layout(self.site).logs / "servers" / f"{self.user.name}.log"
        log.parent.mkdir(mode=0o700, exist_ok=True)
        forked = await self.zygotes.servers.fork(order, log)
        self.forked, self.pid, self.started = forked, forked.pid, forked.started
        return self.address or (self.ip or "127.0.0.1", int(self.port))

    def _env(self) -> dict[str, str]:
        env = {name: str(value) for name, value in self.get_env().items()}
        if entry_points(group="jupyter_client.kernel_provisioners", name=PROVISIONER):
            env["JUPYTER_DEFAULT_PROVISIONER_NAME"] = PROVISIONER
            env["BDHAI_KERNELS"] = str(self.zygotes.door / "zygote.sock")
        return env

    async def poll(self) -> int | None:
        """Return None while the server runs, else its exit code (0 when nobody knows it)."""
        if self.proc is not None:
            code: int | None = await super().poll()
            return code
        forked: Forked | None = self.forked
        code = forked.poll() if forked else await self._look()
        if code is not None:
            self.clear_state()
        return code

    async def _look(self) -> int | None:
        return None if await self._signal(0) else 0

    async def stop(self, now: bool = False) -> None:  # noqa: FBT001, FBT002 - JupyterHub's own signature
        """Stop the server and let go of its cgroup."""
        await super().stop(now)
        if self.cell.name:
            await asyncio.to_thread(cgroups.remove, self.cell.name)

    def clear_state(self) -> None:
        """Forget the server."""
        super().clear_state()
        if self.forked is not None:
            self.forked.close()
            self.forked = None

    async def progress(self) -> AsyncIterator[dict[str, Any]]:
        """Tell the page that waits when the start is a slow one."""
        async with aclosing(super().progress()) as events:
            async for event in events:
                yield event
        while not self.fell_back:  # noqa: ASYNC110 - JupyterHub ends this generator with the start
            await asyncio.sleep(0.3)
        yield {"progress": 60, "message": SLOWER, "notice": SLOWER}
