"""From the tap on a lesson to the first exercise that can be used, while the learner has no server."""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Callable

import httpx
from playwright.sync_api import Page, sync_playwright

from benchmarks.first_open import FLAGS
from benchmarks.lesson_page import KERNEL_IDLE, RUN_ALL, TAKES_COMMANDS
from benchmarks.two_hubs import LESSON, TOKEN, Hub

TIMES = 5
LEARNER = "hocvien"
Open = Callable[[Page, Hub], float]


def ours(page: Page, hub: Hub) -> float:
    """Tap a lesson on the page “Hôm nay”."""
    page.goto(f"{hub.address}/services/portal/")
    lesson = LESSON.rpartition("/")[0]
    link = page.locator(f"a.lesson[href*='{lesson}']").first
    link.wait_for()
    page.wait_for_timeout(500)
    began = time.perf_counter()
    link.tap()
    page.locator("#nop-bai").wait_for(timeout=120_000)
    page.locator("#bdh-link:empty").wait_for(state="attached", timeout=120_000)  # its kernel answers
    return time.perf_counter() - began


def stock(page: Page, hub: Hub) -> float:
    """Open the lesson's notebook by its link; Notebook runs no cell by itself, so “Run all” is given at once."""
    began = time.perf_counter()
    page.goto(f"{hub.address}/hub/user-redirect/notebooks/{LESSON}", timeout=120_000)
    page.wait_for_function(TAKES_COMMANDS, timeout=120_000)
    page.wait_for_function(KERNEL_IDLE, timeout=120_000)
    page.evaluate(RUN_ALL)
    page.wait_for_selector(".bdh-card", timeout=120_000)
    return time.perf_counter() - began


def measured(hub: Hub, opens: Open) -> float:
    """Return the median of a few opens; the server is stopped before each, the first open is not counted."""
    took = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        context = browser.new_context(viewport={"width": 390, "height": 4000}, has_touch=True)
        page = context.new_page()
        sign_in(page, hub)
        for _ in range(TIMES + 1):
            stop(hub)
            took.append(opens(page, hub))
            page.goto("about:blank")
            page.wait_for_timeout(2000)
        stop(hub)
        browser.close()
    print(hub.address, [f"{each:.2f}" for each in took], flush=True)
    return statistics.median(took[1:])


def sign_in(page: Page, hub: Hub) -> None:
    page.goto(f"{hub.address}/hub/login")
    page.locator("input[name=username]").fill(LEARNER)
    page.locator("input[name=password]").fill(hub.password or "x")
    page.locator("[type=submit]").first.click()
    page.wait_for_url(lambda url: "/login" not in url)


def stop(hub: Hub) -> None:
    with httpx.Client(trust_env=False, timeout=60, headers={"Authorization": f"token {TOKEN}"}) as api:
        for _ in range(200):
            reply = api.get(f"{hub.api}/users/{LEARNER}").json()
            if not reply["server"] and not reply["pending"]:
                return
            if not reply["pending"]:
                api.delete(f"{hub.api}/users/{LEARNER}/server")
            time.sleep(0.2)
