"""Keep hold of every process that a start brings up, so that stopping leaves nothing behind.

Linux only: ``bdhai run`` makes itself the adopter of orphans (``PR_SET_CHILD_SUBREAPER``), so that even a
kernel whose server was killed stays below it in the process tree; and the hub asks for SIGTERM when
``bdhai run`` itself dies (``PR_SET_PDEATHSIG``).
"""

from __future__ import annotations

import ctypes
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
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
