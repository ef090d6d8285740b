"""A learner's real Jupyter server in a temporary home, with the player's own configuration."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from courses.player import learner_env

CONFIG = """
from courses.player import configure_view

c.ServerApp.jpserver_extensions = {
    "jupyterlab": True, "jupyter_lsp": False, "jupyter_server_terminals": False, "notebook": False,
    "notebook_shim": False, "nbgrader": False,
    "nbgrader.server_extensions.assignment_list": False, "nbgrader.server_extensions.course_list": False,
    "nbgrader.server_extensions.formgrader": False, "nbgrader.server_extensions.validate_assignment": False,
}
configure_view(c)
c.IdentityProvider.token = ""
c.ServerApp.password = ""
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"
c.KernelManager.transport = "ipc"
c.NotebookNotary.db_file = ":memory:"
c.HistoryManager.enabled = False
c.LabApp.expose_app_in_browser = True
"""


@dataclass
class LearnerServer:
    url: str  # http://127.0.0.1:PORT/user/nam/
    home: Path
    slug: str
    process: subprocess.Popen

    @property
    def folder(self):
        return self.home / "level1" / self.slug

    @property
    def lesson(self):
        return f"{self.url}voila/render/level1/{self.slug}/{self.slug}.ipynb"

    @property
    def notebook(self):
        return f"level1/{self.slug}/{self.slug}.ipynb"

    @property
    def lab(self):
        return f"{self.url}lab/tree/{self.notebook}"

    def kernels(self):
        """Return the process ids of this server's kernels."""
        found = subprocess.run(
            ["pgrep", "-P", str(self.process.pid), "-f", "ipykernel_launcher"],
            capture_output=True,
            text=True,
            check=False,
        )
        return [int(line) for line in found.stdout.split()]

    def kill_kernel(self, page):
        """End the kernel behind a lesson page as a machine without memory would."""
        kernel = json.loads(page.locator("#bdhai-kernel").text_content())
        for pid in self.kernels():
            if kernel in Path(f"/proc/{pid}/cmdline").read_text():
                os.kill(pid, signal.SIGKILL)
                return
        raise AssertionError(f"no kernel {kernel}")


@contextmanager
def running(root: Path, slug: str, services, **env):
    """Start a server for a home that holds ``level1/<slug>``; stop it afterwards."""
    config = root / "config"
    config.mkdir()
    (config / "jupyter_server_config.py").write_text(CONFIG)
    log = (root / "server.log").open("w")
    port = _free_port()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "jupyterlab",
            "--no-browser",
            "--allow-root",
            f"--ServerApp.port={port}",
            "--ServerApp.port_retries=0",
            "--ServerApp.base_url=/user/nam/",
        ],
        cwd=root / "home",
        stdout=log,
        stderr=log,
        env={
            **os.environ,
            **learner_env(),
            "HOME": str(root / "home"),
            "JUPYTER_CONFIG_DIR": str(config),
            "JUPYTER_RUNTIME_DIR": str(root / "run"),
            "JUPYTER_DATA_DIR": str(root / "data"),
            "BDHAI_PORTAL_URL": f"{services.url}/services/portal",
            "BDHAI_AI_URL": f"{services.url}/services/ai/v1",
            "JUPYTERHUB_API_TOKEN": "ma-rieng",
            "BDHAI_CASE": "citizen",
            **env,
        },
    )
    server = LearnerServer(f"http://127.0.0.1:{port}/user/nam/", root / "home", slug, process)
    try:
        _wait(server)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        log.close()


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(server):
    for _ in range(600):
        if server.process.poll() is not None:
            raise RuntimeError((server.home.parent / "server.log").read_text())
        try:
            urllib.request.urlopen(f"{server.url}api/status", timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the learner's server did not come up")
