"""What a hub and everything below it costs: processor seconds of dead processes too, private memory of living ones."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil

_TREE = Path("/sys/fs/cgroup")
_MOST = "16384"  # of the processor's shares: what else the machine does must tell as little as possible


def come_first() -> None:
    """Let this process and all that it starts go before other work on the machine, where cgroups allow it."""
    group = _TREE / "cpu" / "bdhai-benchmark"
    with suppress(OSError):
        group.mkdir(exist_ok=True)
        (group / "cpu.shares").write_text(_MOST, encoding="ascii")
        (group / "cgroup.procs").write_text("0", encoding="ascii")


class Meter:
    """Counts a command's processor time in a cgroup of its own (version 1; only root can)."""

    def __init__(self, name: str) -> None:
        self._group = _TREE / "cpuacct" / f"bdhai-benchmark-{name}"
        self._group.mkdir(exist_ok=True)

    def wrap(self, command: list[str]) -> list[str]:
        """Return a command that joins the group and becomes the given one."""
        return ["sh", "-c", f'echo $$ > {self._group}/cgroup.procs; exec "$@"', "sh", *command]

    def cpu(self) -> float:
        """Return the seconds that all processes of the group have used, dead ones included."""
        return int((self._group / "cpuacct.usage").read_text(encoding="ascii")) / 1e9

    def close(self) -> None:
        """Remove the group; its processes must have ended."""
        with suppress(OSError):
            self._group.rmdir()


def family(pid: int) -> list[psutil.Process]:
    """Return a learner's processes: a server, what it started, and what runs under its account."""
    try:
        server = psutil.Process(pid)
        below = [server, *server.children(recursive=True)]
        uid = server.uids().real
    except psutil.NoSuchProcess:
        return []
    if uid == os.getuid():
        return below
    return [each for each in psutil.process_iter() if _uid(each) == uid]


def _uid(process: psutil.Process) -> int:
    try:
        return int(process.uids().real)
    except psutil.NoSuchProcess:
        return -1


def private_mib(processes: Iterable[psutil.Process]) -> float:
    """Return the memory that would be free if these processes ended (each page that nobody else has)."""
    total = 0
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            total += process.memory_full_info().uss
    return total / 2**20
