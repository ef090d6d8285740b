"""``python -m hub_config.fork.zygote``: a parent with every import done, from which processes are forked.

It has one thread, a clean environment and no secret; it never imports what talks to the hub's database. It ends when its
standard input does: the hub holds the other end. Processes that it made go on without it.
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import selectors
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path

from hub_config.cell import linux
from hub_config.fork import child, preimports
from hub_config.fork.protocol import LONGEST, Order, tell
from hub_config.fork.ways import BesideAsker, Gate, IntoCell, Peer, Way

GATES: dict[str, Gate] = {"cells": IntoCell, "beside": BesideAsker}
PROGRAMS = {
    "cells": "hub_config.learner",
    "beside": "hub_config.learner.kernel",
}  # `ps` shows them of their processes only
_PATIENCE = 10.0  # seconds for an order to arrive whole
_AT_ONCE = 12  # living processes of one account, and as many orders on their way
_WAITING = 128


class Asked:
    """A connection whose order has not arrived whole."""

    def __init__(self, line: socket.socket) -> None:
        self.line, self.peer = line, Peer.of(line)
        self.text, self.output = b"", -1
        self.until = time.monotonic() + _PATIENCE

    def read(self) -> bool:
        """Read on; return whether the order is whole.

        Raises:
            ValueError: too long, or the asker left.
        """
        text, handles, _, _ = socket.recv_fds(self.line, 65536, 4)
        for handle in handles:
            if self.output >= 0:
                os.close(self.output)
            self.output = handle
        self.text += text
        if not text or len(self.text) > LONGEST:
            raise ValueError("no order")
        return self.text.endswith(b"\n")

    def close(self) -> None:
        """Let go of the connection and of the file that came with it."""
        self.line.close()
        if self.output >= 0:
            os.close(self.output)
            self.output = -1


class Zygote:
    """Take orders, fork, tell how each process ended."""

    def __init__(self, listener: socket.socket, gate: Gate, *, most: int | None) -> None:
        self._listener, self._gate, self._most = listener, gate, most
        self._running: dict[int, tuple[socket.socket, int]] = {}  # pid → its asker's line and account
        self._asked: dict[int, Asked] = {}
        self._wake, self._bell = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._selector = selectors.DefaultSelector()
        listener.setblocking(False)  # noqa: FBT003 - Python's own signature
        for handle in (listener.fileno(), self._wake, 0):
            self._selector.register(handle, selectors.EVENT_READ)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._bell, warn_on_full_buffer=False)

    def serve(self) -> child.Task | None:
        """Serve until the hub ends; in each forked process: return what it is to become."""
        while True:
            ready = [key.fd for key, _ in self._selector.select(_PATIENCE if self._asked else None)]
            if 0 in ready and not os.read(0, 1024):
                return None
            if self._wake in ready:
                os.read(self._wake, 4096)
            self._reap()  # whatever woke us: a signal's byte may have come together with others
            for handle in ready:
                task = self._attend(handle)
                if task is not None:
                    return task
            self._lose_patience()

    def _attend(self, handle: int) -> child.Task | None:
        if handle == self._listener.fileno():
            self._accept()
        asked = self._asked.get(handle)
        if asked is None:
            return None
        try:
            return self._fork(asked) if asked.read() else None
        except BlockingIOError:
            return None
        except (ValueError, TypeError, OSError, RecursionError) as error:
            tell(asked.line, error=f"{type(error).__name__}: {error}")
            self._forget(asked)
            return None

    def _accept(self) -> None:
        with suppress(OSError):
            line, _ = self._listener.accept()
            line.setblocking(False)  # noqa: FBT003 - as above
            asked = Asked(line)
            if len(self._asked) >= _WAITING or self._is_greedy(asked.peer.uid):
                tell(line, error="too many")
                asked.close()
                return
            self._asked[line.fileno()] = asked
            self._selector.register(line, selectors.EVENT_READ)

    def _is_greedy(self, uid: int) -> bool:
        mine = sum(owner == uid for _, owner in self._running.values())
        waiting = sum(each.peer.uid == uid for each in self._asked.values())
        return self._most is not None and mine + waiting >= self._most

    def _fork(self, asked: Asked) -> child.Task | None:
        order = Order.parse(asked.text)
        if asked.output < 0:
            raise ValueError("no file for the output came with the order")
        way = self._gate(asked.peer, order)
        pid = -1
        try:
            pid = way.fork()
        finally:
            if pid != 0:
                way.close()
        if pid:
            self._remember(pid, asked)
            return None
        self._listener.close()
        return self._leave(asked, order, way)

    def _remember(self, pid: int, asked: Asked) -> None:
        self._selector.unregister(asked.line)
        del self._asked[asked.line.fileno()]
        self._running[pid] = (asked.line, asked.peer.uid)
        with suppress(ProcessLookupError):
            tell(asked.line, pid=pid, started=linux.started(pid))
        os.close(asked.output)

    def _leave(self, asked: Asked, order: Order, way: Way) -> child.Task:
        """In the child: give up everything that is the zygote's; by its object, so that nothing is closed twice."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._selector.close()
        for line, _ in self._running.values():
            line.close()
        for other in self._asked.values():
            if other is not asked:
                other.close()
        os.close(self._wake)
        os.close(self._bell)
        self._running.clear()
        self._asked.clear()
        return child.Task(order, way, asked.line, asked.output)

    def _forget(self, asked: Asked) -> None:
        self._selector.unregister(asked.line)
        del self._asked[asked.line.fileno()]
        asked.close()

    def _lose_patience(self) -> None:
        for asked in [each for each in self._asked.values() if each.until < time.monotonic()]:
            self._forget(asked)

    def _reap(self) -> None:
        while self._running:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            line, _ = self._running.pop(pid)
            tell(line, exit=os.waitstatus_to_exitcode(status))
            line.close()


def listen(address: Path, mode: int) -> socket.socket:
    """Open the socket under its name; who may connect is the mode, who may ask is the gate."""
    address.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    old = os.umask(0o777 & ~mode)
    try:
        listener.bind(str(address))
    finally:
        os.umask(old)
    listener.listen(_WAITING)
    return listener


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="zygote")
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--gate", choices=tuple(GATES), required=True)
    parser.add_argument("--program", help="module that forked processes run, if not the gate's own")
    parser.add_argument("--imports", type=Path, help="file with a module's name on each line")
    return parser.parse_args(argv)


def main(argv: list[str]) -> None:
    """Import, listen, serve; in a forked process: run the program."""
    options = _options(argv)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 65536)), hard))
    if options.imports:
        preimports.import_all(options.imports)
        preimports.make_ready()
    if len(os.listdir("/proc/self/task")) > 1:  # noqa: PTH208 - a fork takes one thread along and every lock as it is
        sys.exit("zygote: an import has started a thread")
    beside = options.gate == "beside"
    listener = listen(options.socket, 0o666 if beside and os.geteuid() == 0 else 0o600)
    zygote = Zygote(listener, GATES[options.gate], most=_AT_ONCE if beside else None)
    gc.collect()
    gc.freeze()  # the collector must not touch, and so copy, what all processes share
    print("ready", flush=True)  # noqa: T201 - the hub waits for this line
    task = zygote.serve()
    if task is not None:
        del zygote, listener
        child.run(task, options.program or PROGRAMS[options.gate])


if __name__ == "__main__":
    main(sys.argv[1:])
