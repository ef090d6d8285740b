"""The learner's server: a process in a cell, with its own home, the lessons in it, and nothing secret around it."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import sys
from pathlib import Path
from typing import Any

import psutil
from jupyterhub.spawner import SimpleLocalProcessSpawner
from traitlets import Bool, Instance, Integer

from courses.player.view import learner_env
from courses.site import Site, database_url, layout
from hub_config import homes, people
from hub_config.cell import identity, making, relay
from hub_config.cell.spec import Cell
from hub_config.idle.times import cull_kernels, tell_activity_every
from hub_config.launch import PLAIN, Launch, require_cells
from hub_config.services import doors_to, levels

LEARNER = Path(__file__).resolve().parent / "learner"


class LearnerSpawner(SimpleLocalProcessSpawner):  # type: ignore[misc]  # JupyterHub has no types
    """Start ``jupyterhub-singleuser`` for one learner.

    The process gets a short list of variables, never the hub's environment: no data folder, no database
    address, no provider's key.
    """

    site = Instance(Site).tag(config=True)
    launch = Instance(Launch).tag(config=True)
    isolate = Bool(default_value=False, help="Give each learner a cell where the machine allows it.").tag(
        config=True
    )
    started = Integer(0, help="When the process began: with its number, that names it for ever.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - traitlets' own signature
        super().__init__(*args, **kwargs)
        self.cmd = [sys.executable, "-m", "hub_config.learner"]
        self.args = [f"--config={LEARNER / 'server_config.py'}", *cull_kernels(self.site.idle)]
        self.disable_user_config = True  # a config file in the home must not switch extensions back on
        self.env_keep = ["PATH", "VIRTUAL_ENV"]
        self.default_url = "/lab"
        self.home_dir = str(homes.home_of(layout(self.site).homes, self.user.name)) if self.user else ""
        self.notebook_dir = self.home_dir
        self.cell = Cell(home=self.home_dir)

    async def start(self) -> Any:  # noqa: ANN401 - JupyterHub's own signature
        """Lay out the home, then start the process."""
        await self.lay_out()
        return await self.start_plain()

    async def lay_out(self) -> None:
        """Put the lessons into the home and decide the environment."""
        self.environment = await asyncio.to_thread(self._prepare)

    async def start_plain(self) -> Any:  # noqa: ANN401 - JupyterHub's own signature
        """Start the process as JupyterHub does, in the learner's cell."""
        self.cmd = [*making.command(self.cell), sys.executable, "-m", "hub_config.learner"]
        address = await super().start()
        self.started = identity.began(self.pid)
        return self.address or address

    @property
    def address(self) -> str:
        """Return where the server answers when it is in a cell, else nothing."""
        return making.address(self.cell) if self.cell.entrance else ""

    def load_state(self, state: dict[str, Any]) -> None:
        """Find a server that outlived the hub."""
        super().load_state(state)
        self.started = state.get("started", 0)

    def get_state(self) -> dict[str, Any]:
        """Return what finds the server again, and only it: its number may be somebody else's by then."""
        state: dict[str, Any] = super().get_state()
        return state | {"started": self.started} if self.started else state

    def clear_state(self) -> None:
        """Forget the server."""
        super().clear_state()
        self.started = 0

    async def _signal(self, sig: int) -> bool:
        """Signal the server itself, never a process that got its number."""
        return identity.signal(self.pid, self.started, sig)

    async def end_now(self) -> None:
        """Kill all processes of the learner and wait until they are gone; the hub notices by itself."""
        await self._signal(signal.SIGKILL)
        while await self._signal(0):  # noqa: ASYNC110 - nobody tells when a process is gone
            await asyncio.sleep(0.02)

    def processes(self) -> list[int]:
        """Return the numbers of the server and of all that it started."""
        try:
            below = psutil.Process(self.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []
        return [self.pid, *(process.pid for process in below)]

    def _limits(self) -> dict[str, int]:
        most = self.site.limits
        return {
            "memory_mib": most.memory_mib,
            "processes": most.processes,
            "files": most.open_files,
            "file_mib": most.file_mib,
        }

    def _prepare(self) -> dict[str, str]:
        place = layout(self.site)
        Path(self.home_dir).mkdir(mode=0o700, parents=True, exist_ok=True)
        for level in levels(self.site):
            homes.deliver(place.course(level) / "release", Path(self.home_dir), level)
        sockets = self.launch.runtime / hashlib.sha256(self.user.name.encode()).hexdigest()[:10]
        sockets.mkdir(mode=0o700, exist_ok=True)
        if self.isolate:
            self.cell = making.make(place.data, self.user.name, Path(self.home_dir), sockets, self._limits())
        if not self.cell.name:  # other machines may reach this hub only while learners are apart
            require_cells(self.launch.bind, lambda: PLAIN)
        url = database_url(self.site)
        person = people.find(url, self.user.name)
        return self._addresses() | {
            "BDHAI_CASE": person.target if person else "citizen",
            # `openai.OpenAI()` in a kernel asks the gateway, as this learner: the key is the hub's token of the server.
            "OPENAI_API_KEY": self.api_token,
            "BDHAI_FILE_MIB": str(self.site.uploads.file_mib),
            "BDHAI_SAMPLE": "1" if people.is_sample(url) else "0",
            "JUPYTER_PATH": os.pathsep.join(
                (str(LEARNER / "share" / "jupyter"), learner_env()["JUPYTER_PATH"])
            ),
            "JUPYTER_CONFIG_PATH": str(LEARNER / "etc"),  # JupyterLab asks nobody about news
            "JUPYTER_RUNTIME_DIR": str(sockets),  # short: a unix socket's path has room for 107 characters
            "JUPYTERHUB_ACTIVITY_INTERVAL": str(tell_activity_every(self.site.idle)),
            "PYTHONNOUSERSITE": "1",
            "LANG": "C.UTF-8",
        }

    def _addresses(self) -> dict[str, str]:
        """Return where the learner's programs find portal and AI gateway: in a cell straight through its doors."""
        portal = ai = self.launch.address
        doors = {}
        if self.cell.entrance:
            ports = doors_to(self.launch)
            portal, ai = (f"http://127.0.0.1:{ports[name]}" for name in ("portal", "ai"))
            doors = {relay.DOORS: making.leading(self.launch.runtime, ports)}
        return doors | {
            "BDHAI_PORTAL_URL": f"{portal}/services/portal",
            "BDHAI_AI_URL": f"{ai}/services/ai/v1",
            "OPENAI_BASE_URL": f"{ai}/services/ai/v1",
        }
