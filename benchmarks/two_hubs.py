"""Two hubs to compare: ours, and a stock JupyterHub with the same people, lessons and proxy."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from benchmarks.meter import Meter
from courses.lessons.build import build_all
from courses.school.db import open_engine, session
from courses.school.models import Person
from courses.site import REPOSITORY, Site, database_url, layout
from hub_config import homes, run, seed
from hub_config.launch import free_ports

TOKEN = "chi-cho-phep-do"  # a benchmark's hub lives for minutes, on loopback
LESSON = "level1/02-lenh-bon-phan/02-lenh-bon-phan.ipynb"
_SCOPES = ["admin:users", "admin:servers", "admin:server_state", "access:servers", "list:users", "read:users"]
_ROLE = f"""
c.JupyterHub.services.append({{"name": "bench", "api_token": {TOKEN!r}}})
c.JupyterHub.load_roles.append({{"name": "bench", "services": ["bench"], "scopes": {_SCOPES!r}}})
"""
_OURS = f"exec(open({str(REPOSITORY / 'hub_config' / 'jupyterhub_config.py')!r}).read())\n{_ROLE}"
_STOCK = """
c.JupyterHub.bind_url = "{address}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy}"
c.ConfigurableHTTPProxy.command = [{python!r}, "-m", "hub_config.proxy"]
c.ConfigurableHTTPProxy.log_level = "error"
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = "{homes}/{{username}}"
c.Spawner.args = ["--allow-root", "--JupyterNotebookApp.expose_app_in_browser=True"]  # so that the first widget can be asked for
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.services = []
c.JupyterHub.load_roles = []
"""


@dataclass(frozen=True)
class Hub:
    """A hub that is up."""

    address: str
    meter: Meter
    process: subprocess.Popen[bytes]
    homes: Path
    password: str = ""

    @property
    def api(self) -> str:
        return f"{self.address}/hub/api"


@dataclass(frozen=True)
class Plan:
    """How a hub is started, and the address that answers once it is up."""

    name: str
    command: list[str]
    env: dict[str, str]
    log: Path
    address: str
    homes: Path
    ready: str
    password: str = ""


def names(count: int) -> list[str]:
    return [f"do-{number:05}" for number in range(count)]


@contextmanager
def ours(people: int, spawner: str = "fork") -> Iterator[Hub]:
    """Run our hub with that many learners beside the demo ward's."""
    with tempfile.TemporaryDirectory(prefix="bdhai-", dir="/tmp") as folder:
        base = Path(folder)
        site = Site(auth="demo", demo=True, data=base / "data")
        place = layout(site)
        run.make_folders(place)
        run.prepare(site, lambda _: None)
        register(site, people)
        (base / "run").mkdir(mode=0o711)
        base.chmod(0o711)
        launch = run.plan("127.0.0.1", free_ports("127.0.0.1", 1)[0], base / "run")
        (base / "config.py").write_text(_OURS, encoding="utf-8")
        env = os.environ | {"BDHAI_DATA": str(place.data), "BDHAI_AI": "none", "BDHAI_SPAWNER": spawner}
        env = run.hub_env(launch, place, env | {"BDHAI_SITE": str(base / "site.yaml")})
        password = next(line.split()[3] for line in seed.demo_lines(site) if line.split()[1] == "learner")
        command = [sys.executable, "-m", "hub_config.school_hub", f"--config={base / 'config.py'}"]
        ready = f"{launch.address}/services/portal/static/bdhai.css"
        log = place.logs / "hub.log"
        with _running(Plan("ours", command, env, log, launch.address, place.homes, ready, password)) as hub:
            time.sleep(15)  # the zygotes import beside the hub's own start
            yield hub


@contextmanager
def stock(people: int) -> Iterator[Hub]:
    """Run a stock JupyterHub: default time-outs and limits, every installed extension, a lesson in each home."""
    with tempfile.TemporaryDirectory(prefix="bdhai-", dir="/tmp") as folder:
        base = Path(folder)
        build_all(REPOSITORY, base / "courses")
        for name in [*names(people), "hocvien"]:
            homes.deliver(base / "courses" / "level1" / "release", _home(base, name), "level1")
        port, hub, proxy = free_ports("127.0.0.1", 3)
        address = f"http://127.0.0.1:{port}"
        places = {"homes": base / "homes", "address": address, "hub": hub, "proxy": proxy}
        (base / "config.py").write_text(_STOCK.format(python=sys.executable, **places) + _ROLE, "utf-8")
        env = {key: value for key, value in os.environ.items() if not key.startswith(("JUPYTER", "BDHAI"))}
        path = os.pathsep.join((str(Path(sys.executable).parent), env["PATH"]))
        env |= {"PATH": path, "PYTHONPATH": str(REPOSITORY)}
        command = [sys.executable, "-m", "jupyterhub", f"--config={base / 'config.py'}"]
        ready = f"{address}/hub/login"
        with _running(
            Plan("stock", command, env, base / "hub.log", address, base / "homes", ready)
        ) as running:
            yield running


def _home(base: Path, name: str) -> Path:
    home = base / "homes" / name
    home.mkdir(parents=True)
    return home


def register(site: Site, people: int) -> None:
    """Put learners into the school's roster."""
    now = datetime.now(UTC)
    with session(open_engine(database_url(site))) as db:
        for name in names(people):
            same = {"username": name, "external_id": name, "pseudonym": name, "display_name": name}
            db.add(Person(**same, role="learner", target="citizen", sample=True, created_at=now))


@contextmanager
def _running(plan: Plan) -> Iterator[Hub]:
    meter = Meter(plan.name)
    with plan.log.open("ab") as stream:
        process = subprocess.Popen(
            meter.wrap(plan.command),
            env=plan.env,
            cwd=plan.log.parent,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
    try:
        _wait(plan.ready, process, plan.log)
        yield Hub(plan.address, meter, process, plan.homes, plan.password)
    finally:
        if keep := os.environ.get("BENCHMARK_LOGS"):
            shutil.copyfile(plan.log, Path(keep) / f"{plan.name}.log")
        _end(process)
        meter.close()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(1200):
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except (urllib.error.URLError, OSError):
            if process.poll() is not None:
                raise RuntimeError(log.read_text(encoding="utf-8")[-3000:]) from None
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(url)


def _end(process: psutil.Popen) -> None:
    below = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
    for each in below:
        try:
            each.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(below, timeout=10)
