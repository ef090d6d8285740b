"""A lesson whose page comes in pieces over a slow line: wherever it stops for a while, it is whole in the end."""

from __future__ import annotations

import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

PAUSE = 0.5  # seconds, time enough for the page's code to run
PLACES = (
    '<form class="card reading-panel">',
    '<p id="bdh-link"',
    '<script id="bdhai-kernel" type="application/json">',
    '<script type="application/vnd.jupyter.widget-view+json"',
    '{"version_major"',
)


class SlowLine(BaseHTTPRequestHandler):
    """Pass the learner's pages on; a lesson stops after one of the places."""

    server_version = "slow"
    origin = ""
    place = ""

    def do_GET(self):
        if "Upgrade" in self.headers:  # this line carries pages only
            self.send_error(502)
            return
        with urllib.request.urlopen(f"{self.origin}{self.path}") as reply:
            data = reply.read()
            self.send_response(200)
            self.send_header("Content-Type", reply.headers["Content-Type"])
        self.end_headers()
        at = data.find(self.place.encode()) + len(self.place) if "/voila/render/" in self.path else 0
        self.wfile.write(data[:at])
        self.wfile.flush()
        time.sleep(PAUSE if at else 0)
        self.wfile.write(data[at:])

    def log_message(self, *_):
        """Keep the test's output quiet."""


@pytest.fixture
def slow(clean):
    """Return a function that gives the address of a lesson behind a line that stops at a place."""
    address = urlsplit(clean.lesson)
    lines = []

    def start(place):
        told = {"origin": f"http://{address.netloc}", "place": place}
        line = ThreadingHTTPServer(("127.0.0.1", 0), type("Line", (SlowLine,), told))
        threading.Thread(target=line.serve_forever, daemon=True).start()
        lines.append(line)
        return f"http://127.0.0.1:{line.server_address[1]}{address.path}"

    yield start
    for line in lines:
        line.shutdown()
        line.server_close()


@pytest.mark.parametrize("place", PLACES)
def test_a_page_that_stops_anywhere_for_a_while_is_whole_in_the_end(place, slow, chromium):
    page = chromium.new_page(locale="vi-VN", viewport={"width": 390, "height": 844})
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(slow(place))
    page.reload()  # the code lies in the browser by now and runs as early as it can
    expect(page.locator("#nop-bai")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("Đang mở bài tập…")
    page.get_by_text("Cách đọc", exact=True).click()
    page.get_by_label("Tương phản cao").check()
    expect(page.locator("html")).to_have_attribute("data-contrast", "more")
    page.get_by_role("button", name="Xong").click()
    expect(page.get_by_label("Tương phản cao")).to_be_hidden()
    assert complaints == []
    page.close()
