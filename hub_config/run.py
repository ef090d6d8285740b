"""``bdhai run``: get everything ready, start the hub in the foreground, and stop all of it at the end."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from courses.lessons import LessonError, load_lessons
from courses.lessons.build import build_all
from courses.site import Layout, Site, layout
from hub_config import database, local_ai, processes, seed
from hub_config.cell import making
from hub_config.fork.choice import is_forking
from hub_config.keeping import Keeper, TooManyFalls
from hub_config.launch import (
    ENV,
    PLAIN,
    Launch,
    StartError,
    free_ports,
    is_open,
    require_cells,
    require_free,
)
from hub_config.metrics import token
from hub_config.pages import write_error_pages
from hub_config.proxy.choice import ERRORS
from hub_config.services import WEB, levels

HERE = Path(__file__).resolve().parent
Say = Callable[[str], None]
_LOG_LIMIT = 5_000_000  # bytes; one older log is kept


def run(site: Site, bind: str, port: int, say: Say, env: Mapping[str, str] = os.environ) -> int:
    """Prepare, start, wait for the end; return the exit code.

    Args:
        site: the validated settings.
        bind: address to listen on; beyond loopback only where each learner gets a cell.
        port: port that people use.
        say: prints a line for the person who started it.
        env: environment that the hub inherits.

    Raises:
        StartError: address, port or data folder can't be used.
    """
    require_cells(bind, lambda: "" if is_forking(site.spawner) else PLAIN)
    place = layout(site)
    os.umask(0o077)
    make_folders(place)
    with _only_one(place):
        require_free(bind, port)
        with tempfile.TemporaryDirectory(prefix="bdhai-", dir=_short_folder()) as runtime:
            require_cells(bind, lambda: making.fault(Path(runtime)))
            prepare(site, say)
            return _serve(site, plan(bind, port, Path(runtime)), say, env)


def prepare(site: Site, say: Say) -> None:
    """Build the lessons, bring the databases up to date, and fill a demo that is still empty."""
    say("Đang chuẩn bị bài học và cơ sở dữ liệu…")
    try:
        build_all(site.lessons, layout(site).courses)
    except LessonError as error:
        raise StartError(f"Bài học có lỗi, hãy sửa rồi mở lại:\n{error}") from error
    token.make(layout(site))
    database.prepare(site, levels(site))
    if site.demo:
        seed.seed_demo(site, load_lessons(site.lessons))


def plan(bind: str, port: int, runtime: Path) -> Launch:
    """Choose free ports for everything behind the one port that people use."""
    hub, proxy, *rest = free_ports("127.0.0.1", len(WEB) + 2)
    return Launch(
        bind=bind,
        port=port,
        hub_port=hub,
        proxy_port=proxy,
        services=dict(zip(WEB, rest, strict=True)),
        runtime=runtime,
    )


def _serve(site: Site, launch: Launch, say: Say, env: Mapping[str, str]) -> int:
    place = layout(site)
    stop = _stop_on_signals()
    write_error_pages(site, launch.runtime / ERRORS)
    processes.adopt_orphans()
    keeper = Keeper(lambda: _start_hub(launch, place, env), stop, say)
    try:
        if _wait_until_open(launch, keeper.hub, stop):
            _greet(site, launch, say)
            local_ai.install_beside(keeper.hub.pid, env, place.ai, place.logs / "local-ai.log", say)
            keeper.keep()
        elif not stop.is_set():
            raise StartError(_why(place))
    except TooManyFalls as error:
        raise StartError(_why(place)) from error
    finally:
        processes.stop_everything(keeper.hub)
    say("Đã đóng lớp. Dữ liệu vẫn còn nguyên.")
    return 0


def _start_hub(launch: Launch, place: Layout, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "hub_config.school_hub", f"--config={HERE / 'jupyterhub_config.py'}"]
    return processes.start(command, hub_env(launch, place, env), _fresh_log(place), place.hub)


def hub_env(launch: Launch, place: Layout, env: Mapping[str, str]) -> dict[str, str]:
    """Return the hub's environment: absolute places, because it works in its own folder."""
    return dict(env) | {
        ENV: launch.model_dump_json(),
        "BDHAI_DATA": str(place.data),
        "BDHAI_SITE": str(Path(env.get("BDHAI_SITE", "site.yaml")).resolve()),
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), env.get("PATH", os.defpath))),
    }


def _wait_until_open(launch: Launch, hub: subprocess.Popen[bytes], stop: threading.Event) -> bool:
    """Wait until the portal answers through the proxy; return False when the end came first."""
    listening = False
    while not stop.is_set() and hub.poll() is None:
        listening = listening or is_open(
            launch.services["portal"]
        )  # before that the proxy would only log 404s
        if listening and _answers(f"{launch.address}/services/portal/static/bdhai.css"):
            return True
        stop.wait(0.25)
    return False


def _greet(site: Site, launch: Launch, say: Say) -> None:
    """Say where the school is and who can sign in to a demo."""
    say(f"Lớp học đã mở: {launch.address}/")
    for line in seed.demo_lines(site):
        say(line)
    say("Bấm Ctrl-C để đóng lớp.")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as reply:  # noqa: S310 - always our own http address
            return bool(reply.status == 200)  # noqa: PLR2004 - HTTP's OK
    except (urllib.error.URLError, OSError):
        return False


def make_folders(place: Layout) -> None:
    """Make the data folder and what every part expects in it, for the owner's eyes only."""
    for folder in (
        place.data,
        place.hub,
        place.secrets,
        place.courses,
        place.homes,
        place.boards,
        place.ai,
        place.logs,
    ):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
        except OSError as error:
            raise StartError(f"Không ghi được vào thư mục dữ liệu {folder}: {error.strerror}") from error


@contextmanager
def _only_one(place: Layout) -> Iterator[None]:
    """Hold the data folder for this process; the kernel lets go even after a crash, so no stale lock exists."""
    with (place.hub / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise StartError(
                f"Lớp học này đang mở rồi (tiến trình {lock.read().strip() or '?'}). "
                "Hãy bấm Ctrl-C ở cửa sổ đó trước, hoặc dùng thư mục dữ liệu khác (BDHAI_DATA)."
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        (place.hub / "proxy.pid").unlink(missing_ok=True)  # its number may belong to somebody else by now
        yield


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _fresh_log(place: Layout) -> Path:
    log = place.logs / "hub.log"
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(place.logs / "hub.log.1")
    with log.open("a", encoding="utf-8") as stream:
        stream.write(f"\n=== bdhai run {time.strftime('%Y-%m-%d %H:%M:%S')}\n")
    return log


def _why(place: Layout) -> str:
    """Return the end of the log: why the hub stopped by itself."""
    lines = (place.logs / "hub.log").read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(("Lớp học dừng ngoài ý muốn. Cuối nhật ký:", *lines[-15:]))


def _short_folder() -> str | None:
    """Return a place for sockets whose path stays short (107 characters at most for a unix socket)."""
    return "/tmp" if Path("/tmp").is_dir() else None  # noqa: S108 - a folder of our own is made in it, mode 0700
