"""Learners' servers, ours against a stock JupyterHub in one run: one start, waves of starts, memory, the first widget.

Run as root: ``python benchmarks/start_wave.py``. Both hubs have the same people, lessons and proxy; the stock one keeps JupyterHub's
default time-outs and the extensions that are installed. Memory is that of server and kernel with a lesson open.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import first_widget
from benchmarks.meter import come_first, family, private_mib
from benchmarks.results import record
from benchmarks.two_hubs import LESSON, TOKEN, Hub, names, ours, stock

ALONE = 5  # starts one after the other
OPEN = 10  # learners with a lesson open, for the memory of each
WAVES = (20, 50, 100)
PATIENCE = 120  # seconds for a wave: nobody waits longer


@dataclass
class Side:
    """What one hub showed."""

    start: float = 0.0
    cpu: float = 0.0
    waves: dict[int, tuple[int, float]] = field(
        default_factory=dict
    )  # learners → came up, seconds of the last
    private: float = 0.0
    widget: float = 0.0


def client(hub: Hub) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=hub.api,
        headers={"Authorization": f"token {TOKEN}"},
        trust_env=False,
        timeout=PATIENCE,
        limits=httpx.Limits(max_connections=None),
    )


async def start(api: httpx.AsyncClient, name: str) -> float | None:
    """Return the seconds until a learner's server is ready, or None when it did not come up."""
    began = time.perf_counter()
    while time.perf_counter() - began < PATIENCE:
        reply = await api.post(f"/users/{name}/server")
        if reply.status_code == 201:
            return time.perf_counter() - began
        if reply.status_code == 202:
            return time.perf_counter() - began if await progress(api, name) else None
        if reply.status_code != 429:  # turned away, as a page says “try again”
            return None
        await asyncio.sleep(1)
    return None


async def progress(api: httpx.AsyncClient, name: str) -> bool:
    """Follow a start as the waiting page does; return whether the server came up."""
    try:
        async with asyncio.timeout(PATIENCE), api.stream("GET", f"/users/{name}/server/progress") as events:
            async for line in events.aiter_lines():
                told: dict[str, Any] = json.loads(line[6:]) if line.startswith("data: ") else {}
                if told.get("ready") or told.get("failed"):
                    return bool(told.get("ready"))
    except (httpx.HTTPError, TimeoutError):
        pass
    return False


async def stop(api: httpx.AsyncClient, people: list[str]) -> None:
    await asyncio.gather(*(api.delete(f"/users/{name}/server") for name in people))
    for _ in range(300):
        reply = await api.get("/users", params={"limit": 1000})
        answered = reply.status_code == 200  # a hub that is out of breath gives no answer through the proxy
        if answered and not any(each["server"] or each["pending"] for each in reply.json()):
            return
        await asyncio.sleep(0.3)


async def alone(hub: Hub, side: Side) -> None:
    """Start servers one after the other on a hub where nothing else happens."""
    took, work = [], []
    async with client(hub) as api:
        for name in names(ALONE + 1):
            before = hub.meter.cpu()
            took.append(await start(api, name) or PATIENCE)
            await asyncio.sleep(1)  # what the server does after it answers is its start's work, too
            work.append(hub.meter.cpu() - before)
        await stop(api, names(ALONE + 1))
    side.start, side.cpu = statistics.median(took[1:]), statistics.median(work[1:])


async def wave(hub: Hub, side: Side, learners: int) -> None:
    """Start many at once."""
    async with client(hub) as api:
        began = time.perf_counter()
        came = [one for one in await asyncio.gather(*(start(api, name) for name in names(learners))) if one]
        side.waves[learners] = (len(came), time.perf_counter() - began)
        await stop(api, names(learners))


async def memory(hub: Hub, side: Side) -> None:
    """Open a lesson for a few learners and see what each holds alone."""
    people = names(OPEN + 1)
    async with client(hub) as api:
        await opened(hub, api, people[0])  # what the first one loads for all is not counted
        for name in people[1:]:
            await opened(hub, api, name)
        await asyncio.sleep(5)
        pids = [await pid_of(api, name) for name in people[1:]]
        side.private = statistics.median(private_mib(family(pid)) for pid in pids)
        await stop(api, people)


