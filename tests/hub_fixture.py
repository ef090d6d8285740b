"""A real hub for tests: ``bdhai run`` in a temporary data folder, and people who sign in to it.

Use it from a ``conftest.py``::

    from tests.hub_fixture import running_hub

    @pytest.fixture(scope="module")
    def hub(tmp_path_factory):
        with running_hub(tmp_path_factory.mktemp("data")) as hub:
            yield hub
"""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import requests

from hub_config.launch import free_ports

ACCOUNT = re.compile(r"demo (\w+) (\S+) (\S+)")
Account = Callable[[list[str]], list[str]]
KERNEL = re.compile(
    r"ipykernel_launcher|hub_config\.learner\.kernel"
)  # in a kernel's command line, however it starts
PATIENCE = 180  # seconds: CI has two cores and other work


@dataclass
class Hub:
    """A hub that is up.

    Attributes:
        address: ``http://127.0.0.1:PORT``.
        data: its data folder.
        accounts: role → (username, password) of the demo accounts.
        process: ``bdhai run`` itself.
        listener: the thread that reads its lines.
        lines: what it printed, growing.
    """

    address: str
    data: Path
    process: subprocess.Popen[str]
    listener: threading.Thread | None = None
    accounts: dict[str, tuple[str, str]] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def sign_in(self, role_or_name: str, password: str | None = None) -> requests.Session:
        """Return a session of a demo role, or of a user name with its password."""
        username, known = self.accounts.get(role_or_name, (role_or_name, password or ""))
        browser = requests.Session()
        page = browser.get(f"{self.address}/hub/login", timeout=30)
        form = {"username": username, "password": known, "_xsrf": hidden_xsrf(page.text)}
        browser.post(f"{self.address}/hub/login", data=form, timeout=60, allow_redirects=False)
        return browser

    def start_server(self, browser: requests.Session, username: str) -> str:
        """Start a learner's server through the pages that a browser walks through; return its address."""
        door = f"{self.address}/hub/user-redirect/lab"  # a page: it takes the sign-in along, an API would say 403
        deadline = time.monotonic() + PATIENCE
        page = browser.get(door, timeout=60)
        while not (page.url.startswith(f"{self.address}/user/{username}/lab") and page.status_code == 200):
            assert time.monotonic() < deadline, (
                f"no server: {page.status_code} {page.url}\n{self.log()[-2000:]}"
            )
            time.sleep(1)
            page = browser.get(door, timeout=60)
        return f"{self.address}/user/{username}"

    def runs(self, username: str) -> bool:
        """Tell from the machine, not from the hub, whether a learner's server runs."""
        return bool(self.processes(JUPYTERHUB_USER=username))

    def processes(self, **variables: str) -> list[psutil.Process]:
        """Return the processes below ``bdhai run`` whose environment has all these values."""
        found = []
        for each in psutil.Process(self.process.pid).children(recursive=True):
            with suppress(psutil.Error):
                if variables.items() <= each.environ().items() and each.status() != psutil.STATUS_ZOMBIE:
                    found.append(each)
        return found

    def log(self) -> str:
        """Return the hub's log."""
        return (self.data / "logs" / "hub.log").read_text(encoding="utf-8")


def hidden_xsrf(page: str) -> str:
    """Return the forgery token in a page's form."""
    found = re.search(r'name="_xsrf" value="([^"]+)"', page)
    assert found, page[-500:]
    return found[1]


@contextmanager
def running_hub(
    data: Path, env: Mapping[str, str] | None = None, *, around: Sequence[str] = (), account: Account = list
) -> Iterator[Hub]:
    """Run ``bdhai run`` until the end of the block; by default without AI.

    Args:
        data: the data folder; a second hub on the same folder finds the first one's people.
        env: variables on top of this process's own.
        around: a command that becomes ``bdhai run`` in the end, such as one that gives it another clock.
        account: turns the command into one that runs as another account.
    """
    hub = start_hub(data, env, around=around, account=account)
    try:
        wait_until_open(hub)
        yield hub
    finally:
        stop(hub)


def start_hub(
    data: Path, env: Mapping[str, str] | None = None, *, around: Sequence[str] = (), account: Account = list
) -> Hub:
    """Start ``bdhai run`` and return at once."""
    (port,) = free_ports("127.0.0.1", 1)
    clean = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("OPENAI_", "BDHAI_", "JUPYTER")) or key == "BDHAI_SPAWNER"
    }
    process = subprocess.Popen(
        account([*around, sys.executable, "-m", "hub_config", "run"]),
        env=clean
        | {
            "BDHAI_DATA": str(data),
            "BDHAI_SITE": str(data / "site.yaml"),
            "BDHAI_AI": "none",
            "PORT": str(port),
        }
        | dict(env or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    hub = Hub(f"http://127.0.0.1:{port}", data, process)
    hub.listener = threading.Thread(target=_listen, args=(hub,), daemon=True)
    hub.listener.start()
    return hub


def wait_until_open(hub: Hub) -> None:
    """Wait for the line that tells people to press Ctrl-C."""
    deadline = time.monotonic() + PATIENCE
    while not any("Ctrl-C" in line for line in hub.lines):
        assert hub.process.poll() is None, "\n".join(hub.lines)
        assert time.monotonic() < deadline, "\n".join(hub.lines)
        time.sleep(0.05)


def stop(hub: Hub, number: signal.Signals = signal.SIGINT) -> int:
    """Press Ctrl-C and wait; return the exit code."""
    if hub.process.poll() is None:
        hub.process.send_signal(number)
    return wait_for_end(hub)


def wait_for_end(hub: Hub) -> int:
    """Wait until ``bdhai run`` has ended and everything that it printed is known; return the exit code."""
    code = hub.process.wait(60)
    assert hub.listener is not None
    hub.listener.join(10)
    return code


def _listen(hub: Hub) -> None:
    assert hub.process.stdout is not None
    with hub.process.stdout as lines:
        for line in lines:
            if found := ACCOUNT.fullmatch(line.rstrip("\n")):
                hub.accounts[found[1]] = (found[2], found[3])
            hub.lines.append(line.rstrip("\n"))
