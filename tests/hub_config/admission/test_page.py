"""The page that waits, in a real browser: place and time as they change, then on to the lesson."""

import asyncio
import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from jinja2 import Environment, FileSystemLoader
from playwright.sync_api import expect
from tornado.web import Application, RequestHandler

from courses.site import Programme, Site
from hub_config.admission.limit import Limit
from hub_config.admission.queue import Queue
from hub_config.admission.spawner import Queued
from hub_config.hub import HEADERS
from hub_config.pages import TEMPLATES, page_values
from tests.fake_hub import ServerThread

pytestmark = pytest.mark.e2e
SITE = Site(programme=Programme(ward="Phường An"))


async def waiting(ahead):
    """Return what the page says to somebody with so many before them, and what once it is their turn."""
    queue = Queue(Limit(value=1.0, most=1, unhurried=4.0, usual=4.0))
    seats = [queue.join() for _ in range(ahead + 2)]  # the first is let in
    own = Queued()
    own.queue, own.seat = queue, seats[-1]
    news = own.news()
    for seat in seats:
        queue.leave(seat, worked=True)
    return news, own.news()


class Pending(RequestHandler):
    def set_default_headers(self):
        for name, value in HEADERS.items():
            self.set_header(name, value)

    async def get(self):
        loader = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
        news, _ = await waiting(12)
        page = loader.get_template("spawn_pending.html")
        spawner = {"news": lambda: news}
        self.write(page.render(**page_values(SITE), spawner=spawner, progress_url="/progress"))


class Progress(RequestHandler):
    async def get(self):
        self.set_header("Content-Type", "text/event-stream")
        for event in ((await waiting(3))[0], *await waiting(0)):
            await self.settings["step"].wait()
            self.settings["step"].clear()
            self.write(f"data: {json.dumps(event)}\n\n")
            await self.flush()
        await asyncio.sleep(60)


@pytest.fixture
def server():
    step = asyncio.Event()
    server = ServerThread(Application([("/", Pending), ("/progress", Progress)], step=step)).start()

    async def go_on():
        step.set()

    server.go_on = lambda: server.run(go_on())
    yield server
    server.stop()


@pytest.mark.parametrize("viewport", [(360, 640), (390, 844), (1280, 800)])
def test_place_and_time_are_told_as_they_change(chromium, server, viewport, request):
    context = chromium.new_context(
        viewport={"width": viewport[0], "height": viewport[1]}, locale="vi-VN", bypass_csp=False
    )
    page = context.new_page()
    page.goto(server.url, wait_until="commit")
    expect(page.locator("#before")).to_have_text("12 bạn")
    expect(page.locator("#time")).to_have_text("chừng 1 phút")
    shots = request.config.getoption("--shots")
    if shots:
        page.screenshot(path=f"{shots}/cho-{viewport[0]}.png")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    server.go_on()
    expect(page.locator("#before")).to_have_text("3 bạn")
    expect(page.locator("#time")).to_have_text("chừng 20 giây")
    server.go_on()
    expect(page.locator("#before")).to_have_text("không còn ai")
    server.go_on()
    expect(page.locator("#notice")).to_contain_text("Đến lượt bạn rồi")
    expect(page.locator("#before")).to_be_hidden()
    context.close()


def test_axe_finds_nothing(chromium, server):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, bypass_csp=True)
    page = context.new_page()
    page.goto(server.url, wait_until="commit")
    expect(page.locator("#before")).to_be_visible()
    assert Axe().run(page).response["violations"] == []
    context.close()
