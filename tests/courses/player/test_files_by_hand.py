"""A file on its way from the page: how far it is, stopping it, cuts of all sorts; what was there before stays."""

from __future__ import annotations

import json
import re
import shutil
import signal
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from courses.lessons.build import build_all
from courses.site import REPOSITORY
from tests.courses.player.learner_server import running
from tests.courses.player.pages import card, looks_well, open_lesson, saved
from tests.courses.player.relay import Relay
from tests.courses.player.services import CUT

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

SLUG = "29-product-cong-van-dung-the-thuc"
SCREENS = {
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
    "desk": {"viewport": {"width": 1280, "height": 800}},
}
FIRST = {"id": "ab" * 32, "name": "Bản thứ nhất.docx", "type": "docx", "size": 12_000}
SECOND = {"id": "cd" * 32, "name": "Bản thứ hai.docx", "type": "docx", "size": 3_000_000}
SAFE = "Tệp vẫn ở máy bạn, bài đã làm vẫn được giữ."
RECEIVED = "Đã nhận: Bản thứ nhất.docx · Word (.docx) · 12 KB"


@pytest.fixture(scope="module")
def server(tmp_path_factory, running_services):
    root = tmp_path_factory.mktemp("may-nop-tep")
    shutil.copytree(REPOSITORY / "tests" / "lessons" / "level1" / SLUG, root / "bai" / "level1" / SLUG)
    build_all(root / "bai", root / "out")
    shutil.copytree(root / "out" / "level1" / "release" / SLUG, root / "home" / "level1" / SLUG)
    with running(root, SLUG, running_services, JUPYTERHUB_USER="nam") as started:
        yield started


@pytest.fixture
def line(server):
    """The network between the browser and the server."""
    relay = Relay(urlsplit(server.url).port)
    yield relay
    relay.close()


@dataclass
class Sender:
    """One learner at the lesson, with the network in our hands."""

    page: Page
    folder: Path
    services: object
    line: Relay
    name: str
    shots: str

    @property
    def part(self):
        return card(self.page, 1)

    def choose(self, name="Bản thứ nhất.docx", size=12, button="Chọn tệp"):
        with self.page.expect_file_chooser() as choosing:
            self.part.get_by_role("button", name=button, exact=True).click()
        data = {"name": name, "mimeType": "application/octet-stream", "buffer": b"PK" + b"x" * size}
        choosing.value.set_files(data)

    def network(self, *, upload=-1):
        """Let bytes out at so many a second; -1: as they come."""
        wire = self.page.context.new_cdp_session(self.page)
        wire.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": upload},
        )

    def send_first(self):
        """Hand in a first file, so that there is something to lose."""
        self.services.answers["files"] = (201, FIRST)
        self.choose()
        expect(self.part).to_contain_text(RECEIVED)
        saved(self.page)
        self.services.answers["files"] = (201, SECOND)

    def send_second_slowly(self):
        """Begin a second, larger file on a weak network, and wait until some of it is gone."""
        self.network(upload=100_000)  # half a minute: what a test does next must come before the end
        self.choose("Bản thứ hai.docx", SECOND["size"], "Chọn tệp khác")
        expect(self.part.get_by_text(re.compile(r"đã gửi [1-9]\d? %"))).to_be_visible()

    def held(self):
        answers = json.loads((self.folder / "answers.json").read_text())["answers"]
        return answers.get("cong-van", {}).get("file")

    def names_sent(self):
        return [body["name"] for body in self.services.bodies("files")]

    def looks_well(self, what):
        picture = Path(self.shots, f"tep-{what}-{self.name}.png") if self.shots else None
        looks_well(self.part, ".product-file", picture)


@pytest.fixture
def open_sender(chromium, server, line, services, request):
    contexts = []

    def start(screen, *, clock=False):
        for left in server.folder.glob("*answers.json*"):
            left.unlink()
        context = chromium.new_context(locale="vi-VN", **SCREENS[screen])
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        if clock:
            page.clock.install()
        far = urlsplit(server.url).netloc
        open_lesson(page, replace(server, url=server.url.replace(far, f"127.0.0.1:{line.own_port}")))
        return Sender(page, server.folder, services, line, screen, request.config.getoption("--shots"))

    yield start
    for context in contexts:
        context.close()


@pytest.fixture(params=SCREENS)
def sender(request, open_sender):
    return open_sender(request.param)


