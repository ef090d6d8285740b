"""Pass connections on, byte by byte: from a cell's loopback through unix sockets to hub, portal and AI gateway.

Inside, ``inside`` listens where the addresses in the learner's environment point to. Outside, ``python -m
hub_config.cell.relay FOLDER NAME=PORT…`` listens on ``FOLDER/NAME.sock`` and calls one port of this machine for each. Nothing
else of the machine's network can be reached from a cell, whatever the learner's code says. The calls come from an address of
``CELLS``, one for each learner: whoever is called knows by it who calls, whatever the request's headers say.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import signal
import socket
import struct
import sys
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

CELLS = ipaddress.ip_network("127.64.0.0/10")  # a part of the loopback: only this machine calls from there
DOORS = "BDHAI_DOORS"  # PORT=SOCKET,PORT=SOCKET…, for the learner's server
AT_ONCE = 64  # connections of one learner
_PART = 64 * 1024
_PEERCRED = struct.Struct("iii")  # struct ucred
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def pass_on(visitor: Streams, call: Callable[[], Awaitable[Streams]]) -> None:
    """Carry both directions of a visitor's connection to the end that ``call`` opens."""
    try:
        other = await call()
    except OSError:  # that service is down: the visitor sees the connection end
        visitor[1].close()
        return
    try:
        await asyncio.gather(_carry(visitor[0], other[1]), _carry(other[0], visitor[1]))
    finally:
        for _, writer in (visitor, other):
            writer.close()


async def _carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while part := await source.read(_PART):
            target.write(part)
            await target.drain()
        target.write_eof()
        return
    target.close()  # the one end broke: let the other know


def doors_of(env: Mapping[str, str]) -> dict[int, str]:
    """Return the sockets to which the cell's ports lead; none outside a cell."""
    pairs = (each.partition("=") for each in env.get(DOORS, "").split(",") if each)
    return {int(port): place for port, _, place in pairs}


def inside(doors: Mapping[int, str]) -> None:
    """Serve a cell's ports in a thread of its own and return when all listen.

    Raises:
        OSError: a port is taken.
    """
    ready = threading.Event()
    faults: list[OSError] = []

    async def serve() -> None:
        try:
            servers = [await _listen(port, place) for port, place in doors.items()]
        except OSError as error:
            faults.append(error)
            return
        finally:
            ready.set()
        await asyncio.gather(*(server.serve_forever() for server in servers))

    threading.Thread(target=lambda: asyncio.run(serve()), daemon=True, name="relay").start()
    ready.wait()
    if faults:
        raise faults[0]


async def _listen(port: int, place: str) -> asyncio.Server:
    async def attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await pass_on((reader, writer), lambda: asyncio.open_unix_connection(place))

    return await asyncio.start_server(attend, "127.0.0.1", port)


class Outside:
    """The machine's side: one socket for each service, and a fair share for each learner."""

    def __init__(self) -> None:
        self._open: Counter[object] = Counter()

    async def listen(self, place: Path, port: int) -> asyncio.Server:
        """Listen at a socket that every account may use."""
        old = os.umask(0o111)
        try:
            return await asyncio.start_unix_server(self._attend(port), place)
        finally:
            os.umask(old)

    def _attend(self, port: int) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
        async def attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            whose = _whose(writer.get_extra_info("socket"))
            if self._open[whose] >= AT_ONCE:
                writer.close()
                return
            self._open[whose] += 1
            try:
                with suppress(asyncio.CancelledError):  # the end of all; Python 3.11 would print it for each
                    await pass_on((reader, writer), lambda: _call(port, whose))
            finally:
                self._open[whose] -= 1
                self._open += Counter()  # forgets those who have none

        return attend


async def _call(port: int, whose: object) -> Streams:
    """Call a port of this machine from the learner's own address."""
    number = int.from_bytes(blake2b(repr(whose).encode(), digest_size=4).digest(), "big")
    caller = str(CELLS[number % CELLS.num_addresses])
    return await asyncio.open_connection("127.0.0.1", port, local_addr=(caller, 0))


def _whose(line: socket.socket) -> object:
    """Return the learner's account; where all share one, their network namespace."""
    pid, uid, _ = _PEERCRED.unpack(line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEERCRED.size))
    if uid == os.geteuid():
        with suppress(OSError):
            return "namespace", Path(f"/proc/{pid}/ns/net").stat().st_ino
    return "account", uid


async def _serve(folder: Path, ports: Mapping[str, int]) -> None:
    folder.mkdir(exist_ok=True)  # noqa: ASYNC240 - once, at the start
    folder.chmod(0o755)  # noqa: ASYNC240 - as above
    outside = Outside()
    for name, port in ports.items():
        await outside.listen(folder / f"{name}.sock", port)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()


def main(argv: list[str]) -> None:
    """Serve until a signal comes."""
    pairs = (word.partition("=") for word in argv[1:])
    asyncio.run(_serve(Path(argv[0]), {name: int(port) for name, _, port in pairs}))


if __name__ == "__main__":
    main(sys.argv[1:])
