"""Twelve learners tap at once on a real hub: all come up, in order, and the page tells each their place."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.hub_fixture import running_hub
from tests.many_learners import PASSWORD, give_passwords

pytestmark = pytest.mark.e2e

WAVE = 12
PATIENCE = 400  # seconds for all of them, on two busy cores


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    with running_hub(tmp_path_factory.mktemp("data")) as running:
        yield running


@pytest.fixture(scope="module")
def wave(hub):
    """Let all tap at once; return what each saw: (user name, last page, sentences on the way)."""
    names = give_passwords(hub, WAVE)
    browsers = {name: hub.sign_in(name, PASSWORD) for name in names}
    with ThreadPoolExecutor(WAVE) as threads:
        return list(threads.map(lambda name: tap(hub, name, browsers[name]), names))


def tap(hub, name, browser):
    """Open JupyterLab as a browser does: follow redirects, and look again while the page waits."""
    seen = []
    deadline = time.monotonic() + PATIENCE
    while True:
        page = browser.get(f"{hub.address}/hub/user-redirect/lab", timeout=120)
        if page.url.startswith(f"{hub.address}/user/{name}/lab") and page.status_code == 200:
            return name, page, seen
        seen.append((page.status_code, page.content.decode()))
        assert time.monotonic() < deadline, hub.log()[-3000:]
        time.sleep(0.5)


def test_all_come_up(wave):
    assert [page.status_code for _, page, _ in wave] == [200] * WAVE


def test_nobody_is_turned_away(wave):
    statuses = {status for _, _, seen in wave for status, _ in seen}
    assert statuses <= {200}


@pytest.mark.usefixtures("wave")
def test_they_are_let_in_in_the_order_in_which_they_came(hub):
    came = re.findall(r"\] (\S+) joins the queue", hub.log())
    went = re.findall(r"\] (\S+) is let in", hub.log())
    assert len(came) == WAVE
    assert went == came


def test_the_page_tells_place_and_time(wave):
    pages = [page for _, _, seen in wave for _, page in seen]
    assert any(re.search(r'<dd id="before">\d+ bạn</dd>', page) for page in pages)
    assert any(re.search(r'<dd id="time">chừng \d+ (giây|phút)</dd>', page) for page in pages)


def test_the_stream_of_news_tells_the_place_too(hub, wave):
    """After the wave the queue is empty: who comes now is let in at once, and is told that."""
    name = give_passwords(hub, len(wave) + 1)[-1]
    browser = hub.sign_in(name, PASSWORD)
    page = browser.get(f"{hub.address}/hub/spawn", timeout=120)
    progress = re.search(r'data-progress="([^"]+)"', page.text)
    assert progress, page.url
    address = hub.address + progress[1].replace("&amp;", "&")
    with browser.get(address, stream=True, timeout=120) as stream:
        events = [line for line in stream.iter_lines(decode_unicode=True) if line.startswith("data:")]
    assert any("\\u0110\\u1ebfn l\\u01b0\\u1ee3t b\\u1ea1n" in event for event in events)
    assert '"ready": true' in events[-1]
    assert requests.get(f"{hub.address}/hub/api/", timeout=30).status_code == 200