def test_a_file_shows_how_far_it_is_and_the_lesson_says_that_it_is_not_yet_there(sender):
    sender.services.answers["files"] = (201, SECOND)
    sender.network(upload=400_000)
    sender.choose("Bản thứ hai.docx", SECOND["size"])
    bar = sender.part.get_by_role("progressbar", name="Đang gửi tệp")
    sender.page.wait_for_function("() => 0 < document.querySelector('progress').value")
    expect(sender.part.get_by_role("button", name="Dừng gửi")).to_be_focused()
    expect(sender.part.get_by_role("button", name="Chọn tệp", exact=True)).to_be_disabled()
    expect(sender.page.locator("#nop-bai")).to_contain_text("Câu 1: làm dở")
    sender.looks_well("dang-gui")
    assert 0 < bar.evaluate("it => it.value") < 100
    sender.network()
    expect(sender.part).to_contain_text("Đã nhận: Bản thứ hai.docx · Word (.docx) · 2,9 MB")
    expect(bar).to_have_count(0)
    expect(sender.page.locator("#nop-bai")).to_contain_text("Câu 1: đã làm")
    saved(sender.page)
    assert sender.held() == SECOND
    sender.looks_well("da-nhan")


def test_a_file_that_is_stopped_leaves_the_earlier_one_and_nothing_reaches_the_portal(sender):
    sender.send_first()
    sender.send_second_slowly()
    with sender.page.expect_event("requestfailed") as stopped:
        sender.part.get_by_role("button", name="Dừng gửi").click()
    assert stopped.value.url.endswith("/bdhai/files"), "no more bytes of it are sent"
    expect(sender.part).to_contain_text(f"Đã dừng, tệp chưa được gửi. {SAFE}")
    expect(sender.part).to_contain_text(RECEIVED)
    expect(sender.part.get_by_role("button", name="Chọn tệp khác")).to_be_focused()
    expect(sender.part.get_by_role("button", name="Gửi lại")).to_have_count(0)
    sender.looks_well("da-dung")
    sender.network()
    assert sender.held() == FIRST
    assert sender.names_sent() == ["B%E1%BA%A3n%20th%E1%BB%A9%20nh%E1%BA%A5t.docx"]
    sender.choose("Bản thứ hai.docx", 20, "Chọn tệp khác")
    expect(sender.part).to_contain_text("Đã nhận: Bản thứ hai.docx")
    expect(sender.part).not_to_contain_text("Đã dừng")
    saved(sender.page)
    assert sender.held() == SECOND


def test_a_cut_of_the_network_is_told_calmly_and_the_same_file_goes_again(sender):
    sender.send_first()
    sender.send_second_slowly()
    sender.line.cut()
    expect(sender.part.locator(".banner-warn")).to_contain_text(f"Mất kết nối nên tệp chưa gửi được. {SAFE}")
    expect(sender.part).to_contain_text(RECEIVED)
    expect(sender.part.get_by_role("button", name="Gửi lại")).to_be_focused()
    sender.looks_well("mat-mang")
    assert sender.held() == FIRST
    sender.part.get_by_role("button", name="Gửi lại").click()
    expect(sender.part.get_by_role("button", name="Gửi lại")).to_be_focused()
    expect(sender.part.locator(".banner-warn")).to_contain_text("Mất kết nối nên tệp chưa gửi được.")
    sender.line.mend()
    sender.network()
    sender.part.get_by_role("button", name="Gửi lại").click()
    expect(sender.part).to_contain_text("Đã nhận: Bản thứ hai.docx")
    expect(sender.part.locator(".banner-warn")).to_have_count(0)
    saved(sender.page)
    assert sender.held() == SECOND
    assert len(sender.names_sent()) == 2, "the half that was cut off never reached the portal"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((0, CUT), "Chưa nối được với trang lớp học nên tệp chưa gửi được."),
        ((503, {"error": "Máy chủ chưa ghi được tệp."}), "Máy chủ chưa ghi được tệp."),
        ((429, {"error": "Bạn gửi nhanh quá."}), "Bạn gửi nhanh quá."),
        ((502, b"<html>"), "Chưa nối được với trang lớp học nên tệp chưa gửi được."),
    ],
)
def test_a_portal_that_is_away_or_busy_may_be_tried_again_with_the_same_file(open_sender, answer, told):
    sender = open_sender("phone")
    sender.send_first()
    sender.services.answers["files"] = answer
    sender.choose("Bản thứ hai.docx", 20, "Chọn tệp khác")
    expect(sender.part.locator(".banner-warn")).to_contain_text(told)
    expect(sender.part).to_contain_text(RECEIVED)
    sender.services.answers["files"] = (201, SECOND)
    sender.part.get_by_role("button", name="Gửi lại").click()
    expect(sender.part).to_contain_text("Đã nhận: Bản thứ hai.docx")
    saved(sender.page)
    assert sender.held() == SECOND


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((422, {"error": "Tệp này hỏng. Bạn mở tệp xem lại."}), "Tệp này hỏng. Bạn mở tệp xem lại."),
        ((413, {"error": "Bạn đã gửi đủ tệp."}), "Bạn đã gửi đủ tệp."),
        ((201, {**SECOND, "type": "audio"}), "Bài này nhận: Word (.docx). Tệp bạn gửi là loại khác"),
    ],
)
def test_a_file_that_is_refused_is_told_and_needs_another_one(open_sender, answer, told):
    sender = open_sender("phone")
    sender.send_first()
    sender.services.answers["files"] = answer
    sender.choose("Bản thứ hai.docx", 20, "Chọn tệp khác")
    expect(sender.part.locator(".banner-warn")).to_contain_text(told)
    expect(sender.part.get_by_role("button", name="Gửi lại")).to_have_count(0)
    expect(sender.part).to_contain_text(RECEIVED)
    sender.part.get_by_role("button", name="Bỏ tệp này").click()
    expect(sender.part).not_to_contain_text("Đã nhận")
    expect(sender.part.locator(".banner-warn")).to_have_count(0)
    saved(sender.page)
    assert sender.held() is None


