"""A real hub with short times: what nobody uses goes, a writing hand is left alone, and every answer is found again."""

import threading
import time

import pytest
from playwright.sync_api import expect

from courses.player.store import AnswerStore, Conflict
from tests.hub_fixture import KERNEL
from tests.many_learners import PASSWORD

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
expect.set_options(timeout=60_000)

LESSON = "level1/02-lenh-bon-phan"
RENDER = f"voila/render/{LESSON}/02-lenh-bon-phan.ipynb"
PATIENCE = 150


def until(what, seconds=PATIENCE):
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.5)


def kernels(browser, server):
    """Ask without leaving a trace of activity."""
    return browser.get(f"{server}/api/kernels", params={"no_track_activity": 1}, timeout=30).json()


def kernels_of(ward, username):
    """Return the learner's living kernels' process ids, from the machine."""
    return {
        each.pid
        for each in ward.hub.processes(JUPYTERHUB_USER=username)
        if KERNEL.search(str(each.cmdline()))
    }


class Writer:
    """What a learner's kernel does while somebody writes: an answer saved each second."""

    def __init__(self, folder):
        self.store = AnswerStore(folder, LESSON, "citizen")
        self.stop = threading.Event()
        self.last = None
        self.thread = threading.Thread(target=self.write, daemon=True)
        self.thread.start()

    def write(self):
        number = 0
        while not self.stop.wait(1):
            number += 1
            answer = {"text": f"chữ thứ {number}"}
            assert not isinstance(self.store.put("tu-do", answer, self.last, "citizen"), Conflict)
            self.last = answer

    def end(self):
        self.stop.set()
        self.thread.join(10)
        return self.last


def test_a_kernel_that_voila_leaked_goes(ward):
    browser = ward.sign_in("hv1")
    server = ward.hub.start_server(browser, "hv1")
    assert browser.get(f"{server}/{RENDER}", timeout=120).status_code == 200  # no page ever connects to it
    assert len(kernels(browser, server)) == 1
    until(lambda: not kernels(browser, server), 60)
    assert ward.runs("hv1")


def test_lacking_memory_takes_idle_servers_never_one_where_somebody_writes_and_lets_nobody_in(ward):
    idle, busy = ward.sign_in("hv1"), ward.sign_in("hv2")
    ward.hub.start_server(idle, "hv1")
    ward.hub.start_server(busy, "hv2")
    writer = Writer(ward.hub.data / "homes" / "hv2" / LESSON)
    try:
        ward.memory(0.02)
        until(lambda: not ward.runs("hv1"))
        assert "only 2.0% of the memory is left: 1 idle servers go" in ward.hub.log()
        late = ward.sign_in("hv3")
        page = late.get(f"{ward.hub.address}/hub/spawn", timeout=60)
        assert "Máy đang kín chỗ" in page.content.decode()
        time.sleep(15)  # long enough for three more looks
        assert ward.runs("hv2")
        assert not ward.runs("hv3")
        ward.memory(0.9)
        until(lambda: ward.runs("hv3"))
    finally:
        ward.memory(0.9)
        last = writer.end()
    assert writer.store.read().answers["tu-do"] == last
    assert ward.runs("hv2")


@pytest.fixture
def page(chromium, ward):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, locale="vi-VN")
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.clock.install()
    page.goto(f"{ward.hub.address}/hub/login")
    page.get_by_label("Tên đăng nhập").fill("hv1")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url("**/services/portal/**")
    yield page
    context.close()


def test_who_comes_back_to_a_page_left_open_finds_every_answer(ward, page, request):
    page.goto(f"{ward.hub.address}/hub/user-redirect/{RENDER}")
    page.wait_for_url(f"**/{RENDER}*", timeout=PATIENCE * 1000)
    box = page.locator(".card textarea:visible").first
    box.fill("Con viết đến đây thì có khách.")
    expect(page.locator("#bdh-save")).to_contain_text("Đã lưu lúc")
    page.clock.fast_forward(180_000)  # nobody touches the page for three minutes
    until(lambda: not ward.runs("hv1"))
    expect(page.locator("#bdh-link")).to_contain_text("Bài đang tạm nghỉ")
    shots = request.config.getoption("--shots")
    if shots:
        page.screenshot(path=f"{shots}/nghi.png")
    page.locator("h1").first.tap()
    page.get_by_role("button", name="Mở lại bài").tap()
    page.wait_for_url(f"**/{RENDER}*", timeout=PATIENCE * 1000)
    expect(page.locator(".card textarea:visible").first).to_have_value("Con viết đến đây thì có khách.")


def test_a_touch_is_enough_when_only_the_kernel_went(ward, page):
    page.goto(f"{ward.hub.address}/hub/user-redirect/{RENDER}")
    page.wait_for_url(f"**/{RENDER}*", timeout=PATIENCE * 1000)
    expect(page.locator("#nop-bai")).to_be_visible()
    expect(page.locator("#bdh-link")).to_be_empty()
    ended = kernels_of(ward, "hv1")
    until(lambda: not ended & kernels_of(ward, "hv1"), 60)
    page.clock.fast_forward(180_000)
    page.locator("h1").first.tap()
    until(lambda: kernels_of(ward, "hv1"), 60)
    box = page.locator(".card textarea:visible").first
    box.fill("Con viết tiếp.")
    expect(page.locator("#bdh-save")).to_contain_text("Đã lưu lúc")
