"""Two hubs to attack: ours with cells, and a stock JupyterHub with ``SimpleLocalProcessSpawner``.

On each an attacker has a kernel, and a victim a running server. An attack is a piece of code that runs in the attacker's
kernel and prints what it got as JSON; the same code runs on both hubs. Each hub is started once for all attacks.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
import pytest

from hub_config.launch import free_ports
from tests.fake_openai import FakeOpenAI
from tests.hub_config.cell.cells import CELLS
from tests.hub_fixture import Account, Hub, running_hub
from tests.kernel_fixture import Kernel, running_kernel
from tests.ordinary_account import give, ordinary, why_not

PROVIDER_KEY = "khoa-bi-mat-cua-nha-cung-cap"
SECRET = "bai-lam-rieng-cua-nguoi-khac"  # stands in the victim's home
PRELUDE = """
import ctypes, errno, json, os, signal, socket, subprocess, sys, time
from pathlib import Path
T = json.loads({places!r})
libc = ctypes.CDLL(None, use_errno=True)
def works(act, *args):
    try:
        return bool(act(*args))
    except (OSError, ValueError, RuntimeError):
        return False
def others():
    # of somebody else: neither this kernel nor the server that it belongs to
    return [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and not is_mine(pid)]
def is_mine(pid):
    try:
        return os.environ["JUPYTERHUB_API_TOKEN"].encode() in Path(f"/proc/{{pid}}/environ").read_bytes()
    except OSError:
        return False
"""
STOCK_CONFIG = """
c.JupyterHub.spawner_class = "simple"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub}"
c.JupyterHub.db_url = "sqlite:///{data}/hub/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = "{data}/hub/cookie_secret"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy}"
c.ConfigurableHTTPProxy.command = [{python!r}, "-m", "hub_config.proxy"]
c.ConfigurableHTTPProxy.pid_file = "{data}/hub/proxy.pid"
c.SimpleLocalProcessSpawner.home_dir_template = "{data}/homes/{{username}}"
c.Spawner.args = ["--allow-root", "--ServerApp.terminals_enabled=False"]
c.Spawner.http_timeout = c.Spawner.start_timeout = 180
"""


@dataclass(frozen=True)
class Places:
    """What an attacker would like to reach, as somebody who knows the hub from within would name it."""

    victim_home: str
    database: str
    cookie_secret: str
    ledger: str
    lesson_keys: str
    other_tokens: list[str]
    provider_key: str
    victim: list[int]  # processes of the victim's server
    hub: int
    cwd: str  # folder that the hub works in
    ports: list[int]  # of hub's proxy control, and of the victim's server


@dataclass
class Scene:
    """A hub under attack; ``kernel`` is the attacker's, ``way`` how cells are made, ``account`` runs as the hub does."""

    hub: Hub
    kernel: Kernel
    kernel_of_victim: Kernel
    places: Places
    attacker: str
    victim: str
    way: str = "stock"
    account: Account = list

    def got(self, code: str, patience: float = 120) -> object:
        """Run an attack and return what it got."""
        return self.kernel.said(PRELUDE.format(places=json.dumps(asdict(self.places))) + code, patience)


@pytest.fixture(params=["account", "bubblewrap"])
def ours(request) -> Scene:
    """Our hub, with cells made by root or by bubblewrap; the attacker is a learner, the victim a trainer."""
    return request.getfixturevalue(f"with_{request.param}")


@pytest.fixture(scope="session")
def with_account() -> Iterator[Scene]:
    """Our hub as root runs it."""
    if CELLS:
        pytest.skip(CELLS)
    with _ours("account", list) as scene:
        yield scene


@pytest.fixture(scope="session")
def with_bubblewrap() -> Iterator[Scene]:
    """Our hub as somebody without root's rights runs it."""
    if why_not():
        pytest.skip(why_not())
    with _ours("bubblewrap", ordinary) as scene:
        yield scene


@contextmanager
def _ours(way: str, account: Account) -> Iterator[Scene]:
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bdhai-attacks-", dir="/tmp")))
        if way == "bubblewrap":
            give(data)
        provider = stack.enter_context(FakeOpenAI())
        ai = {"BDHAI_AI": "", "OPENAI_BASE_URL": provider.base_url, "OPENAI_API_KEY": PROVIDER_KEY}
        hub = stack.enter_context(
            running_hub(data, ai | {"BDHAI_SPAWNER": "fork", "HOME": str(data)}, account=account)
        )
        scene = stack.enter_context(_scene(hub, "learner", "trainer"))
        scene.way, scene.account = way, account
        yield scene


