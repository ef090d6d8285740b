"""A cell's network: a loopback of its own and nothing else; visitors come in through one unix socket.

The socket is bound outside the cell's view of the files, in a folder that no learner can write to: neither proxy nor hub can be led
to another socket by a symlink. It is a unix socket because a TCP socket of the machine's network could be
disconnected and used to call anywhere, and a learner can take it from their server.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path

from hub_config.cell import linux
from hub_config.cell.spec import Cell

ENTRANCE = "BDHAI_ENTRANCE"  # number of the open socket, for the learner's server
_WAITING = 128


def leave() -> None:
    """Leave the machine's network for an empty one.

    Raises:
        OSError: the machine doesn't allow it.
    """
    linux.unshare(linux.NEW_NETWORK)
    linux.loopback_up()


def entrance(cell: Cell) -> dict[str, str]:
    """Open the cell's socket for its server and return the variable that names it.

    Raises:
        OSError: it can't be made there.
    """
    if not cell.entrance:
        return {}
    place = Path(cell.entrance)
    place.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    old = os.umask(0o177)
    try:
        listener.bind(cell.entrance)
    finally:
        os.umask(old)
    listener.listen(_WAITING)
    os.set_inheritable(listener.fileno(), True)  # noqa: FBT003 - Python's own signature
    return {ENTRANCE: str(listener.detach())}
