"""From a warm server to the first exercise that can be used: our lesson page, and Notebook 7 with the same widgets.

Run: ``python benchmarks/lesson_page.py``. A card can be used once it is shown and its kernel answers. Notebook 7 runs no
cell by itself, so its “Run all” is given the moment the page takes commands. Main-thread time is that of a processor
four times slower; memory is what only the kernel's process holds (USS), with the lesson open.
"""

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.first_open import FLAGS, LEARNER_CONFIG, SLUG, STOCK, server
from benchmarks.results import record
from courses.lessons.build import build_all
from courses.site import REPOSITORY

TIMES = (
    3  # opens of each page, each in a fresh browser profile; high, for Notebook draws only the cells in sight
)
SLOWER = 4  # times, for the main thread
REST = 2000  # milliseconds that a page may still work after it can be used
OUR_CARD = '!!document.querySelector("#nop-bai") && document.querySelector("#bdh-link")?.textContent === ""'
TAKES_COMMANDS = "!!window.jupyterapp && !!document.querySelector('.jp-Cell')"
KERNEL_IDLE = "jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
RUN_ALL = "jupyterapp.commands.execute('notebook:run-all-cells')"


@dataclass(frozen=True)
class Measured:
    """Medians of one page: seconds until usable, seconds of the main thread, MB of the kernel."""

    usable: float
    busy: float
    memory: float


def open_ours(page: Page, url: str) -> None:
    page.goto(url, timeout=120_000)
    page.wait_for_function(OUR_CARD, timeout=120_000)


def open_notebook(page: Page, url: str) -> None:
    page.goto(url, timeout=120_000)
    page.wait_for_function(TAKES_COMMANDS, timeout=60_000)
    page.wait_for_function(KERNEL_IDLE, timeout=60_000)
    page.evaluate(RUN_ALL)
    page.wait_for_selector(".bdh-card", timeout=60_000)


def measured(browser: Browser, url: str, opened: Callable[[Page, str], None]) -> Measured:
    usable, busy, memory = [], [], []
    for slower in (1, SLOWER):
        for _ in range(TIMES + 1):  # the first one warms the server
            context = browser.new_context(viewport={"width": 390, "height": 4000})
            page = context.new_page()
            wire = context.new_cdp_session(page)
            wire.send("Performance.enable", {"timeDomain": "threadTicks"})
            wire.send("Emulation.setCPUThrottlingRate", {"rate": slower})
            began = time.perf_counter()
            opened(page, url)
            elapsed = time.perf_counter() - began
            page.wait_for_timeout(REST)
            metrics = {each["name"]: each["value"] for each in wire.send("Performance.getMetrics")["metrics"]}
            if slower == 1:
                usable.append(elapsed)
                memory.append(max(kernels()) / 1e6)
            else:
                busy.append(metrics["TaskDuration"])
            context.close()
            end_kernels()
    return Measured(*(statistics.median(values[1:]) for values in (usable, busy, memory)))


def end_kernels() -> None:
    """Each open starts a kernel of its own, as in a class; stock Notebook would keep it for the next open."""
    for process in kernel_processes():
        process.terminate()
    psutil.wait_procs(kernel_processes(), timeout=20)


def kernel_processes() -> list[psutil.Process]:
    below = psutil.Process().children(recursive=True)
    return [one for one in below if "ipykernel_launcher" in command_of(one)]


def command_of(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # it has just ended
        return ""


def kernels() -> list[float]:
    return [process.memory_full_info().uss for process in kernel_processes()]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        build_all(REPOSITORY, Path(folder) / "build")
        home = Path(folder) / "home"
        shutil.copytree(Path(folder) / "build" / "level1" / "release" / SLUG, home / SLUG)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        python = [sys.executable, "-m"]
        lab = [*python, "jupyterlab", f"--config={LEARNER_CONFIG}", "--ServerApp.port=PORT", *STOCK]
        with server(home, lab, "/api/status") as at:
            ours = measured(browser, f"{at}/voila/render/{SLUG}/{SLUG}.ipynb", open_ours)
        notebook = [*python, "notebook", "--expose-app-in-browser", "--ServerApp.port=PORT", *STOCK]
        with server(home, notebook, "/api/status") as at:
            stock = measured(browser, f"{at}/notebooks/{SLUG}/{SLUG}.ipynb", open_notebook)
        browser.close()
    record(
        "lesson_page",
        [row("our lesson page", ours), row("Notebook 7, same widgets", stock), ratio(ours, stock)],
    )


def row(name: str, one: Measured) -> dict[str, str]:
    return {
        "lesson 1.2 on a phone": name,
        "first usable widget, s": f"{one.usable:.2f}",
        "main thread at 4× slower, s": f"{one.busy:.2f}",
        "kernel alone, MB": f"{one.memory:.1f}",
    }


def ratio(ours: Measured, stock: Measured) -> dict[str, str]:
    return {
        "lesson 1.2 on a phone": "ours / stock",
        "first usable widget, s": f"{ours.usable / stock.usable:.2f}",
        "main thread at 4× slower, s": f"{ours.busy / stock.busy:.2f}",
        "kernel alone, MB": f"{ours.memory / stock.memory:.2f}",
    }


if __name__ == "__main__":
    main()
