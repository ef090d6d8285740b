"""A tiny Jupyter server extension: answer at the socket that was opened for this server outside its cell, and only there.

A port inside the cell has no visitor, and a learner's program can break it (``pidfd_getfd``, then ``connect`` to nowhere): the server would
then try to accept for ever, and fill its log.
"""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

from hub_config.cell.network import ENTRANCE

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "hub_config.learner.entrance"}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    """Only ``_start`` has work to do, but Jupyter asks for both."""


async def _start_jupyter_server_extension(server: ServerApp) -> None:
    number = os.environ.pop(ENTRANCE, "")  # kernels need not know
    if number:
        listener = socket.socket(fileno=int(number))
        listener.setblocking(False)  # noqa: FBT003 - Python's own signature
        os.set_inheritable(listener.fileno(), False)  # noqa: FBT003 - as above
        server.http_server.stop()  # the port
        server.http_server.add_socket(listener)
