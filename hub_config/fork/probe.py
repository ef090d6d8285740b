"""``python -m hub_config.fork.probe``: run a learner's server and kernel once and write down what they import.

Run it after a change of dependencies; ``server.txt`` and ``kernel.txt`` beside this file are its result. A list that
is out of date costs time and memory, never correctness. The order is that of the imports: ``_asyncio`` before ``asyncio``
would leave the interpreter with two ideas of the running task.
"""

from __future__ import annotations

import http.server
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import jupyterhub
import nbformat
from jupyter_client.manager import KernelManager

from courses.lessons.build import build_all
from courses.player.view import learner_env
from courses.site import REPOSITORY
from hub_config import homes
from hub_config.fork import preimports
from hub_config.spawner import LEARNER

_DUMP = (
    "import sys; open({path!r}, 'w').write('\\n'.join(name for name, module in list(sys.modules.items()) "
    "if getattr(module, '__spec__', None) and module.__spec__.name == name))"
)
_SERVER = "import atexit, runpy; atexit.register(lambda: exec({dump!r})); runpy.run_module('hub_config.learner', run_name='__main__')"
_NEVER = (
    "__main__",
    "hub_config.learner.__main__",
    "hub_config.learner.server_config",
    "hub_config.learner.kernel",
    "ipykernel_launcher",
)
_USER = {"name": "x", "kind": "user", "admin": False, "groups": [], "scopes": ["access:servers!server=x/"]}


class _Hub(http.server.BaseHTTPRequestHandler):
    """As much of a hub as a server asks of it at its start."""

    def do_GET(self) -> None:
        told = _USER if self.path.endswith("/user") else {"version": jupyterhub.__version__}
        content = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET  # noqa: N815 - its name is the standard library's

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def probe_kernel(lesson: Path, env: dict[str, str], to: Path) -> None:
    """Run a lesson's cells in a kernel and write down what it imported."""
    manager = KernelManager(kernel_name="python3")
    manager.kernel_spec_manager.ensure_native_kernel = True
    manager.start_kernel(cwd=str(lesson.parent), env=env)
    client = manager.blocking_client()
    client.start_channels()
    client.wait_for_ready(timeout=120)
    cells = [cell.source for cell in nbformat.read(lesson, as_version=4).cells if cell.cell_type == "code"]  # type: ignore[no-untyped-call]  # theirs
    for code in (*cells, _DUMP.format(path=str(to))):
        client.execute_interactive(code, timeout=120)
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def probe_server(home: Path, lesson: str, env: dict[str, str], to: Path) -> None:
    """Open a lesson and JupyterLab in a server and write down what it imported."""
    code = _SERVER.format(dump=_DUMP.format(path=str(to)))
    command = [sys.executable, "-c", code, f"--config={LEARNER / 'server_config.py'}"]
    with subprocess.Popen(command, env=env, cwd=home) as server:  # noqa: S603 - our own command
        base = env["JUPYTERHUB_SERVICE_URL"]
        _ask(f"{base}api/status", patience=120)
        for page in ("lab", "api/kernelspecs", "api/contents", f"voila/render/{lesson}"):
            _ask(f"{base}{page}", patience=120)
        server.terminate()


def _ask(url: str, patience: float) -> None:
    deadline = time.monotonic() + patience
    request = urllib.request.Request(url, headers={"Authorization": "token t"})  # noqa: S310 - our own address
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(request, timeout=patience) as reply:  # noqa: S310 - as above
                reply.read()
                return
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{url}: {error.code} {error.read()[-500:]!r}") from error
        except urllib.error.URLError:
            time.sleep(0.3)
    raise SystemExit(f"{url}: no answer")


def _env(home: Path, hub: str) -> dict[str, str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "BDHAI_CASE": "citizen",
        "JUPYTER_PATH": os.pathsep.join((str(LEARNER / "share" / "jupyter"), learner_env()["JUPYTER_PATH"])),
        "JUPYTER_RUNTIME_DIR": str(home),
        "JUPYTERHUB_API_TOKEN": "t",
        "JUPYTERHUB_CLIENT_ID": "jupyterhub-user-x",
        "JUPYTERHUB_USER": "x",
        "JUPYTERHUB_API_URL": f"{hub}/hub/api",
        "JUPYTERHUB_ACTIVITY_URL": f"{hub}/hub/api/users/x/activity",
        "JUPYTERHUB_BASE_URL": "/",
        "JUPYTERHUB_HOST": "",
        "JUPYTERHUB_OAUTH_CALLBACK_URL": "/user/x/oauth_callback",
        "JUPYTERHUB_OAUTH_ACCESS_SCOPES": '["access:servers!server=x/"]',
        "JUPYTERHUB_SERVICE_PREFIX": "/user/x/",
        "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{port}/user/x/",
        "JUPYTERHUB_ROOT_DIR": str(home),
    }


def _tidy(path: Path) -> None:
    names = [name for name in path.read_text(encoding="utf-8").split() if name not in _NEVER]
    path.write_text("\n".join(names) + "\n", encoding="ascii")


def main() -> None:
    """Probe both and replace the lists."""
    hub = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Hub)
    threading.Thread(target=hub.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory(prefix="bdhai-") as folder:
        home = Path(folder) / "home"
        build_all(REPOSITORY, Path(folder) / "courses")
        homes.deliver(Path(folder) / "courses" / "level1" / "release", home, "level1")
        lesson = min(home.glob("level1/*/*.ipynb"))
        env = _env(home, f"http://127.0.0.1:{hub.server_address[1]}")
        probe_kernel(lesson, env, preimports.KERNEL)
        probe_server(home, str(lesson.relative_to(home)), env, preimports.SERVER)
    for path in (preimports.KERNEL, preimports.SERVER):
        _tidy(path)


if __name__ == "__main__":
    main()
