"""What a learner's cell is: decided by the hub, carried out by ``hub_config.cell.enter``."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Cell:
    """One learner's cell.

    Attributes:
        name: the system account's name; cgroups bear it too. Empty: the hub's own account.
        uid: that account's number; None: stay who we are.
        gid: its group's number.
        home: the learner's home, an absolute path; the one place that lasts.
        stage: an empty folder on which the cell's own view of the files is built; empty: the machine's view.
        wrapped: bubblewrap builds the view, because the hub is not root; no account of its own then.
        shown: what the cell may read besides, never write: files and folders at the paths that they have.
        sockets: folders of the learner's own for short-lived files, writable.
        entrance: the unix socket at which the cell's server answers, made outside the cell; empty: none.
        memory_mib: memory of all processes together (cgroup), or of each (without cgroups).
        processes: processes and threads together.
        files: open files of one process.
        file_mib: size of one file.
    """

    home: str
    name: str = ""
    uid: int | None = None
    gid: int | None = None
    stage: str = ""
    wrapped: bool = False
    shown: tuple[str, ...] = ()
    sockets: tuple[str, ...] = ()
    entrance: str = ""
    memory_mib: int = 256
    processes: int = 64
    files: int = 1024
    file_mib: int = 64

    @property
    def is_private(self) -> bool:
        """Tell whether this code gives the cell its own view of files, processes and network."""
        return bool(self.stage)

    def to_dict(self) -> dict[str, Any]:
        """Return the cell as JSON takes it."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, told: dict[str, Any]) -> Self:
        """Read ``to_dict``'s value.

        Raises:
            TypeError: an unknown or missing name.
        """
        folders = {name: tuple(told.get(name, ())) for name in ("shown", "sockets")}
        return cls(**(told | folders))
