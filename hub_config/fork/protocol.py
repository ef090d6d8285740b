"""What is said over the zygote's socket: one connection is one process.

The asker sends one JSON line (an ``Order``), and with it the open file for the process's output. It gets
``{"pid", "started"}`` from the zygote, ``{"inner"}`` or ``{"error"}`` from the new process, and, when that
has ended, ``{"exit"}`` from the zygote.
"""

from __future__ import annotations

import json
import os
import socket
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from hub_config.cell import identity

LONGEST = 256 * 1024  # bytes of an order


class ForkError(RuntimeError):
    """The zygote could not start the process; the message is for the log."""


@dataclass(frozen=True)
class Order:
    """A process to start.

    Attributes:
        args: arguments of the zygote's program.
        env: the whole environment; nothing of the zygote's own remains.
        cwd: folder to start in.
        cell: the learner's cell as ``hub_config.cell.spec.Cell`` writes it; None: the asker's own cell.
    """

    args: list[str]
    env: dict[str, str]
    cwd: str
    cell: dict[str, Any] | None = None

    def line(self) -> bytes:
        """Return what is sent."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def parse(cls, line: bytes) -> Order:
        """Read what was sent, trusting nothing.

        Raises:
            ValueError, TypeError: it is no order.
        """
        told = json.loads(line)
        if not isinstance(told, dict):
            raise TypeError("not an object")
        args, env, cwd, cell = (told.get(name) for name in ("args", "env", "cwd", "cell"))
        if not (isinstance(args, list) and isinstance(env, dict) and isinstance(cwd, str)):
            raise TypeError("not an order")
        words = [*args, *env, *env.values(), cwd]
        if not all(isinstance(word, str) and "\0" not in word for word in words):
            raise ValueError("not text")
        if any(not name or "=" in name for name in env):
            raise ValueError("not a variable's name")
        return cls(args, env, cwd, cell)


@dataclass
class Forked:
    """A forked process, as its asker knows it; ``poll`` is that of ``subprocess.Popen``.

    Attributes:
        pid: its number, as the asker sees it.
        started: when it began, see ``linux.started``.
    """

    pid: int
    started: int
    _line: socket.socket | None = field(default=None, repr=False)
    _told: bytes = b""
    _code: int | None = None

    def poll(self) -> int | None:
        """Return the exit code (minus the signal's number if one ended it), or None while it runs.

        When the zygote died first nobody knows the code: 0, as JupyterHub has it.
        """
        if self._code is None and self._line is not None:
            self._listen(self._line)
        if self._code is None and self._line is None and not identity.is_running(self.pid, self.started):
            self._code = 0
        return self._code

    def _listen(self, line: socket.socket) -> None:
        try:
            told = line.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            told = b""
        self._told += told
        with suppress(ValueError):
            self._code = int(json.loads(self._told)["exit"])
        if not told or self._code is not None:
            self.close()

    def close(self) -> None:
        """Let go of the connection; from now on only ``/proc`` tells whether the process runs."""
        if self._line is not None:
            self._line.close()
            self._line = None


def ask(address: Path, order: Order, output: int, patience: float = 30.0) -> Forked:
    """Have a process started and wait until it is in its cell.

    Args:
        address: the zygote's socket.
        order: what to start.
        output: an open file for the process's output.
        patience: seconds.

    Raises:
        ForkError: it did not come up.
    """
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(patience)
    try:
        line.connect(str(address))
        content = order.line()
        with suppress(
            BrokenPipeError
        ):  # a refusal came before all was said: it must be read, not tripped over
            sent = socket.send_fds(line, [content], [output])
            line.sendall(content[sent:])
        told, rest = _answers(line, time.monotonic() + patience)
    except (OSError, ValueError) as error:
        line.close()
        raise ForkError(f"zygote {address.name}: {error or type(error).__name__}") from error
    if "error" in told or not {"pid", "inner", "started"} <= told.keys():
        line.close()
        raise ForkError(f"zygote {address.name}: {told.get('error', 'no answer')}")
    line.setblocking(False)  # noqa: FBT003 - Python's own signature
    pid = told["inner"] if order.cell is None else told["pid"]  # beside the asker, or in a cell of its own
    return Forked(int(pid), int(told["started"]), line, rest, told.get("exit"))


def _answers(line: socket.socket, deadline: float) -> tuple[dict[str, Any], bytes]:
    """Collect what zygote and process say until both have spoken, or one gave up; return the begun rest too."""
    told: dict[str, Any] = {}
    rest = b""
    while not (told.keys() >= {"pid", "inner"} or told.keys() & {"error", "exit"}):
        line.settimeout(max(0.01, deadline - time.monotonic()))
        got = line.recv(4096)
        if not got:
            break
        *whole, rest = (rest + got).split(b"\n")
        for each in whole:
            told |= json.loads(each)
    return told, rest


def tell(line: socket.socket, **told: object) -> None:
    """Say something to the asker, who may have gone."""
    with suppress(OSError):
        line.send(json.dumps(told).encode() + b"\n")


def open_output(path: Path | None) -> int:
    """Open a process's log anew (``None``: nowhere) and return its handle; nobody can lead the name elsewhere."""
    if path is None:
        return os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
    return os.open(path, flags, 0o600)