@pytest.fixture(scope="session")
def stock(tmp_path_factory) -> Iterator[Scene]:
    """A stock hub, with the files that a school has beside it; they are empty, for being found is enough."""
    data = tmp_path_factory.mktemp("stock")
    for place in ("hub", "homes/attacker", "homes/victim", "logs", "courses/level1/source/01-ai-doan-chu"):
        (data / place).mkdir(parents=True)
    for file in ("bdhai.sqlite", "courses/level1/source/01-ai-doan-chu/lesson.json"):
        (data / file).write_text("x", encoding="ascii")
    with _stock_hub(data) as hub, _scene(hub, "attacker", "victim") as scene:
        yield scene


@contextmanager
def _scene(hub: Hub, attacker: str, victim: str) -> Iterator[Scene]:
    name = hub.accounts[victim][0]
    home = hub.data / "homes" / name
    with running_kernel(hub, victim) as other, running_kernel(hub, attacker) as kernel:
        (home / "answers.json").write_text(SECRET, encoding="utf-8")
        yield Scene(hub, kernel, other, _places(hub, name, home), hub.accounts[attacker][0], name)


def _places(hub: Hub, victim: str, home: Path) -> Places:
    below = psutil.Process(hub.process.pid).children(recursive=True)
    environments = {process.pid: _environment(process) for process in below}
    victims = [pid for pid, env in environments.items() if env.get("JUPYTERHUB_USER") == victim]
    assert victims
    env = environments[victims[0]]
    tokens = [env["JUPYTERHUB_API_TOKEN"]]
    tokens += [
        own["CONFIGPROXY_AUTH_TOKEN"] for own in environments.values() if "CONFIGPROXY_AUTH_TOKEN" in own
    ]
    assert len(tokens) > 1
    port = int(env["JUPYTERHUB_SERVICE_URL"].split(":")[2].split("/")[0])
    source = next((hub.data / "courses" / "level1" / "source").glob("*/*"))
    return Places(
        victim_home=str(home / "answers.json"),
        database=str(hub.data / "hub" / "jupyterhub.sqlite"),
        cookie_secret=str(hub.data / "hub" / "cookie_secret"),
        ledger=str(hub.data / "bdhai.sqlite"),
        lesson_keys=str(source),
        other_tokens=tokens,
        provider_key=PROVIDER_KEY,
        victim=victims,
        hub=hub.process.pid,
        cwd=str(hub.data / "hub"),
        ports=[port, *_listening(below)],
    )


def _listening(processes: list[psutil.Process]) -> list[int]:
    """Return every TCP port that hub, proxy and services listen on."""
    ports = set()
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # the daily run comes and goes
            ports |= {
                each.laddr.port
                for each in process.net_connections("tcp")
                if each.status == psutil.CONN_LISTEN
            }
    return sorted(ports)


def _environment(process: psutil.Process) -> dict[str, str]:
    try:
        return dict(process.environ())
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return {}


@contextmanager
def _stock_hub(data: Path) -> Iterator[Hub]:
    port, hub_port, proxy = free_ports("127.0.0.1", 3)
    config = data / "hub" / "jupyterhub_config.py"
    words = {"port": port, "hub": hub_port, "proxy": proxy, "data": data, "python": sys.executable}
    config.write_text(STOCK_CONFIG.format(**words), encoding="utf-8")
    env = {key: value for key, value in os.environ.items() if not key.startswith(("OPENAI_", "BDHAI_"))}
    env |= {"OPENAI_API_KEY": PROVIDER_KEY, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    with (data / "logs" / "hub.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub", f"--config={config}"],
            env=env, stdout=log, stderr=log, text=True, cwd=data / "hub", start_new_session=True,
        )  # fmt: skip
    hub = Hub(f"http://127.0.0.1:{port}", data, process)
    hub.accounts.update({name: (name, "mk") for name in ("attacker", "victim")})
    try:
        _wait_for_page(hub)
        yield hub
    finally:
        _end(process)


def _wait_for_page(hub: Hub, patience: float = 180) -> None:
    deadline = time.monotonic() + patience
    while "JupyterHub is now running" not in hub.log():
        assert hub.process.poll() is None, hub.log()
        assert time.monotonic() < deadline, hub.log()
        time.sleep(0.2)


def _end(process: subprocess.Popen[str]) -> None:
    """End the stock hub and whatever an attack has left behind."""
    left = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for each in left:
        if each.is_running():
            each.kill()
