"""Go into a cell, and (as ``python -m hub_config.cell.enter CELL COMMAND…``) start a program in one.

The order matters: cgroup while the machine's files are still seen, view while we are still root, rights last.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from contextlib import suppress

from hub_config.cell import cgroups, linux, network, seccomp, view, wrap
from hub_config.cell.spec import Cell

MIB = 1024 * 1024


def fork_into(cell: Cell) -> int:
    """Fork; the child is the first process of a PID namespace if the cell has one. Returns what fork returns.

    Raises:
        OSError: the machine doesn't allow it.
    """
    if not cell.is_private:
        return os.fork()
    home = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    pid = -1
    try:
        linux.unshare(linux.NEW_PIDS)
        pid = os.fork()
    finally:
        if pid != 0:
            linux.enter(home, linux.NEW_PIDS)  # else all that we make from now on would be born there
        os.close(home)
    return pid


def enter(cell: Cell) -> dict[str, str]:
    """Make this process the learner's; only the rights to the cell remain. Returns variables for its program.

    Raises:
        OSError: the machine doesn't allow it.
    """
    grouped = cgroups.join(cell.name, cell.memory_mib, cell.processes) if cell.name else ()
    told: dict[str, str] = {}
    if cell.is_private:
        network.leave()
        told = network.entrance(cell)
        view.build(cell)
    limit(cell, grouped)
    if cell.uid is not None and cell.gid is not None:
        become(cell.uid, cell.gid)
    linux.no_new_privileges()
    if cell.is_private:
        shut_out()
    os.umask(0o077)
    os.chdir(cell.home)
    return told


def shut_out() -> None:
    """Refuse dangerous system calls, where the machine can."""
    with suppress(OSError):
        seccomp.apply()


def become(uid: int, gid: int) -> None:
    """Become an account for good: no other group, no capability, no way back."""
    linux.drop_capabilities()
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    linux.allow_looking_inside()


def limit(cell: Cell, grouped: tuple[str, ...]) -> None:
    """Set what each process may use; memory only where no cgroup counts all processes together."""
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: cell.files,
        resource.RLIMIT_FSIZE: cell.file_mib * MIB,
    }
    if cell.uid is not None:  # the limit counts an account's processes: the hub's own would starve it
        limits[resource.RLIMIT_NPROC] = cell.processes
    if (cell.uid is not None or cell.wrapped) and "memory" not in grouped:
        limits[resource.RLIMIT_DATA] = 2 * cell.memory_mib * MIB  # private memory that is asked for, not used
    for kind, value in limits.items():
        _, most = resource.getrlimit(kind)
        low = value if most == resource.RLIM_INFINITY else min(value, most)
        resource.setrlimit(kind, (low, low))


def _run(cell: Cell, command: list[str]) -> None:
    """Become the program; never returns."""
    try:
        linux.die_with_parent(signal.SIGKILL)
        os.environ.update(enter(cell))
        linux.die_with_parent(signal.SIGKILL)  # changing accounts forgets it
        os.execvp(command[0], command)  # noqa: S606 - the hub's own command
    except OSError as error:
        print(f"cell: {error}", file=sys.stderr, flush=True)  # noqa: T201 - the hub reads its log
        os._exit(70)


def _wrap(cell: Cell, command: list[str]) -> None:
    """Become bubblewrap, which runs the program; never returns."""
    limit(cell, cgroups.join(cell.name, cell.memory_mib, cell.processes))
    os.environ.update(network.entrance(cell))
    os.umask(0o077)
    words = wrap.command(cell, command)
    os.execvp(words[0], words)  # noqa: S606 - the hub's own command


def main(argv: list[str]) -> int:
    """Start a program in a cell, hand signals on, return its exit code."""
    cell = Cell.from_dict(json.loads(argv[0]))
    if cell.wrapped:
        _wrap(cell, argv[1:])
    child = fork_into(cell)
    if child == 0:
        _run(cell, argv[1:])
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda got, _: os.kill(child, got))
    _, status = os.waitpid(child, 0)
    if cell.name:
        cgroups.remove(cell.name)
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
