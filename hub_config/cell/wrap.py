"""A cell without root: bubblewrap builds view and namespaces in a user namespace of the hub's own account.

The list of what is seen is the one that ``view`` uses. All learners keep the hub's account number, so what parts them is only the
view, the namespaces and the limits; nothing of the hub's may be shown, above all no socket that trusts that account.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from hub_config.cell import seccomp, view
from hub_config.cell.spec import Cell

PROGRAM = "bwrap"
_NAMESPACES = ("user", "pid", "net", "ipc", "uts")
_COUNTS_APART = (5, 14)  # since this Linux a user namespace counts its own processes only


def can() -> bool:
    """Tell whether bubblewrap is installed."""
    return shutil.which(PROGRAM) is not None


def command(cell: Cell, program: list[str]) -> list[str]:
    """Return bubblewrap's command; it must be run by the process that asked, for it names open files.

    Args:
        cell: a wrapped cell.
        program: what runs in it.
    """
    return [
        PROGRAM,
        *(f"--unshare-{name}" for name in _NAMESPACES),
        *("--disable-userns", "--cap-drop", "ALL", "--die-with-parent", "--new-session"),
        *("--proc", "/proc", "--dev", "/dev"),
        *_rooms(),
        *("--remount-ro", "/dev"),
        *_etc(),
        *_shown(cell),
        *_filter(),
        *("--remount-ro", "/", "--chdir", cell.home, "--"),
        *_counted(cell),
        *program,
    ]


def _rooms() -> list[str]:
    words = []
    for folder, room in view.ROOM.items():
        size = int(room.partition("size=")[2].partition("m")[0]) << 20
        words += ["--perms", "1777", "--size", str(size), "--tmpfs", f"/{folder}"]
    return words


def _shown(cell: Cell) -> list[str]:
    words = []
    for place in view.SYSTEM:
        if Path(place).is_symlink():
            words += ["--symlink", str(Path(place).readlink()), place]
        elif Path(place).exists():
            words += ["--ro-bind", place, place]
    for place in sorted({*cell.shown, *(f"/etc/{name}" for name in view.ETC)}):
        if Path(place).exists():
            words += ["--ro-bind", place, place]
    for place in (cell.home, *cell.sockets):
        words += ["--bind", place, place]
    return words


def _etc() -> list[str]:
    """Show an account list of one."""
    uid, gid = os.getuid(), os.getgid()
    files = {
        "passwd": f"hocvien:x:{uid}:{gid}::/:/usr/sbin/nologin\n",
        "group": f"hocvien:x:{gid}:\n",
    }
    words = []
    for name, content in files.items():
        words += [
            "--perms",
            "0444",
            "--ro-bind-data",
            str(_open_file(name, content.encode())),
            f"/etc/{name}",
        ]
    return words


def _filter() -> list[str]:
    content = seccomp.program()
    if not content:
        return []
    return ["--seccomp", str(_open_file("filter", content))]


def _open_file(name: str, content: bytes) -> int:
    """Return a file that stays open for bubblewrap."""
    handle = os.memfd_create(name, 0)
    os.write(handle, content)
    os.lseek(handle, 0, os.SEEK_SET)
    return handle


def _counted(cell: Cell) -> list[str]:
    """Limit processes from within: set earlier, the limit would count the hub's own."""
    release = tuple(int(word) for word in os.uname().release.split("-")[0].split(".")[:2])
    return ["prlimit", f"--nproc={cell.processes}:{cell.processes}", "--"] if release >= _COUNTS_APART else []
