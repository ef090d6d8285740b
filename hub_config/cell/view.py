"""A cell's own view of the files: nothing but what is listed, everything but home and sockets read-only.

The view is built on an empty folder in a mount namespace of its own and becomes the root there, so that
neither the lessons' sources (they hold the keys) nor the data folder has a name in it. A folder that the
learner's account couldn't reach on the machine (a venv below ``/root``) can be reached here.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from hub_config.cell import linux
from hub_config.cell.spec import Cell

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
# Of /etc what programs need to find libraries, names and certificates; no account but the learner's own.
ETC = ("alternatives", "ca-certificates", "fonts", "hosts", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime",
       "mime.types", "nsswitch.conf", "protocols", "resolv.conf", "services", "ssl", "timezone")  # fmt: skip
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_SAFE = linux.NO_SETUID | linux.NO_DEVICES
ROOM = {"tmp": "size=64m,nr_inodes=8192,mode=1777", "dev/shm": "size=16m,nr_inodes=1024,mode=1777"}


def build(cell: Cell) -> None:
    """Build the view and make it this process's root. The process must be alone in its PID namespace.

    Raises:
        OSError: the machine doesn't allow it.
    """
    stage = Path(cell.stage)
    linux.unshare(linux.NEW_MOUNTS | linux.NEW_IPC)
    linux.mount("", "/", flags=linux.PRIVATE | linux.RECURSIVE)
    linux.mount("tmpfs", cell.stage, "tmpfs", _SAFE, "size=4m,mode=755")
    for folder, room in ROOM.items():
        _folder(stage / folder)
        linux.mount("tmpfs", str(stage / folder), "tmpfs", _SAFE, room)
    _devices(stage)
    _etc(stage, cell)
    _show(stage, (*SYSTEM, *cell.shown))
    for place in (cell.home, *cell.sockets):
        _bind(place, stage, _SAFE)
    _folder(stage / "proc")
    linux.mount("proc", str(stage / "proc"), "proc", _SAFE)
    _folder(stage / ".old")
    linux.change_root(cell.stage, str(stage / ".old"))
    linux.mount("", "/", flags=linux.REMOUNT | linux.BIND | linux.READ_ONLY | _SAFE)


def _show(stage: Path, places: Iterable[str]) -> None:
    """Bind places read-only, outer ones first; ``/bin`` and the like may be symlinks into ``/usr``."""
    for place in sorted(set(places)):
        if place in SYSTEM and Path(place).is_symlink():
            (stage / place[1:]).symlink_to(Path(place).readlink())
        elif Path(place).exists():
            _bind(place, stage, linux.READ_ONLY | _SAFE)


def _etc(stage: Path, cell: Cell) -> None:
    _folder(stage / "etc")
    person = f"{cell.name}:x:{cell.uid}:{cell.gid}::{cell.home}:/usr/sbin/nologin\n"
    group = f"{cell.name}:x:{cell.gid}:\n"
    for name, line in (("passwd", person), ("group", group)):
        (stage / "etc" / name).write_text(
            f"root:x:0:0::/:/usr/sbin/nologin\n{line}" if name == "passwd" else f"root:x:0:\n{line}",
            encoding="utf-8",
        )
        (stage / "etc" / name).chmod(0o644)
    _show(stage, [f"/etc/{name}" for name in ETC])


def _devices(stage: Path) -> None:
    for name in DEVICES:
        _bind(f"/dev/{name}", stage, linux.NO_SETUID)
    (stage / "dev" / "fd").symlink_to("/proc/self/fd")


def _bind(place: str, stage: Path, flags: int) -> None:
    """Show a file or folder at the path that it has; a bind takes flags only when mounted again."""
    target = stage / place.lstrip("/")
    if Path(place).is_dir():
        _folder(target)
    else:
        _folder(target.parent)
        target.touch(mode=0o644)
    linux.mount(place, str(target), flags=linux.BIND)
    linux.mount("", str(target), flags=linux.REMOUNT | linux.BIND | flags)


def _folder(path: Path) -> None:
    """Make a folder that everybody may walk through, whatever the umask."""
    for each in (*reversed(path.parents), path):
        if not each.exists():
            each.mkdir()
            os.chmod(each, 0o755)  # noqa: PTH101, S103 - it holds mount points only
