"""First and second open of one lesson on a phone: our page, stock Voila, Notebook 7; bytes and requests.

Run: ``python benchmarks/first_open.py``. Each server is real and on 127.0.0.1, the browser is Debian's Chromium.
A page counts as open once a learner can use an exercise; Notebook 7 runs no cell by itself, so there it
is the moment at which the cells are shown.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.results import record
from courses.lessons.build import build_all
from courses.site import REPOSITORY

SLUG = "02-lenh-bon-phan"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
QUIET = 3.0  # seconds without a byte: the page has all that it wants
STOCK = ["--ServerApp.token=", "--ServerApp.password=", "--allow-root", "--no-browser"]
LEARNER_CONFIG = REPOSITORY / "hub_config" / "learner" / "server_config.py"


class Wire:
    """What a page took over the network: compressed bytes of replies and of websocket frames."""

    def __init__(self, page: Page) -> None:
        self.bytes, self.requests, self.last = 0, 0, time.monotonic()
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.loadingFinished", lambda event: self._heard(int(event["encodedDataLength"])))
        wire.on("Network.requestWillBeSent", lambda _: self._asked())
        wire.on(
            "Network.webSocketFrameReceived", lambda event: self._heard(len(event["response"]["payloadData"]))
        )

    def _heard(self, size: int) -> None:
        self.bytes, self.last = self.bytes + size, time.monotonic()

    def _asked(self) -> None:
        self.requests, self.last = self.requests + 1, time.monotonic()

    def settle(self, page: Page) -> tuple[int, int]:
        """Wait until nothing comes any more (a minute at most); return bytes and requests."""
        end = time.monotonic() + 60
        while time.monotonic() - self.last < QUIET and time.monotonic() < end:
            page.wait_for_timeout(200)
        return self.bytes, self.requests


def opened(browser: Browser, url: str, usable: str) -> list[tuple[int, int]]:
    """Open a page twice in one fresh browser profile; return bytes and requests of each time."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    counts = []
    for _ in range(2):
        page = context.new_page()
        wire = Wire(page)
        page.goto(url, timeout=120_000)
        page.wait_for_selector(usable, timeout=120_000)
        counts.append(wire.settle(page))
        page.close()
    context.close()
    return counts


@contextmanager
def server(home: Path, command: list[str], ready: str) -> Iterator[str]:
    """Run a server in a home until the end of the block; yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    place = {f"JUPYTER_{name}_DIR": str(home.parent / name.lower()) for name in ("CONFIG", "RUNTIME", "DATA")}
    env = os.environ | place | {"HOME": str(home), "BDHAI_PORTAL_URL": "http://127.0.0.1:9/services/portal"}
    process = subprocess.Popen(
        [part.replace("PORT", str(port)) for part in command], cwd=home, env=env | our_paths(),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{ready}", timeout=2).close()
                break
            except OSError:
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:  # stock Notebook waits for kernels that have ended
            process.kill()
            process.wait()


def our_paths() -> dict[str, str]:
    """Return where Jupyter finds the lesson page's template."""
    from courses.player.view import learner_env  # noqa: PLC0415 - after sys.path is set

    return learner_env()


def main() -> None:
    """Measure and write the section."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        build_all(REPOSITORY, Path(folder) / "build")
        home = Path(folder) / "home"
        shutil.copytree(Path(folder) / "build" / "level1" / "release" / SLUG, home / SLUG)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        python = [sys.executable, "-m"]
        with server(
            home,
            [*python, "jupyterlab", f"--config={LEARNER_CONFIG}", "--ServerApp.port=PORT", *STOCK],
            "/api/status",
        ) as at:
            ours = opened(browser, f"{at}/voila/render/{SLUG}/{SLUG}.ipynb", "#nop-bai")
        with server(
            home,
            [
                *python,
                "voila",
                "--port=PORT",
                "--no-browser",
                "--Voila.ip=127.0.0.1",
                str(home / SLUG / f"{SLUG}.ipynb"),
            ],
            "/static/",
        ) as at:
            voila = opened(browser, at, ".bdh-card")
        with server(home, [*python, "notebook", "--ServerApp.port=PORT", *STOCK], "/api/status") as at:
            notebook = opened(browser, f"{at}/notebooks/{SLUG}/{SLUG}.ipynb", ".jp-Cell")
        browser.close()
    rows = {"our lesson page": ours, "stock Voila, default template": voila, "Notebook 7": notebook}
    record("first_open", [row(name, counts, ours) for name, counts in rows.items()])


def row(name: str, counts: list[tuple[int, int]], ours: list[tuple[int, int]]) -> dict[str, str]:
    """Return one line of the table; the ratio is of bytes at the first open."""
    (first, requests), (second, again) = counts
    return {
        "lesson 1.2 on a phone": name,
        "first open, kB": f"{first / 1000:,.0f}",
        "requests": str(requests),
        "second open, kB": f"{second / 1000:,.0f}",
        "requests again": str(again),
        "bytes against ours": f"{first / ours[0][0]:,.1f}×",
    }


if __name__ == "__main__":
    main()
