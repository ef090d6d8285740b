"""50 people look at the boards at once: our service (signed in, gzip) against a stock ``voila`` of the same notebook.

    python benchmarks/boards.py

Both run as processes of their own on 127.0.0.1, and one process plays the viewers. A view is a whole page
without a visit before it (no 304). Every answer must hold the board, else the run fails.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.results import record  # noqa: E402 - the repository is on the path only now
from courses.site import Site  # noqa: E402 - as above
from hub_config.boards import render  # noqa: E402 - as above
from hub_config.boards.look import NOTEBOOK  # noqa: E402 - as above
from hub_config.launch import free_ports  # noqa: E402 - as above
from tests.fake_hub import FakeHub  # noqa: E402 - as above
from tests.hub_config.boards import wards  # noqa: E402 - as above

VIEWERS = 50
SECONDS = 15  # of our service
VOILA_VIEWS = 50  # one for each viewer: a stock voila keeps a kernel per view, so more would only fill memory
PATIENCE = 200
PREFIX = "/services/boards/"
PROOF = b"14/360"  # a figure of the last group; stock pages carry other texts as \\u escapes


def main() -> None:
    """Measure both and write the result down."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that servers end with a run that is ended
    with TemporaryDirectory() as folder, FakeHub(f"nguoi-{n}" for n in range(VIEWERS)) as hub:
        data = Path(folder)
        wards.put(data / "boards", wards.ward())
        started = time.perf_counter()
        render(Site(data=data))
        rendered = time.perf_counter() - started
        ours = asyncio.run(boards(data, hub))
        stock = asyncio.run(voila(data))
    rate = ours["views a second"] / stock["views a second"]
    work = stock["CPU a view, ms"] / ours["CPU a view, ms"]
    ratio = dict.fromkeys(ours, "") | {"views a second": f"{rate:.0f}×", "CPU a view, ms": f"1/{work:.0f}"}
    record(
        "boards",
        [
            _row("boards service, sign-in checked", ours),
            _row("stock voila", stock),
            {"50 viewers at once": "ratio", **ratio},
        ],
    )
    print(
        f"rendered once in {rendered:.1f} s; {rate:.0f} times as many views, {work:.0f} times less work each"
    )


def _row(name: str, measured: Mapping[str, float]) -> dict[str, str]:
    return {"50 viewers at once": name, **{key: f"{value:,.4g}" for key, value in measured.items()}}


async def boards(data: Path, hub: FakeHub) -> dict[str, float]:
    """Return views a second of our service."""
    (port,) = free_ports("127.0.0.1", 1)
    address = f"http://127.0.0.1:{port}"
    env = {
        "BDHAI_DATA": str(data),
        "BDHAI_SITE": str(data / "site.yaml"),
        "JUPYTERHUB_SERVICE_PREFIX": PREFIX,
        "JUPYTERHUB_SERVICE_URL": address,
        "JUPYTERHUB_API_URL": f"{hub.url}/hub/api",
        "JUPYTERHUB_API_TOKEN": "service-secret",
        "JUPYTERHUB_CLIENT_ID": "service-boards",
        "JUPYTERHUB_OAUTH_ACCESS_SCOPES": '["access:services"]',
        "JUPYTERHUB_BASE_URL": "/",
    }
    with started([sys.executable, "-m", "hub_config.boards"], env) as process:
        await answers(f"{address}{PREFIX}")
        requests = [request(PREFIX, hub.token(f"nguoi-{n}")) for n in range(VIEWERS)]
        return await measure(port, process, requests, seconds=SECONDS, most=10**6)


