"""Every kind through a network cut, a killed kernel, and a second window: nothing is lost, nothing replaced in silence."""

from __future__ import annotations

import json
import signal
import time

import pytest
from playwright.sync_api import expect

from tests.courses.player.hand import Hand
from tests.courses.player.kinds import DESK, DRIVERS, PHONE
from tests.courses.player.pages import saved, shown
from tests.courses.player.services import FILE

expect.set_options(timeout=40_000)
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

CUT = 60  # seconds, as long as the promise says
SCREENS = {
    "touch": {"viewport": PHONE, "has_touch": True, "is_mobile": True},
    "mouse": {"viewport": DESK},
}
BEGUN = """() => document.addEventListener("bdhai:save", function begun({detail}) {
    if (detail.kind !== "saving") return;
    document.removeEventListener("bdhai:save", begun);
    answerBegun();
})"""
ASKED = "Câu này vừa được sửa ở một cửa sổ khác. Bạn muốn giữ bản nào?"


def at_the_first_change(page, act):
    """Call a function in mid-answer: as soon as the learner has changed something."""
    page.expose_function("answerBegun", act)
    page.evaluate(BEGUN)


def answer_in_a_cut(driver, hand, way):
    getattr(driver, "in_cut", getattr(driver, way))(hand)


def nothing_is_lost(driver, hand):
    """Wait until all is saved, finish what needs the server, and reload."""
    hand.saved(getattr(driver, "IN_CUT", driver.ANSWERS))
    saved(hand.page)
    expect(hand.page.locator("#bdh-link")).to_be_empty()
    if hasattr(driver, "after_cut"):
        driver.after_cut(hand)
        hand.saved(driver.ANSWERS)
    hand.page.reload(wait_until="commit")


def all_is_back(driver, hand):
    shown(hand.page)
    driver.back(hand)
    hand.saved(driver.ANSWERS)


def test_a_network_cut_of_a_minute_in_mid_answer_loses_nothing_of_any_kind(opening, server):
    """Each kind is answered on a phone and on a wide screen, all in one cut; the first page is in mid-answer then."""
    pages = [
        (driver, way, opening(driver.LESSON, f"-{way}", **screen))
        for driver in DRIVERS.values()
        for way, screen in SCREENS.items()
    ]
    for _, _, hand in pages:
        shown(hand.page)
    at_the_first_change(pages[0][2].page, lambda: server.process.send_signal(signal.SIGSTOP))
    begun = time.monotonic()
    try:
        for driver, way, hand in pages:
            answer_in_a_cut(driver, hand, way)
        for driver, _, hand in pages:
            expect(hand.page.locator("#bdh-save")).to_have_text("Chưa lưu được – bài vẫn còn trên máy này")
            expect(hand.page.locator("#bdh-link")).to_contain_text("bạn cứ làm tiếp")
            expect(hand.card(1)).to_contain_text(getattr(driver, "CALM", ""))
        hand.page.wait_for_timeout(max(0, begun + CUT - time.monotonic()) * 1000)
    finally:
        server.process.send_signal(signal.SIGCONT)
    for driver, _, hand in pages:
        nothing_is_lost(driver, hand)
    for driver, _, hand in pages:
        all_is_back(driver, hand)


@pytest.mark.parametrize("way", SCREENS)
def test_a_kernel_killed_in_mid_answer_loses_nothing_of_any_kind(way, opening, server):
    pages = [(driver, opening(driver.LESSON, **SCREENS[way])) for driver in DRIVERS.values()]
    killed = []

    def kill(page):
        server.kill_kernel(page)
        killed.append(page)

    for driver, hand in pages:
        shown(hand.page)
        at_the_first_change(hand.page, lambda page=hand.page: kill(page))
        answer_in_a_cut(driver, hand, way)
    for driver, hand in pages:
        nothing_is_lost(driver, hand)
    assert killed == [hand.page for _, hand in pages]
    for driver, hand in pages:
        all_is_back(driver, hand)


