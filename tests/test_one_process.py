"""Tests with a browser and tests with loops of their own live in one process, whatever order they come in."""

import asyncio
import os
import re
import subprocess
import sys

import pytest

from tests.conftest import group_of

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def page(chromium):
    """A page that is closed after the file's last test, which has no browser."""
    page = chromium.new_page()
    yield page
    assert page.evaluate("6 * 7") == 42
    page.close()


def test_a_page_is_open(page):
    assert page.evaluate("1 + 1") == 2


def test_a_loop_can_be_started_while_a_browser_lives():
    assert asyncio.run(asyncio.sleep(0, 7)) == 7


def test_a_page_is_open_still(page):
    assert page.evaluate("2 + 2") == 4


def test_the_last_one_has_no_browser():
    assert asyncio.run(asyncio.sleep(0, 8)) == 8


def test_files_stay_together_and_some_folders_too():
    assert group_of("tests/a/test_b.py::test_c[d::e]") == group_of("tests/a/test_b.py::test_f")
    assert group_of("tests/a/test_b.py::test_c") != group_of("tests/a/test_d.py::test_c")
    attacks = "tests/hub_config/attacks"
    assert group_of(f"{attacks}/test_b.py::test_c") == group_of(f"{attacks}/test_d.py::test_c")


def test_pytest_keeps_to_it(pytestconfig):
    """With more than one process: the tests of one file are told by one of them."""
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "-n", "2", "-k", "loop_can or last_one", __file__],
        cwd=pytestconfig.rootpath,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    places = re.findall(r"\[(gw\d)\].* PASSED tests|\[(gw\d)\] \[ *\d+%\] PASSED", told)
    assert len(places) == 2, told
    assert len(set(places)) == 1, told
