"""What all tests share: options, and the one browser."""

import asyncio
import shutil

import greenlet
import pytest
from hypothesis import settings
from playwright.sync_api import sync_playwright
from xdist.scheduler import LoadFileScheduling

settings.register_profile("bdhai", deadline=None)  # a busy machine is no fault of what is tested
settings.load_profile("bdhai")
TOGETHER = ("tests/hub_config/attacks", "tests/hub_config/signin")


def pytest_addoption(parser):
    parser.addoption(
        "--shots", default="", help="folder to keep pictures of each page that a browser test looks at"
    )


class HiddenLoop:
    """Playwright's loop, out of sight of tests without a browser.

    Between its calls it stands still but is "running" in this thread as long as the browser lives, and whatever
    starts a loop of its own, such as a judge, would be refused. A browser that outlives its last test is closed
    after a test without one: whoever switches to Playwright's fiber finds the loop in its place again.
    """

    def __init__(self) -> None:
        self._loop = None

    def hide(self):
        self._loop = asyncio._get_running_loop()  # noqa: SLF001 - made for those who implement loops, as Playwright does
        asyncio._set_running_loop(None)  # noqa: SLF001 - as above

    def show(self):
        if self._loop and not self._loop.is_closed():
            asyncio._set_running_loop(self._loop)  # noqa: SLF001 - as above
        self._loop = None

    def on_switch(self, event, fibers):
        if event in ("switch", "throw") and type(fibers[1]).__name__ == "MainGreenlet":
            self.show()


hidden_loop = HiddenLoop()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item):
    if "chromium" in item.fixturenames:
        return (yield)
    hidden_loop.hide()
    try:
        return (yield)
    finally:
        hidden_loop.show()


def group_of(nodeid):
    return next((name for name in TOGETHER if nodeid.startswith(name)), nodeid.partition("::")[0])


class OneProcess(LoadFileScheduling):
    """Keep a file's tests in one process, and those of a folder whose hubs cost too much to be started in each."""

    def _split_scope(self, nodeid):
        return group_of(nodeid)


def pytest_xdist_make_scheduler(config, log):
    return OneProcess(config, log)


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items):
    """Count every test with a browser among the e2e ones: Playwright's loop bars ``asyncio.run`` from its process."""
    for item in items:
        if "chromium" in item.fixturenames:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def chromium():
    """Start Debian's Chromium once for all tests: two of Playwright's loops can't live in one process."""
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--headless", "--no-sandbox", "--disable-gpu", *quiet],
        )
        greenlet.settrace(hidden_loop.on_switch)
        yield browser
        browser.close()
    greenlet.settrace(None)
