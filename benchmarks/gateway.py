"""What the AI gateway adds to a request, and how many streams it holds, against the same local server asked directly.

Run: ``python benchmarks/gateway.py``. The gateway is the real service in a process of its own, with a database; the
AI is ``tests/fake_openai.py`` in another one; the hub is a stand-in that knows ten tokens. All on 127.0.0.1.
"""

import asyncio
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.results import record
from courses.site import REPOSITORY
from hub_config.database import migrate
from tests.fake_hub import FakeHub

PEOPLE = [f"nguoi-{number}" for number in range(10)]
REQUESTS = 400  # one after the other, to each side in turn
STREAMS = 200  # at once
PAUSE = 0.25  # seconds between two words of a stream; the reply has nine
QUESTION = {"model": "m", "messages": [{"role": "user", "content": "Chào AI"}]}
SITE = "ai: {per_minute: 600, per_day: 100000, at_once: 20}\n"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], url: str, env: dict[str, str]) -> Iterator[None]:
    """Run a server until the end of the block, once it answers at all."""
    process = subprocess.Popen(command, env={**os.environ, **env}, cwd=REPOSITORY, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                httpx2.get(url, trust_env=False)
                break
            except httpx2.TransportError:
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait()


@contextmanager
def both(pause: float) -> Iterator[tuple[str, str, list[str]]]:
    """Yield the AI's own address, the gateway's, and the tokens that the gateway knows."""
    ai, port = free_port(), free_port()
    fake = [
        sys.executable,
        str(REPOSITORY / "tests" / "fake_openai.py"),
        "--port",
        str(ai),
        "--pause",
        str(pause),
    ]
    with tempfile.TemporaryDirectory() as folder, FakeHub(PEOPLE) as hub:
        data = Path(folder)
        (data / "site.yaml").write_text(SITE, encoding="utf-8")
        migrate(f"sqlite:///{data / 'bdhai.sqlite'}")
        env = {
            "BDHAI_DATA": folder,
            "BDHAI_SITE": str(data / "site.yaml"),
            "BDHAI_AI": "",
            "OPENAI_BASE_URL": f"http://127.0.0.1:{ai}/v1",
            "OPENAI_API_KEY": "k",
            "JUPYTERHUB_API_TOKEN": "dich-vu",
            "JUPYTERHUB_API_URL": f"{hub.url}/hub/api",
            "JUPYTERHUB_SERVICE_NAME": "ai",
            "JUPYTERHUB_SERVICE_PREFIX": "/services/ai/",
            "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{port}",
        }
        gateway = f"http://127.0.0.1:{port}/services/ai/v1"
        with (
            running(fake, f"http://127.0.0.1:{ai}/v1/models", {}),
            running([sys.executable, "-m", "hub_config.ai"], f"{gateway}/models", env),
        ):
            yield f"http://127.0.0.1:{ai}/v1", gateway, [hub.token(name) for name in PEOPLE]


def latencies(direct: str, gateway: str, tokens: list[str]) -> tuple[list[float], list[float]]:
    """Return seconds of requests to each side, asked in turn over kept connections."""
    took: tuple[list[float], list[float]] = ([], [])
    with httpx2.Client(trust_env=False, timeout=30) as client:
        for number in range(REQUESTS + 20):
            for side, url in enumerate((direct, gateway)):
                headers = {"Authorization": f"Bearer {tokens[number % len(tokens)]}"}
                began = time.perf_counter()
                reply = client.post(f"{url}/chat/completions", json=QUESTION, headers=headers)
                elapsed = time.perf_counter() - began
                reply.raise_for_status()
                if number >= 20:  # the first ones open connections and ask the hub
                    took[side].append(elapsed)
    return took


async def streams(url: str, tokens: list[str]) -> tuple[int, int, float]:
    """Hold streams at once; return how many were open together, how many came whole, and the seconds of all."""
    open_now = most = whole = 0

    async def one(client: httpx2.AsyncClient, token: str) -> None:
        nonlocal open_now, most, whole
        headers = {"Authorization": f"Bearer {token}"}
        body = QUESTION | {"stream": True}
        async with client.stream("POST", f"{url}/chat/completions", json=body, headers=headers) as reply:
            reply.raise_for_status()
            is_open, last = False, ""
            async for line in reply.aiter_lines():
                if line and not is_open:
                    is_open, open_now = True, open_now + 1
                    most = max(most, open_now)
                last = line or last
            open_now -= is_open
            whole += last == "data: [DONE]"

    limits = httpx2.Limits(max_connections=None)
    async with httpx2.AsyncClient(trust_env=False, timeout=120, limits=limits) as client:
        began = time.perf_counter()
        await asyncio.gather(*(one(client, tokens[n % len(tokens)]) for n in range(STREAMS)))
        return most, whole, time.perf_counter() - began


def main() -> None:
    with both(0) as (direct, gateway, tokens):
        straight, through = latencies(direct, gateway, tokens)
    with both(PAUSE) as (direct, gateway, tokens):
        held = [asyncio.run(streams(url, tokens)) for url in (direct, gateway)]
    rows = []
    for name, took, (most, whole, seconds) in zip(
        ("the local AI server itself", "through the gateway"), (straight, through), held, strict=True
    ):
        rows.append({
            "who is asked": name,
            "median, ms": f"{statistics.median(took) * 1000:.2f}",
            "95 %, ms": f"{statistics.quantiles(took, n=20)[18] * 1000:.2f}",
            "streams open at once": most,
            "of these whole": whole,
            "seconds for all": f"{seconds:.1f}",
        })  # fmt: skip
    added = statistics.median(through) - statistics.median(straight)
    rows.append({
        "who is asked": "added, ratio",
        "median, ms": f"+{added * 1000:.2f}",
        "95 %, ms": "",
        "streams open at once": "",
        "of these whole": "",
        "seconds for all": f"{held[1][2] / held[0][2]:.2f}×",
    })  # fmt: skip
    record("gateway", rows)
    print(*rows, sep="\n")


if __name__ == "__main__":
    main()
