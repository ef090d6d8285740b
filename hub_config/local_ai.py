"""Install the local model beside an open school: the hub never waits for it, and nothing breaks without it."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import psutil

from courses.site import REPOSITORY

INSTALLER = REPOSITORY / "scripts" / "bootstrap"
_GATEWAY = "hub_config.ai"
Say = Callable[[str], None]


def is_wanted(env: Mapping[str, str]) -> bool:
    """Tell whether the local model is to answer: it is named, or nothing else is and it isn't switched off."""
    choice = env.get("BDHAI_AI", "").strip().lower()
    provider = env.get("OPENAI_BASE_URL") or env.get("OPENAI_API_KEY")
    return choice == "local" or (choice != "none" and not provider)


def install_beside(
    hub: int, env: Mapping[str, str], log: Path, say: Say, installer: Path = INSTALLER
) -> threading.Thread | None:
    """Install the local model in the background when it is wanted and missing.

    Args:
        hub: the hub's process id; its AI gateway is restarted by the hub once the model is there.
        env: environment that tells which AI is wanted.
        log: where the installer writes.
        say: prints a line for the person who opened the school.
        installer: script that installs; called with ``local-ai``.
    """
    if not is_wanted(env) or find_spec("xllamacpp") or not installer.exists():
        return None
    say("AI chạy trên máy đang được cài ở phía sau (khoảng 1,1 GB). Lớp dùng được ngay, AI sẽ vào sau.")
    work = threading.Thread(target=_install, args=(hub, env, log, say, installer), daemon=True)
    work.start()
    return work


def _install(hub: int, env: Mapping[str, str], log: Path, say: Say, installer: Path) -> None:
    with log.open("ab") as stream:
        done = subprocess.run(  # noqa: S603 - our own script
            [installer, "local-ai"],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            env=dict(env) | {"VENV": sys.prefix},
            check=False,
        )
    if done.returncode != 0:
        say(f"Chưa cài được AI chạy trên máy (xem {log}). Lớp vẫn chạy, bài thực hành dùng câu trả lời mẫu.")
        return
    say("Đã cài xong AI chạy trên máy; AI sẽ trả lời sau chừng một phút.")
    restart_gateway(hub)


def restart_gateway(hub: int) -> None:
    """End the AI gateway; the hub notices within half a minute and starts it anew, with the model."""
    with suppress(psutil.NoSuchProcess):
        for process in psutil.Process(hub).children():
            with suppress(psutil.NoSuchProcess):
                if _GATEWAY in process.cmdline():
                    process.terminate()
