"""Who may have a process forked, and where that process goes: a cell of its own, or the asker's."""

from __future__ import annotations

import os
import resource
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hub_config.cell import cgroups, enter, linux
from hub_config.cell.spec import Cell
from hub_config.fork.protocol import Order

_PEERCRED = struct.Struct("iii")  # struct ucred
_LIMITS = {
    "Max core file size": resource.RLIMIT_CORE,
    "Max open files": resource.RLIMIT_NOFILE,
    "Max file size": resource.RLIMIT_FSIZE,
    "Max processes": resource.RLIMIT_NPROC,
    "Max data size": resource.RLIMIT_DATA,
}
_SACRIFICE = "500"  # when memory runs out a kernel goes before its server: answers are not in it
OUTSIDER = 1000  # accounts below are the machine's own


@dataclass(frozen=True)
class Peer:
    """The process at the other end of a connection, as the kernel of the machine vouches for it."""

    pid: int
    uid: int
    gid: int

    @classmethod
    def of(cls, line: socket.socket) -> Peer:
        """Ask the machine who is connected."""
        return cls(*_PEERCRED.unpack(line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEERCRED.size)))


class Way(Protocol):
    """How one order is carried out."""

    def fork(self) -> int:
        """Fork into the right PID namespace."""

    def enter(self) -> dict[str, str]:
        """In the child: go where the process belongs, drop every right to be elsewhere; return its variables."""

    def close(self) -> None:
        """In the zygote: let go of what the order held."""


Gate = Callable[[Peer, Order], Way]  # raises PermissionError


class IntoCell:
    """A process that gets a cell: only the hub's own account may ask."""

    def __init__(self, peer: Peer, order: Order) -> None:
        if peer.uid != os.geteuid():
            raise PermissionError(f"uid {peer.uid} may not start servers")
        if order.cell is None:
            raise PermissionError("no cell named")
        self._cell = Cell.from_dict(order.cell)

    def fork(self) -> int:
        """Fork."""
        return enter.fork_into(self._cell)

    def enter(self) -> dict[str, str]:
        """Enter the cell."""
        return enter.enter(self._cell)

    def close(self) -> None:
        """Nothing is held."""


class BesideAsker:
    """A process that joins its asker: same account, view, PID namespace, cgroup, limits.

    The account is the one that the machine vouches for, never one that was asked for; root and the machine's own
    accounts are refused unless they are this process's.
    """

    def __init__(self, peer: Peer, order: Order) -> None:
        if order.cell is not None:
            raise PermissionError("a cell can't be asked for")
        if peer.uid != os.geteuid() and (os.geteuid() != 0 or peer.uid < OUTSIDER):
            raise PermissionError(f"uid {peer.uid} may not start kernels")
        if os.geteuid() != 0 and _view_of(peer.pid) != _view_of(os.getpid()):
            raise PermissionError("who lives in a cell gets no process outside of it")
        self._peer, self._zygote = peer, os.geteuid()
        self.handle = os.pidfd_open(peer.pid)
        try:
            self._limits = _limits_of(peer)
        except OSError:
            self.close()
            raise

    def fork(self) -> int:
        """Fork into the asker's PID namespace."""
        if os.geteuid() != 0:
            return os.fork()
        home = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
        pid = -1
        try:
            linux.enter(self.handle, linux.NEW_PIDS)
            pid = os.fork()
        finally:
            if pid != 0:
                linux.enter(home, linux.NEW_PIDS)
            os.close(home)
        return pid

    def enter(self) -> dict[str, str]:
        """Take the asker's limits, groups, view, network and account."""
        Path("/proc/self/oom_score_adj").write_text(_SACRIFICE, encoding="ascii")
        if os.geteuid() == 0:
            cgroups.join_groups_of(self._peer.pid)
            linux.enter(self.handle, linux.NEW_NETWORK | linux.NEW_MOUNTS | linux.NEW_IPC)
        for kind, values in self._limits:
            resource.setrlimit(kind, values)
        if self._peer.uid != os.geteuid():
            enter.become(self._peer.uid, self._peer.gid)
        linux.no_new_privileges()
        if os.getuid() != self._zygote:  # joined somebody in a cell
            enter.shut_out()
        os.umask(0o077)
        return {}

    def close(self) -> None:
        """Let go of the asker, in the zygote."""
        os.close(self.handle)


def _view_of(pid: int) -> int:
    """Return the number of a process's mount namespace."""
    return os.stat(f"/proc/{pid}/ns/mnt").st_ino  # noqa: PTH116 - no file


def _limits_of(peer: Peer) -> list[tuple[int, tuple[int, int]]]:
    """Return the asker's limits.

    Raises:
        PermissionError: its number belongs to somebody else's process by now.
    """
    # not prlimit: for another account's process it wants a capability that containers often lack
    lines = Path(f"/proc/{peer.pid}/limits").read_text(encoding="ascii").splitlines()
    words = {line[:25].strip(): line[25:].split() for line in lines}
    limits = [(kind, (_number(words[name][0]), _number(words[name][1]))) for name, kind in _LIMITS.items()]
    status = Path(f"/proc/{peer.pid}/status").read_text(encoding="utf-8", errors="replace")
    if f"\nUid:\t{peer.uid}\t{peer.uid}\t" not in status:
        raise PermissionError("the asker is gone")
    return limits


def _number(word: str) -> int:
    return resource.RLIM_INFINITY if word == "unlimited" else int(word)