async def opened(hub: Hub, api: httpx.AsyncClient, name: str) -> None:
    """Have a lesson's cells run in a kernel: by our lesson page, or as Notebook does by “Run all”."""
    await start(api, name)
    own = f"{hub.address}/user/{name}"
    if hub.password:
        (await api.get(f"{own}/voila/render/{LESSON}", follow_redirects=True)).raise_for_status()
        return
    body = {"path": LESSON, "name": "l", "type": "notebook", "kernel": {"name": "python3"}}
    made = (await api.post(f"{own}/api/sessions", json=body)).raise_for_status().json()
    cells = (await api.get(f"{own}/api/contents/{LESSON}")).json()["content"]["cells"]
    channels = f"{own}/api/kernels/{made['kernel']['id']}/channels"
    await run_all(channels, ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"])


async def run_all(channels: str, cells: list[str]) -> None:
    """Run cells one after the other, and wait for the last one's end."""
    address = channels.replace("http", "ws", 1)
    line = await websocket_connect(HTTPRequest(address, headers={"Authorization": f"token {TOKEN}"}))
    for number, code in enumerate(cells):
        content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False}
        head = {"msg_id": f"cell-{number}", "msg_type": "execute_request", "username": "", "session": "b"}
        sent = {"header": head | {"version": "5.3", "date": ""}, "content": content, "channel": "shell"}
        await line.write_message(json.dumps(sent | {"parent_header": {}, "metadata": {}, "buffers": []}))
    while told := await line.read_message():
        message = json.loads(told) if isinstance(told, str) else {}
        is_last = message.get("parent_header", {}).get("msg_id") == f"cell-{len(cells) - 1}"
        if is_last and message["msg_type"] == "execute_reply":
            break
    line.close()


async def pid_of(api: httpx.AsyncClient, name: str) -> int:
    reply = await api.get(f"/users/{name}", params={"include_stopped_servers": True})
    return int(reply.json()["servers"][""]["state"]["pid"])


async def measured(hub: Hub, waves: tuple[int, ...]) -> Side:
    side = Side()
    async with client(hub) as api:
        for name in names(max(waves)):
            await api.post(f"/users/{name}")
    await alone(hub, side)
    await memory(hub, side)  # before the waves: a hub that is out of breath would be measured otherwise
    for learners in waves:
        await wave(hub, side, learners)
        print(hub.address, learners, side.waves[learners], flush=True)
    return side


@contextmanager
def both(people: int) -> Iterator[tuple[Hub, Hub]]:
    with ours(people) as ours_, stock(people) as stock_:
        yield ours_, stock_


def main() -> None:
    """Measure both hubs and write the section."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--waves", type=int, nargs="+", default=WAVES)
    parser.add_argument("--no-record", action="store_true")
    options = parser.parse_args()
    come_first()
    waves = tuple(options.waves)
    with both(max(waves)) as hubs:
        sides = [asyncio.run(measured(hub, waves)) for hub in hubs]
        print(*sides, sep="\n", flush=True)
    with both(1) as hubs:  # new ones: a stock hub does not recover from its waves
        for side, hub, opens in zip(sides, hubs, (first_widget.ours, first_widget.stock), strict=True):
            side.widget = first_widget.measured(hub, opens)
    rows = [row("ours", sides[0]), row("stock JupyterHub", sides[1]), ratio(*sides)]
    print(*rows, sep="\n")
    if not options.no_record:
        record("start_wave", rows)


def row(name: str, side: Side) -> dict[str, str]:
    waves = {
        f"wave of {learners}": f"{came} up, {seconds:.1f} s"
        for learners, (came, seconds) in side.waves.items()
    }
    return {
        "learners' servers": name,
        "one start, s": f"{side.start:.2f}",
        "CPU a start, s": f"{side.cpu:.2f}",
        **waves,
        "private memory of server and kernel, MiB": f"{side.private:.1f}",
        "tap to first widget, no server running, s": f"{side.widget:.2f}",
    }


def ratio(ours_: Side, stock_: Side) -> dict[str, str]:
    pairs = ("start", "cpu", "private", "widget")
    start_, cpu, private, widget = (f"{getattr(ours_, name) / getattr(stock_, name):.2f}×" for name in pairs)
    waves = {f"wave of {learners}": "" for learners in ours_.waves}
    values = ["ours / stock", start_, cpu, *waves.values(), private, widget]
    return dict(zip(row("", ours_), values, strict=True))


if __name__ == "__main__":
    main()
