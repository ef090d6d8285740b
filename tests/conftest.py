"""What all tests share: options, and the one browser."""

import shutil

import pytest
from hypothesis import settings
from playwright.sync_api import sync_playwright

settings.register_profile("bdhai", deadline=None)  # a busy machine is no fault of what is tested
settings.load_profile("bdhai")


def pytest_addoption(parser):
    parser.addoption(
        "--shots", default="", help="folder to keep pictures of each page that a browser test looks at"
    )


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
        yield browser
        browser.close()
