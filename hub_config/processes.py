"""Keep hold of every process that a start brings up, so that stopping leaves nothing behind.

Linux only: ``bdhai run`` makes itself the adopter of orphans (``PR_SET_CHILD_SUBREAPER``), so that even a
kernel whose server was killed stays below it in the process tree; and the hub asks for SIGTERM when
``bdhai run`` itself dies (``PR_SET_PDEATHSIG``).
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

_PDEATHSIG = 1  # from linux/prctl.h
_SUBREAPER = 36
_libc = ctypes.CDLL(None)


def adopt_orphans() -> None:
    """Make this process the parent of its descendants' orphans."""
    _libc.prctl(_SUBREAPER, 1, 0, 0, 0)


def start(command: Sequence[str], env: Mapping[str, str], log: Path, cwd: Path) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own (a terminal's Ctrl-C must reach ``bdhai run`` only)."""
    with log.open("ab") as stream:
        return subprocess.Popen(  # noqa: S603 - our own commands
            command,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            cwd=cwd,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - started before any thread
        )


def stop_everything(first: subprocess.Popen[bytes], patience: float = 30.0) -> None:
    """Ask the hub to stop its servers and services, then end whatever is still below this process.

    Args:
        first: the hub; it gets SIGTERM and time to stop its children in order.
        patience: seconds for that; after them everything left is ended, and killed 5 s later.
    """
    if first.poll() is None:
        first.terminate()
        with suppress(subprocess.TimeoutExpired):
            first.wait(patience)
    _signal_rest(signal.SIGTERM)
    deadline = time.monotonic() + 5
    while _rest() and time.monotonic() < deadline:
        time.sleep(0.1)
    while _rest():  # killing a parent hands us its children, so look again until none is left
        _signal_rest(signal.SIGKILL)
        time.sleep(0.05)


def end_services(patience: float = 5.0) -> None:
    """End the services of a hub that is gone; learners' servers go on.

    Args:
        patience: seconds until those that did not end are killed.
    """
    services = [process for process in _rest() if _is_service(process)]
    for process in services:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    for process in psutil.wait_procs(services, timeout=patience)[1]:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(services, timeout=patience)


def _is_service(process: psutil.Process) -> bool:
    try:
        return "JUPYTERHUB_SERVICE_NAME" in process.environ()
    except psutil.Error:
        return False


class Undertaker:
    """Buries adopted children: a learner's server whose hub was killed is ours, and a dead one would seem alive.

    Only what was dead at the look before is buried: children of our own are waited for by those who started them.
    """

    def __init__(self) -> None:
        self._dead: set[int] = set()

    def look(self, keep: Collection[int] = ()) -> None:
        """Look once; ``keep`` are never buried."""
        dead = {child.pid for child in psutil.Process().children() if _is_dead(child)} - set(keep)
        for pid in dead & self._dead:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        self._dead = dead


def _is_dead(process: psutil.Process) -> bool:
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _rest() -> list[psutil.Process]:
    """Return living descendants, and bury the dead ones."""
    below = psutil.Process().children(recursive=True)
    _, alive = psutil.wait_procs(below, timeout=0)
    return [process for process in alive if process.is_running()]


def _signal_rest(number: signal.Signals) -> None:
    for process in _rest():
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def _end_with_parent() -> None:
    _libc.prctl(_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
