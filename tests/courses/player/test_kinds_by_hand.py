"""Each kind by finger, by mouse and by keyboard alone: the same answers, back after a reload, nothing in the way."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from courses.exercises.registry import kinds
from tests.courses.player.hand import Hand
from tests.courses.player.kinds import DESK, DRIVERS, PHONE

expect.set_options(timeout=40_000)
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

TWICE = {"width": 320, "height": 400}  # 200 % zoom of a window of 640 × 800
TOO_WIDE = """() => [...document.querySelectorAll("main *")]
    .filter(it => it.getClientRects().length && !it.closest(".table-wrap, .visually-hidden"))
    .filter(it => it.getBoundingClientRect().right > WIDTH + 0.5)
    .map(it => it.outerHTML.slice(0, 120))"""


def look(hand, name, request):
    """Nothing that axe-core finds, nothing wider than the screen."""
    results = Axe().run(hand.page)
    assert results.violations_count == 0, results.generate_report()
    assert too_wide(hand.page) == []
    folder = request.config.getoption("--shots")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        hand.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def too_wide(page):
    width = page.viewport_size["width"]  # a phone's innerWidth grows with what is too wide
    return page.evaluate(TOO_WIDE.replace("WIDTH", str(width)))


@pytest.mark.parametrize("kind", DRIVERS)
def test_a_kind_is_answered_by_touch_and_is_there_after_a_reload(kind, opened, request):
    driver = DRIVERS[kind]
    hand = opened(driver.LESSON, viewport=PHONE, has_touch=True, is_mobile=True)
    driver.touch(hand)
    hand.saved(driver.ANSWERS)
    look(hand, f"{kind}-phone", request)
    hand.page.reload()
    expect(hand.page.locator("#nop-bai")).to_be_visible()
    driver.back(hand)
    hand.saved(driver.ANSWERS)


@pytest.mark.parametrize("kind", DRIVERS)
def test_a_kind_is_answered_with_the_mouse_and_is_whole_at_twice_the_size(kind, opened, request):
    driver = DRIVERS[kind]
    hand = opened(driver.LESSON, viewport=DESK, color_scheme="dark")
    driver.mouse(hand)
    hand.saved(driver.ANSWERS)
    look(hand, f"{kind}-desk", request)
    hand.page.set_viewport_size(TWICE)
    look(hand, f"{kind}-twice", request)
    driver.back(hand)


@pytest.mark.parametrize("kind", DRIVERS)
def test_a_kind_is_answered_with_the_keyboard_alone(kind, opened):
    driver = DRIVERS[kind]
    hand = opened(driver.LESSON, viewport=DESK, reduced_motion="reduce")
    driver.keyboard(hand)
    hand.saved(driver.ANSWERS)
    driver.back(hand)


class LabHand(Hand):
    """The same hands on the notebook in JupyterLab, where cards have no ids of the page."""

    def card(self, number):
        return self.page.locator(".bdh-card").filter(has_text=re.compile(rf"Câu {number}/"))


@pytest.fixture
def lab(chromium, lesson):
    """Return a function that opens a lesson in JupyterLab and runs its cells."""
    contexts = []

    def start(slug):
        context = chromium.new_context(locale="vi-VN", viewport={"width": 1280, "height": 2400})
        context.set_default_timeout(60_000)
        contexts.append(context)
        learner, page = lesson(slug), context.new_page()
        page.goto(f"{learner.lab}?reset")  # JupyterLab opens the last test's notebook again otherwise
        page.wait_for_selector(".jp-Notebook .jp-MarkdownOutput")
        page.wait_for_function(
            "jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
        )
        page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
        expect(page.locator(".bdh-card").first).to_be_visible()
        return learner, LabHand(page, learner.folder)

    yield start
    for context in contexts:
        context.close()


# The others' drivers measure or drag on the lesson page and don't get through JupyterLab's notebook yet.
IN_LAB = ("choice", "fill", "number", "prompt", "spot", "teach")


@pytest.mark.parametrize("kind", IN_LAB)
def test_a_kind_answered_in_jupyterlab_is_there_in_the_lesson_view(kind, lab):
    driver = DRIVERS[kind]
    learner, hand = lab(driver.LESSON)
    driver.mouse(hand)
    hand.saved(driver.ANSWERS)
    page = hand.page.context.new_page()
    page.goto(learner.lesson)
    expect(page.locator("#nop-bai")).to_be_visible()
    driver.back(Hand(page, learner.folder))


def test_every_kind_has_its_driver():
    assert set(DRIVERS) == set(kinds())
