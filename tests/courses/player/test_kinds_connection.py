"""Every kind through a network cut, a killed kernel, and a second window: nothing is lost, nothing replaced in silence."""

from __future__ import annotations

import json
import signal
import time

import pytest
from playwright.sync_api import expect

from tests.courses.player.kinds import DESK, DRIVERS, PHONE
from tests.courses.player.pages import begin, saved, shown

expect.set_options(timeout=40_000)
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

CUT = 60  # seconds, as long as the promise says
PHONE_SCREEN = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
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
    """Each kind is answered on a phone, all in one cut; the first page is in mid-answer then."""
    pages = [(driver, opening(driver.LESSON, **PHONE_SCREEN)) for driver in DRIVERS.values()]
    for _, hand in pages:
        shown(hand.page)
    at_the_first_change(pages[0][1].page, lambda: server.process.send_signal(signal.SIGSTOP))
    begun = time.monotonic()
    try:
        for driver, hand in pages:
            answer_in_a_cut(driver, hand, "touch")
        for driver, hand in pages:
            expect(hand.page.locator("#bdh-save")).to_have_text("Chưa lưu được – bài vẫn còn trên máy này")
            expect(hand.page.locator("#bdh-link")).to_contain_text("bạn cứ làm tiếp")
            expect(hand.card(1)).to_contain_text(getattr(driver, "CALM", ""))
        hand.page.wait_for_timeout(max(0, begun + CUT - time.monotonic()) * 1000)
    finally:
        server.process.send_signal(signal.SIGCONT)
    for driver, hand in pages:
        nothing_is_lost(driver, hand)
    for driver, hand in pages:
        all_is_back(driver, hand)


def test_a_kernel_killed_in_mid_answer_loses_nothing_of_any_kind(opening, server):
    """Each kind is answered with a mouse; where the fingers are makes no difference to a kernel."""
    pages = [(driver, opening(driver.LESSON, viewport=DESK)) for driver in DRIVERS.values()]
    killed = []

    def kill(page):
        server.kill_kernel(page)
        killed.append(page)

    for driver, hand in pages:
        shown(hand.page)
        at_the_first_change(hand.page, lambda page=hand.page: kill(page))
        answer_in_a_cut(driver, hand, "mouse")
    for driver, hand in pages:
        nothing_is_lost(driver, hand)
    assert killed == [hand.page for _, hand in pages]
    for driver, hand in pages:
        all_is_back(driver, hand)


@pytest.fixture
def windows(browser, lesson):
    """Return a function that opens a lesson in two tabs of one browser: narrow as a phone, and wide."""

    def start(slug):
        learner, context = lesson(slug), browser(viewport=PHONE, has_touch=True)
        one, two = begin(context, learner), begin(context, learner)
        two.page.set_viewport_size(DESK)
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


def answers(hand):
    return json.loads((hand.folder / "answers.json").read_text())["answers"]