@pytest.fixture
def windows(opening):
    """Return a function that opens a lesson in two tabs of one browser: narrow as a phone, and wide."""

    def start(slug):
        one = opening(slug, viewport=PHONE, has_touch=True)
        two = Hand(one.page.context.new_page(), one.folder)
        two.page.set_viewport_size(DESK)
        two.page.goto(one.page.url, wait_until="commit")
        shown(one.page)
        shown(two.page)
        return one, two

    return start


@pytest.mark.parametrize("kind", DRIVERS)
def test_a_second_window_asks_before_it_replaces_anything(kind, windows):
    driver = DRIVERS[kind]
    one, two = windows(driver.LESSON)
    driver.nudge(one)
    saved(one.page)
    ((changed, theirs),) = answers(one).items()

    driver.mouse(two)
    expect(two.page.get_by_text(ASKED)).to_be_visible()
    assert answers(two)[changed] == theirs
    two.page.get_by_role("button", name="Giữ bản ở đây").click()
    two.saved(driver.ANSWERS)
    expect(two.page.get_by_text(ASKED)).to_be_hidden()

    driver.nudge(one)
    expect(one.page.get_by_text(ASKED)).to_be_visible()
    assert answers(one) == driver.ANSWERS
    one.page.get_by_role("button", name="Lấy bản kia").tap()
    expect(one.page.get_by_text(ASKED)).to_be_hidden()
    one.page.reload()  # its other exercises know nothing of the second window yet
    driver.back(one)
    one.saved(driver.ANSWERS)


def test_a_file_that_a_cut_stopped_is_kept_and_sent_again(opened):
    driver = DRIVERS["product"]
    hand = opened(driver.LESSON, **SCREENS["touch"])
    hand.page.context.set_offline(True)
    driver.in_cut(hand)
    expect(hand.card(1)).to_contain_text("Mất kết nối nên tệp chưa gửi được. Tệp vẫn ở máy bạn")
    hand.page.context.set_offline(False)
    hand.card(1).get_by_role("button", name="Gửi lại Giấy mời.docx").tap()
    hand.saved(driver.ANSWERS)
    expect(hand.card(1).get_by_role("button", name="Gửi lại Giấy mời.docx")).to_have_count(0)


def test_a_file_that_arrives_late_does_not_take_the_keyboard_away(opened, services):
    driver = DRIVERS["product"]
    hand = opened(driver.LESSON, **SCREENS["mouse"])
    services.delay = 1.5
    with hand.page.expect_file_chooser() as choosing:
        hand.card(1).get_by_role("button", name="Chọn tệp").click()
    choosing.value.set_files(driver.CHOSEN)
    hand.card(2).get_by_label("Bài viết của bạn").click()
    expect(hand.card(1).get_by_text("Đã nhận:")).to_be_hidden()
    hand.page.keyboard.type(driver.TEXT, delay=150)
    expect(hand.card(1).get_by_text("Đã nhận:")).to_be_visible()
    hand.saved(driver.ANSWERS)


def test_rows_typed_while_a_file_is_on_its_way_are_not_replaced(opened, services):
    driver = DRIVERS["table"]
    hand = opened(driver.LESSON, **SCREENS["mouse"])
    rows = [["Ngày", "Mặt hàng", "Số tiền"], ["9/11/2026", "Mật ong", "120000"]]
    services.answers["files"] = (201, FILE | {"type": "csv", "facts": {"rows": rows}})
    services.delay = 1.5
    book = {"name": "so.csv", "mimeType": "text/csv", "buffer": b"x"}
    hand.card(1).locator("input[type=file]").set_input_files(book)
    expect(hand.card(1)).to_contain_text("Đang gửi tệp")
    driver.nudge(hand)
    expect(hand.card(1)).to_contain_text("nên máy giữ bảng của bạn")
    assert "9/11/2026" not in str(answers(hand))

    hand.card(1).locator("input[type=file]").set_input_files(book)
    expect(hand.card(1)).to_contain_text("Đã điền 1 dòng.")
    hand.saved({"so-cho": {"rows": rows[1:]}})


def answers(hand):
    return json.loads((hand.folder / "answers.json").read_text())["answers"]
