"""How much a home holds, and the watch that ends whoever fills it.

Quotas of the file system are switched on by few machines, and an image of fixed size per learner would hide homes from
backups; so the hub looks. It looks hard only when the disk's free room shrinks, so nothing is spent on quiet days.
Whoever is over is ended, all processes at once; what was written last goes, as it would have failed under a quota.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

KEPT = frozenset({"answers.json"})  # never removed, however full the home is
_BLOCK = 512  # bytes of st_blocks, whatever the file system's own block


@dataclass(frozen=True)
class Used:
    """What a home holds: bytes on disk, and names of files and folders."""

    size: int
    names: int


@dataclass(frozen=True)
class Room:
    """What a home may hold: bytes on disk, and names of files and folders."""

    size: int
    names: int

    def holds(self, used: Used) -> bool:
        """Tell whether it is enough."""
        return used.size <= self.size and used.names <= self.names


@dataclass(frozen=True)
class _Found:
    folder: tuple[str, ...]
    name: str
    info: os.stat_result


def measure(home: Path, processes: Iterable[int] = ()) -> Used:
    """Measure a home: each file once, and those without a name that processes hold open.

    Args:
        home: the home; no symlink is followed.
        processes: numbers of the learner's processes.
    """
    seen: dict[tuple[int, int], int] = {}
    names = 0
    for found in _walk(home):
        names += 1
        seen[found.info.st_dev, found.info.st_ino] = found.info.st_blocks
    with suppress(OSError):
        device = home.stat().st_dev
        for info in _nameless(processes):
            if info.st_dev == device:
                seen[info.st_dev, info.st_ino] = info.st_blocks
    return Used(sum(seen.values()) * _BLOCK, names)


def trim(home: Path, room: Room) -> list[str]:
    """Remove what was written last until the home has room; return what went. Nobody may be at work in it.

    Raises:
        OSError: the home can't be opened.
    """
    used = measure(home)
    newest = sorted(_walk(home), key=lambda found: found.info.st_mtime_ns, reverse=True)
    gone = []
    for found in newest:
        if room.holds(used):
            break
        if stat.S_ISDIR(found.info.st_mode) or found.name in KEPT:
            continue
        if _remove(home, found):
            freed = found.info.st_blocks * _BLOCK if found.info.st_nlink == 1 else 0
            used = Used(used.size - freed, used.names - 1)
            gone.append("/".join((*found.folder, found.name)))
    return gone


def processes_by_account() -> dict[int, list[int]]:
    """Return the numbers of all processes, by the account that they run as."""
    found: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):  # noqa: PTH208 - thousands of names, none is opened as a path
        if name.isdigit():
            with suppress(OSError):
                text = Path(f"/proc/{name}/status").read_text(encoding="utf-8", errors="replace")
                uid = int(text.partition("\nUid:")[2].split(None, 1)[0])
                found.setdefault(uid, []).append(int(name))
    return found


def _walk(home: Path) -> Iterator[_Found]:
    for folder, folders, files, here in os.fwalk(home):
        place = Path(folder).relative_to(home).parts
        for name in (*folders, *files):
            with suppress(FileNotFoundError):
                yield _Found(place, name, os.stat(name, dir_fd=here, follow_symlinks=False))


def _nameless(processes: Iterable[int]) -> Iterator[os.stat_result]:
    for pid in processes:
        with suppress(OSError):
            for number in os.listdir(f"/proc/{pid}/fd"):  # noqa: PTH208 - as above
                with suppress(OSError):
                    info = os.stat(f"/proc/{pid}/fd/{number}")  # noqa: PTH116 - as above
                    if info.st_nlink == 0 and stat.S_ISREG(info.st_mode):
                        yield info


def _remove(home: Path, found: _Found) -> bool:
    """Remove a file below folders that are opened one by one: none of them may be a symlink by now."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    here = os.open(home, flags)
    try:
        for name in found.folder:
            below = os.open(name, flags, dir_fd=here)
            os.close(here)
            here = below
        os.unlink(found.name, dir_fd=here)
    except OSError:
        return False
    finally:
        os.close(here)
    return True
