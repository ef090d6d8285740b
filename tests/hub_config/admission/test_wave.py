"""Twelve learners tap at once on a real hub: all come up, in order, and the page tells each their place."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

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
    """Let all tap at once; return what each saw: (user name, last page, pages on the way, news heard on one of them)."""
    names = give_passwords(hub, WAVE)
    browsers = {name: hub.sign_in(name, PASSWORD) for name in names}
    with ThreadPoolExecutor(WAVE) as threads:
        return list(threads.map(lambda name: tap(hub, name, browsers[name]), names))


def tap(hub, name, browser):
    """Open JupyterLab as a browser does: follow redirects, hear the news of the first page that waits, look again."""
    seen, news = [], []
    deadline = time.monotonic() + PATIENCE
    while True:
        page = browser.get(f"{hub.address}/hub/user-redirect/lab", timeout=120)
        if page.url.startswith(f"{hub.address}/user/{name}/lab") and page.status_code == 200:
            return name, page, seen, news
        seen.append((page.status_code, page.content.decode()))
        assert time.monotonic() < deadline, hub.log()[-3000:]
        waiting = re.search(r'data-progress="([^"]+)"', page.text)
        if waiting and not news:
            news = heard(browser, hub.address + waiting[1].replace("&amp;", "&"))
        time.sleep(0.5)


def heard(browser, address):
    """Return the news of a start, up to its end."""
    with browser.get(address, stream=True, timeout=PATIENCE) as stream:
        lines = [line for line in stream.iter_lines(decode_unicode=True) if line.startswith("data:")]
    return [json.loads(line.removeprefix("data:")) for line in lines]


def test_all_come_up(wave):
    assert [page.status_code for _, page, *_ in wave] == [200] * WAVE


def test_nobody_is_turned_away(wave):
    statuses = {status for _, _, seen, _ in wave for status, _ in seen}
    assert statuses <= {200}


@pytest.mark.usefixtures("wave")
def test_they_are_let_in_in_the_order_in_which_they_came(hub):
    came = re.findall(r"\] (\S+) joins the queue", hub.log())
    went = re.findall(r"\] (\S+) is let in", hub.log())
    assert len(came) == WAVE
    assert went == came


def test_the_page_tells_the_place(wave):
    pages = [page for _, _, seen, _ in wave for _, page in seen]
    assert any(re.search(r'<dd id="before">\d+ bạn</dd>', page) for page in pages)


def test_the_stream_of_news_tells_place_and_time(wave):
    streams = [news for *_, news in wave if news]
    assert streams, "somebody must have waited"
    told = [event for news in streams for event in news]
    assert any(re.search(r"\d+ bạn", event.get("before", "")) for event in told)
    assert any(re.fullmatch(r"chừng \d+ (giây|phút)", event.get("time", "")) for event in told)
    assert any("Đến lượt bạn" in event.get("notice", "") for event in told)
    assert all(news[-1].get("ready") for news in streams)
