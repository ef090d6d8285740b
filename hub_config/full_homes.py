"""The hub's watch over learners' homes: whoever fills theirs is ended, and told so in the home."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from hub_config.cell import quota
from hub_config.cell.quota import Room

MIB = 1024 * 1024
TOLD = "ban-hoc-day.txt"  # the file in the home that tells its learner
_ALARM = 64 * MIB  # free room that vanished since the last look
_EVERY = 60.0  # seconds between looks on a quiet day
_BLINK = 1.0  # seconds between looks at the free room


class Server(Protocol):
    """A learner's running server, as far as the watch needs it."""

    home_dir: str

    def processes(self) -> list[int]:
        """Return the numbers of the learner's processes, as far as they descend from the server."""

    async def end_now(self) -> None:
        """Kill all processes of the learner and wait until they are gone."""


class Watch:
    """Looks at the homes of running servers.

    Args:
        homes: the folder of homes; its file system's free room is the alarm.
        room: what a home may hold.
        running: returns the servers that run.
        log: the hub's.
    """

    def __init__(
        self, homes: Path, room: Room, running: Callable[[], Iterable[Server]], log: logging.Logger
    ) -> None:
        self._homes, self._room, self._running, self._log = homes, room, running, log
        self._free, self._looked = 0, 0.0

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            with suppress(OSError):  # a home that vanished meanwhile: look again
                if self._is_due():
                    await self.look()
            await asyncio.sleep(_BLINK)

    def _is_due(self) -> bool:
        about = os.statvfs(self._homes)
        before, self._free = self._free, about.f_bavail * about.f_frsize
        return before - self._free > _ALARM or time.monotonic() - self._looked > _EVERY

    async def look(self) -> None:
        """Measure every home in use, and end those whose learner has filled it."""
        self._looked = time.monotonic()
        processes = await asyncio.to_thread(quota.processes_by_account)
        for server in list(self._running()):
            home = Path(server.home_dir)
            with suppress(OSError):
                own = (await asyncio.to_thread(home.stat)).st_uid
                theirs = processes.get(own, []) if own != os.geteuid() else server.processes()
                used = await asyncio.to_thread(quota.measure, home, theirs)
                if not self._room.holds(used):
                    await self._end(server, home, used)

    async def _end(self, server: Server, home: Path, used: quota.Used) -> None:
        self._log.warning(
            "home %s is full: %d MiB, %d names; its server is ended", home.name, used.size // MIB, used.names
        )
        await server.end_now()
        gone = await asyncio.to_thread(quota.trim, home, self._room)
        await asyncio.to_thread(_tell, home, self._room, gone)
        self._log.warning("home %s: removed %d files that were written last", home.name, len(gone))


def _tell(home: Path, room: Room, gone: list[str]) -> None:
    """Leave a note in the home, for its learner's eyes."""
    lines = [
        f"Bàn học của bạn đã đầy (nhiều nhất {room.size // MIB} MB, {room.names} tệp và thư mục) nên máy đã đóng lại.",
        "Câu trả lời của bạn vẫn còn. Những tệp ghi sau cùng đã bị xóa:" if gone else "Bạn hãy xóa bớt tệp.",
        *(f"- {name}" for name in gone[:50]),
    ]
    about = home.stat()
    folder = os.open(home, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        with suppress(FileNotFoundError, IsADirectoryError):
            os.unlink(TOLD, dir_fd=folder)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        with (
            suppress(FileExistsError),
            os.fdopen(
                os.open(TOLD, flags, 0o600, dir_fd=folder), "w", encoding="utf-8", errors="replace"
            ) as note,
        ):
            os.chown(note.fileno(), about.st_uid, about.st_gid)
            note.write("\n".join(lines) + "\n")
    finally:
        os.close(folder)
