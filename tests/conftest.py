"""What all tests share: options, and the one browser."""

import asyncio
import shutil

import pytest
from hypothesis import settings
from playwright.sync_api import sync_playwright

settings.register_profile("bdhai", deadline=None)  # a busy machine is no fault of what is tested
settings.load_profile("bdhai")
TOGETHER = ("tests/hub_config/attacks",)


def pytest_addoption(parser):
    parser.addoption(
        "--shots", default="", help="folder to keep pictures of each page that a browser test looks at"
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item):
    """Hide Playwright's loop from tests without a browser.

    Between its calls it stands still but is "running" in this thread as long as the browser lives, and whatever
    starts a loop of its own, such as a judge, would be refused.
    """
    if "chromium" in item.fixturenames:
        return (yield)
    loop = asyncio._get_running_loop()  # noqa: SLF001 - made for those who implement loops, as Playwright does
    asyncio._set_running_loop(None)  # noqa: SLF001 - as above
    try:
        return (yield)
    finally:
        asyncio._set_running_loop(None if loop is None or loop.is_closed() else loop)  # noqa: SLF001 - as above


def pytest_itemcollected(item):
    """Keep a file's tests in one process, and those of a folder whose hubs cost too much to be started in each."""
    group = next((name for name in TOGETHER if name in item.nodeid), item.nodeid.partition("::")[0])
    item.add_marker(pytest.mark.xdist_group(group))


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
        loop = asyncio._get_running_loop()  # noqa: SLF001 - as above
        yield browser
        asyncio._set_running_loop(loop)  # noqa: SLF001 - the last test may have been one without it
        browser.close()