async def voila(data: Path) -> dict[str, float]:
    """Return views a second of a stock voila: default template, default settings."""
    (port,) = free_ports("127.0.0.1", 1)
    command = [
        sys.executable, "-m", "voila", str(NOTEBOOK), "--no-browser", f"--port={port}",
        "--Voila.ip=127.0.0.1",
    ]  # fmt: skip
    env = {"BDHAI_STANDINGS": str(data / "boards" / "standings.json"), "HOME": str(data)}
    with started(command, env) as process:
        await answers(f"http://127.0.0.1:{port}/voila/static/voila.js")
        most = VOILA_VIEWS // VIEWERS
        return await measure(port, process, [request("/")] * VIEWERS, seconds=PATIENCE, most=most)


async def look(port: int, request: bytes, until: float, most: int) -> list[float]:
    """Be one viewer: open the page again and again; return how long each view took, in seconds."""
    took: list[float] = []
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout_at(until):  # a stock page that hangs sends heartbeats for ever
            while len(took) < most:
                started_at = time.perf_counter()
                require_board(await fetch(port, request))
                took.append(time.perf_counter() - started_at)
    return took


async def fetch(port: int, request: bytes) -> bytes:
    """Return a whole answer. Bare sockets: an HTTP library costs more than the server that is measured."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        return await reader.read(-1)
    finally:
        writer.close()


@lru_cache(maxsize=8)
def require_board(answer: bytes) -> None:
    """Refuse an answer that is not the board; equal answers are looked into once."""
    head, _, body = answer.partition(b"\r\n\r\n")
    page = gzip.decompress(body) if b"content-encoding: gzip" in head.lower() else body
    if b" 200 " not in head[:15] or PROOF not in page:
        raise ValueError(f"no board: {head.decode()} {page[-500:].decode()}")


def request(path: str, token: str = "") -> bytes:
    """Return a request; HTTP/1.0, so that an answer ends with its connection, as a first visit's does."""
    who = f"Authorization: token {token}\r\n" if token else ""
    return f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n{who}\r\n".encode()


async def measure(
    port: int, process: subprocess.Popen[bytes], requests: list[bytes], *, seconds: float, most: int
) -> dict[str, float]:
    """Let a viewer per request look; return what that took and what it cost the server."""
    before = cpu(process.pid)
    begun = time.perf_counter()
    ends = asyncio.get_running_loop().time() + seconds
    looks = [look(port, each, ends, most) for each in requests]
    took = sorted(second for each in await asyncio.gather(*looks) for second in each)
    # With one view each, the slowest that came ends the clock: a page that hangs costs no rate.
    whole = took[-1] if most == 1 else time.perf_counter() - begun
    return {
        "views": len(took),
        "views a second": len(took) / whole,
        "median, s": took[len(took) // 2],
        "95 %, s": took[len(took) * 95 // 100],
        "CPU a view, ms": 1000 * (cpu(process.pid) - before) / len(took),
        "memory with kernels, MiB": memory(process.pid),
    }


def family(pid: int) -> list[psutil.Process]:
    """Return a process and everything that it started."""
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def cpu(pid: int) -> float:
    """Return the processor seconds of a server and its kernels; unlike the clock, a busy machine hardly changes it."""
    return sum(sum(each.cpu_times()[:2]) for each in family(pid))


def memory(pid: int) -> float:
    """Return the resident memory of a server and its kernels, in MiB."""
    return sum(each.memory_info().rss for each in family(pid)) / 2**20


async def answers(address: str) -> None:
    """Wait until a server answers at all."""
    ends = time.perf_counter() + 120
    async with httpx.AsyncClient(trust_env=False) as client:
        while time.perf_counter() < ends:
            with contextlib.suppress(httpx.HTTPError):
                await client.get(address)
                return
            await asyncio.sleep(0.2)
    raise TimeoutError(address)


@contextlib.contextmanager
def started(command: list[str], env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server for the block, then end it and everything it started."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env=os.environ | env, cwd=ROOT, start_new_session=True, **quiet)
    try:
        yield process
    finally:
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        _, alive = psutil.wait_procs(children, timeout=10)
        for each in [*alive, *([psutil.Process(process.pid)] if process.poll() is None else [])]:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()
        process.wait()


if __name__ == "__main__":
    main()
