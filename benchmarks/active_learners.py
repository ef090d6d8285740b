"""Learners active at once: each has a lesson open in a server of their own and checks an answer every 20 seconds.

Run as root: ``python benchmarks/active_learners.py --learners 400 --minutes 10``. A check is what a card does: one message over the
page's websocket to the kernel saves the answer, a second one has the portal check it; the time is that of the check, from the
message to the reply. Afterwards every answer that was acknowledged must be in the learner's ``answers.json``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.meter import come_first, family, private_mib
from benchmarks.results import record
from benchmarks.start_wave import client, pid_of, start, stop
from benchmarks.two_hubs import LESSON, TOKEN, Hub, names, ours

EVERY = 20.0  # seconds between two answers of one learner
PATIENCE = 60.0  # seconds for one reply
EXERCISE, CHOICES = "thieu-phan", ("o1", "o2", "o3", "o4")
_KERNEL = re.compile(r'id="bdhai-kernel"[^>]*>\s*"?([0-9a-f-]{36})')
_CARD = re.compile(r'"model_id":\s*"([0-9a-f]{32})"')


@dataclass
class Learner:
    """One open lesson."""

    name: str
    line: WebSocketClientConnection
    comm: str  # of one of its cards
    saved: str = ""  # the choice whose saving was acknowledged last
    waiting: dict[str, asyncio.Future[dict[str, Any]]] = field(default_factory=dict)

    def send(self, kind: str, content: dict[str, Any]) -> None:
        head = {"msg_id": f"{time.monotonic_ns()}", "msg_type": kind, "username": "", "session": self.name}
        sent = {"header": head | {"version": "5.3", "date": ""}, "content": content, "channel": "shell"}
        self.line.write_message(json.dumps(sent | {"parent_header": {}, "metadata": {}, "buffers": []}))

    async def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Send a card's request to the kernel and wait for its reply."""
        ref = f"{time.monotonic_ns()}"
        self.waiting[ref] = asyncio.get_running_loop().create_future()
        data = {"method": "custom", "content": request | {"ref": ref}}
        self.send("comm_msg", {"comm_id": self.comm, "data": data})
        try:
            return await asyncio.wait_for(self.waiting[ref], PATIENCE)
        finally:
            del self.waiting[ref]

    async def listen(self) -> None:
        while told := await self.line.read_message():
            message = json.loads(told) if isinstance(told, str) else {}
            content = message.get("content", {})
            reply = (
                content.get("data", {}).get("content", {}) if message.get("msg_type") == "comm_msg" else {}
            )
            future = self.waiting.get(str(reply.get("ref")))
            if future and not future.done() and "ok" in reply:
                future.set_result(reply)


@dataclass
class Seen:
    """What all learners saw together."""

    checks: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


async def opened(hub: Hub, api: httpx.AsyncClient, name: str) -> Learner | None:
    """Open the lesson's page and its websocket, as a phone does."""
    if await start(api, name) is None:
        return None
    page = await api.get(f"{hub.address}/user/{name}/voila/render/{LESSON}", follow_redirects=True)
    kernel, card = _KERNEL.search(page.text), _CARD.search(page.text)
    if not (kernel and card):
        return None
    address = f"{hub.address}/user/{name}/api/kernels/{kernel[1]}/channels".replace("http", "ws", 1)
    line = await websocket_connect(HTTPRequest(address, headers={"Authorization": f"token {TOKEN}"}))
    return Learner(name, line, card[1])


async def act(learner: Learner, until: float, seen: Seen) -> None:
    """Answer again and again: save, then check."""
    await asyncio.sleep(random.uniform(0, EVERY))
    while time.monotonic() < until:
        began = time.monotonic()
        choice = random.choice(CHOICES)
        asked = {"exercise": EXERCISE, "case": "citizen", "answer": {"chosen": [choice]}}
        try:
            saved = await learner.ask({"type": "save", "force": True, "base": None, **asked})
            if saved["ok"]:
                learner.saved = choice
            sent = time.perf_counter()
            checked = await learner.ask({"type": "check", **asked})
            seen.checks.append(time.perf_counter() - sent)
            if not (saved["ok"] and checked["ok"]):
                seen.failed.append(str(saved if not saved["ok"] else checked)[:300])
        except Exception as error:  # noqa: BLE001 - whatever goes wrong is a lost answer
            seen.failed.append(f"{type(error).__name__}: {error}")
        await asyncio.sleep(max(0.0, EVERY - (time.monotonic() - began)))


async def lost(hub: Hub, learner: Learner) -> bool:
    """Tell whether the answer that was acknowledged last is not what the learner's folder holds."""
    path = hub.homes / learner.name / Path(LESSON).parent / "answers.json"
    if not learner.saved:
        return False
    told = json.loads(await asyncio.to_thread(path.read_text, encoding="utf-8"))
    return bool(told["answers"][EXERCISE]["chosen"] != [learner.saved])


async def scene(hub: Hub, people: int, minutes: float) -> dict[str, str]:
    seen = Seen()
    limit = asyncio.Semaphore(8)
    async with client(hub) as api:

        async def come(name: str) -> Learner | None:
            async with limit:
                await api.post(f"/users/{name}")
                return await opened(hub, api, name)

        began = time.monotonic()
        came = await asyncio.gather(*(come(name) for name in names(people)))
        learners = [one for one in came if one]
        print(f"{len(learners)} lessons open after {time.monotonic() - began:.0f} s", flush=True)
        listening = [asyncio.create_task(one.listen()) for one in learners]
        before, since = hub.meter.cpu(), time.monotonic()
        until = since + minutes * 60
        await asyncio.gather(*(act(one, until, seen) for one in learners))
        cores = (hub.meter.cpu() - before) / (time.monotonic() - since)
        some = learners[:: max(1, len(learners) // 20)]
        private = [private_mib(family(await pid_of(api, one.name))) for one in some]
        gone = sum([await lost(hub, one) for one in learners])
        for task, one in zip(listening, learners, strict=True):
            task.cancel()
            one.line.close()
        await stop(api, names(people))
    for fault in seen.failed[:5]:
        print(fault)
    percent = statistics.quantiles(seen.checks, n=20)
    return {
        "active at once": f"{len(learners)} of {people}",
        "minutes": f"{minutes:g}",
        "checks": f"{len(seen.checks):,}",
        "median, ms": f"{statistics.median(seen.checks) * 1000:.0f}",
        "95 %, ms": f"{percent[18] * 1000:.0f}",
        "failed": str(len(seen.failed)),
        "answers lost": str(gone),
        "processors busy": f"{cores:.2f}",
        "private MiB a learner": f"{statistics.median(private):.1f}",
    }


def main() -> None:
    """Measure and write the section."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--learners", type=int, default=400)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--no-record", action="store_true")
    options = parser.parse_args()
    come_first()
    with ours(options.learners) as hub:
        row = asyncio.run(scene(hub, options.learners, options.minutes))
    print(row)
    if not options.no_record:
        record("active_learners", [row])


if __name__ == "__main__":
    main()