def test_a_file_that_is_too_large_is_not_even_begun(open_sender):
    sender = open_sender("phone")
    sender.choose(size=10 * 1024 * 1024)
    expect(sender.part.locator(".banner-warn")).to_contain_text(f"Tệp lớn hơn 10 MB. {SAFE}")
    assert sender.names_sent() == []


def test_a_network_that_stands_still_is_said_to_be_weak_and_given_up_after_a_minute(open_sender):
    sender = open_sender("phone", clock=True)
    sender.send_first()
    sender.send_second_slowly()
    sender.network(upload=1)
    sender.page.wait_for_timeout(1500)  # what is on its way already
    sender.page.clock.fast_forward(16_000)
    expect(sender.part).to_contain_text("Mạng đang yếu, tệp vẫn đang được gửi.")
    sender.page.clock.fast_forward(50_000)
    expect(sender.part).to_contain_text(f"Mất kết nối nên tệp chưa gửi được. {SAFE}")
    expect(sender.part).to_contain_text(RECEIVED)
    sender.network()
    sender.part.get_by_role("button", name="Gửi lại").click()
    expect(sender.part).to_contain_text("Đã nhận: Bản thứ hai.docx")


def test_a_weak_network_may_take_as_long_as_it_needs(open_sender):
    sender = open_sender("phone", clock=True)
    sender.services.answers["files"] = (201, SECOND)
    sender.network(upload=500_000)
    sender.choose("Bản thứ hai.docx", SECOND["size"])
    for _ in range(4):
        sender.page.clock.fast_forward(50_000)
        before = sender.page.evaluate("document.querySelector('progress').value")
        sender.page.wait_for_function("value => document.querySelector('progress').value > value", arg=before)
    sender.network()
    expect(sender.part).to_contain_text("Đã nhận: Bản thứ hai.docx")


def test_a_server_that_does_not_answer_any_more_is_given_up_and_the_file_goes_again(open_sender, server):
    sender = open_sender("phone", clock=True)
    sender.send_first()
    server.process.send_signal(signal.SIGSTOP)
    try:
        sender.choose("Bản thứ hai.docx", 20, "Chọn tệp khác")
        expect(sender.part).to_contain_text("Đã gửi xong, máy đang đọc tệp…")
        sender.page.clock.fast_forward(100_000)
        expect(sender.part).to_contain_text("máy đang đọc tệp…")
        expect(sender.part.locator(".banner-warn")).to_have_count(0)
        sender.page.clock.fast_forward(51_000)
        expect(sender.part).to_contain_text(f"Mất kết nối nên tệp chưa gửi được. {SAFE}")
    finally:
        server.process.send_signal(signal.SIGCONT)
    expect(sender.part).to_contain_text(RECEIVED)
    sender.part.get_by_role("button", name="Gửi lại").click()
    expect(sender.part).to_contain_text("Đã nhận: Bản thứ hai.docx")


def test_a_learner_who_goes_on_writing_keeps_the_focus_when_the_file_has_come(open_sender):
    sender = open_sender("desk")
    sender.send_first()
    sender.send_second_slowly()
    box = card(sender.page, 2).get_by_label("Bài viết của bạn")
    box.click()
    sender.page.keyboard.type("Tổ có 245 hộ")
    sender.network()
    expect(sender.part).to_contain_text("Đã nhận: Bản thứ hai.docx")
    sender.page.keyboard.type(", 231 hộ phân loại")
    expect(box).to_be_focused()
    expect(box).to_have_value("Tổ có 245 hộ, 231 hộ phân loại")


def test_handing_in_while_a_file_is_on_its_way_asks_first(open_sender):
    sender = open_sender("phone")
    sender.send_first()
    card(sender.page, 2).get_by_label("Bài viết của bạn").fill("chè " * 30)
    sender.send_second_slowly()
    sender.page.get_by_role("button", name="Nộp bài").click()
    expect(sender.page.locator("#nop-bai")).to_contain_text("Còn 1 câu chưa làm xong.")
    assert sender.services.bodies("submissions") == []
