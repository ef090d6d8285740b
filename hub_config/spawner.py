"""The learner's server: a plain process with its own home, the lessons in it, and nothing secret around it."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
from pathlib import Path
from typing import Any

from jupyterhub.spawner import SimpleLocalProcessSpawner
from traitlets import Instance

from courses.player.view import learner_env
from courses.site import Site, database_url, layout
from hub_config import homes, people
from hub_config.idle.times import cull_kernels, tell_activity_every
from hub_config.launch import Launch
from hub_config.services import levels

LEARNER = Path(__file__).resolve().parent / "learner"


class LearnerSpawner(SimpleLocalProcessSpawner):  # type: ignore[misc]  # JupyterHub has no types
    """Start ``jupyterhub-singleuser`` for one learner.

    The process runs under the hub's own account (the hub therefore stays on loopback); it gets a short list
    of variables, never the hub's environment: no data folder, no database address, no provider's key.
    """

    site = Instance(Site).tag(config=True)
    launch = Instance(Launch).tag(config=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - traitlets' own signature
        super().__init__(*args, **kwargs)
        self.cmd = [sys.executable, "-m", "hub_config.learner"]
        self.args = [f"--config={LEARNER / 'server_config.py'}", *cull_kernels(self.site.idle)]
        self.disable_user_config = True  # a config file in the home must not switch extensions back on
        self.env_keep = ["PATH", "VIRTUAL_ENV"]
        self.default_url = "/lab"
        self.home_dir = str(homes.home_of(layout(self.site).homes, self.user.name)) if self.user else ""
        self.notebook_dir = self.home_dir

    async def start(self) -> Any:  # noqa: ANN401 - JupyterHub's own signature
        """Lay out the home, then start the process."""
        self.environment = await asyncio.to_thread(self._prepare)
        return await super().start()

    def _prepare(self) -> dict[str, str]:
        place = layout(self.site)
        for level in levels(self.site):
            homes.deliver(place.course(level) / "release", Path(self.home_dir), level)
        sockets = self.launch.runtime / hashlib.sha256(self.user.name.encode()).hexdigest()[:10]
        sockets.mkdir(mode=0o700, exist_ok=True)
        url = database_url(self.site)
        person = people.find(url, self.user.name)
        return {
            "BDHAI_CASE": person.target if person else "citizen",
            "BDHAI_PORTAL_URL": f"{self.launch.address}/services/portal",
            "BDHAI_AI_URL": f"{self.launch.address}/services/ai/v1",
            # `openai.OpenAI()` in a kernel asks the gateway, as this learner: the key is the hub's token of the server.
            "OPENAI_BASE_URL": f"{self.launch.address}/services/ai/v1",
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
