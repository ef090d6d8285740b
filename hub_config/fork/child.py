"""From a fork to a learner's program: nothing of the zygote remains but what it had imported."""

from __future__ import annotations

import multiprocessing
import os
import random
import runpy
import select
import signal
import socket
import ssl
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass

from hub_config.cell import linux
from hub_config.fork.protocol import Order, tell
from hub_config.fork.ways import BesideAsker, Way

_FAILED = 70  # sysexits.h: EX_SOFTWARE


@dataclass(frozen=True)
class Task:
    """What a forked process is to become."""

    order: Order
    way: Way
    line: socket.socket
    output: int


def run(task: Task, program: str) -> None:
    """Become the program: enter the cell, take over environment and arguments, then run it as ``python -m`` would."""
    try:
        _settle(task, program)
    except BaseException as error:  # noqa: BLE001 - nothing may return into the zygote's code with the zygote's rights
        tell(task.line, error=f"{type(error).__name__}: {error}")
        os._exit(_FAILED)
    tell(task.line, inner=os.getpid())
    task.line.close()
    sys.argv = [program, *task.order.args]
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # it is a TextIOWrapper
    runpy.run_module(program, run_name="__main__", alter_sys=True)


def _settle(task: Task, program: str) -> None:
    os.setsid()
    _streams(task)
    with suppress(OSError):  # only what `ps` shows; a kernel built without it can't
        linux.show_as([sys.executable, "-m", program, *task.order.args], task.order.env)
    told = task.way.enter()
    os.environ.clear()
    os.environ.update(task.order.env | told)
    time.tzset()
    os.chdir(task.order.cwd)
    reseed()
    signal.signal(
        signal.SIGTERM, lambda *_: os._exit(143)
    )  # a namespace's first process has no default action
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if isinstance(task.way, BesideAsker):
        end_with(task.way.handle)


def _streams(task: Task) -> None:
    """Nothing to read, one file to write to; no other open file but the line to the asker."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    for handle, number in ((nothing, 0), (task.output, 1), (task.output, 2)):
        os.dup2(handle, number)
    keep = {0, 1, 2, task.line.fileno()}
    if isinstance(task.way, BesideAsker):
        keep.add(task.way.handle)
    bounds = sorted(keep)
    for low, high in zip(bounds, [*bounds[1:], os.sysconf("SC_OPEN_MAX")], strict=True):
        os.closerange(low + 1, high)


def reseed() -> None:
    """Give this process chance of its own: two learners must never draw the same.

    ``uuid4``, ``secrets`` and ``os.urandom`` ask the machine each time; OpenSSL notices a fork, and is told as well.
    """
    random.seed()
    ssl.RAND_add(os.urandom(32), 0.0)
    multiprocessing.current_process().authkey = os.urandom(32)
    numpy = sys.modules.get("numpy.random")
    if numpy is not None:
        numpy.seed(int.from_bytes(os.urandom(4), "little"))


def end_with(handle: int) -> None:
    """End this process when the one that a pidfd names has ended; our parent is the zygote, not the server."""

    def watch() -> None:
        select.select([handle], [], [])
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="end-with-server").start()
