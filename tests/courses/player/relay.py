"""A line between a browser and a learner's server that can be cut in the middle of a request."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field

CHUNK = 65536


@dataclass
class Relay:
    """Passes bytes on while ``is_up``; ``cut`` breaks every connection at once and lets no new one through."""

    port: int  # of the server
    is_up: bool = True
    door: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    ends: list[socket.socket] = field(default_factory=list)

    def __post_init__(self):
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def own_port(self):
        return self.door.getsockname()[1]

    def cut(self):
        self.is_up = False
        for end in self.ends:
            _close(end)
        self.ends.clear()

    def mend(self):
        self.is_up = True

    def close(self):
        self.cut()
        _close(self.door)

    def _listen(self):
        while True:
            try:
                near, _ = self.door.accept()
            except OSError:
                return
            if self.is_up:
                far = socket.create_connection(("127.0.0.1", self.port))
                self.ends += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()
            else:
                _close(near)


def _pass_on(one, other):
    with suppress(OSError):
        while data := one.recv(CHUNK):
            other.sendall(data)
    _close(one)
    _close(other)


def _close(end):
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
