"""Each kind by finger, by mouse and by keyboard alone: the same answers, back after a reload, nothing in the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from courses.exercises.registry import kinds
from tests.courses.player.kinds import DESK, DRIVERS, PHONE
from tests.courses.player.lab import LabHand, close_lab, open_another, open_lab
from tests.courses.player.pages import view

expect.set_options(timeout=40_000)
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

TWICE = {"width": 320, "height": 400}  # 200 % zoom of a window of 640 × 800
TOO_WIDE = """() => [...document.querySelectorAll("PLACE *")]
    .filter(it => it.getClientRects().length && !it.closest(".table-wrap, .visually-hidden"))
    .filter(it => it.getBoundingClientRect().right > WIDTH + 0.5)
    .map(it => it.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def lab(chromium):
    """Return a function that opens a lesson in JupyterLab; it is loaded once for all of them."""
    context, pages, complaints = chromium.new_context(locale="vi-VN", viewport=DESK), [], []
    context.set_default_timeout(30_000)
    context.on("weberror", lambda error: complaints.append(str(error.error)))

    def start(learner):
        if pages:
            open_another(pages[0], learner)
        else:
            pages.append(open_lab(context, learner))
        return LabHand(pages[0], learner.folder)

    yield start
    for page in pages:
        close_lab(page)
    context.close()
    assert complaints == []


def look(hand, name, request):
    """Nothing that axe-core finds, nothing wider than the screen."""
    results = Axe().run(hand.page, context=hand.place)
    assert results.violations_count == 0, results.generate_report()
    assert too_wide(hand) == []
    folder = request.config.getoption("--shots")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        hand.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def too_wide(hand):
    width = hand.page.viewport_size["width"]  # a phone's innerWidth grows with what is too wide
    return hand.page.evaluate(TOO_WIDE.replace("WIDTH", str(width)).replace("PLACE", hand.place))


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


@pytest.mark.parametrize(("kind", "way"), [*((kind, "keyboard") for kind in DRIVERS), ("sort", "mouse")])
def test_a_kind_answered_in_jupyterlab_is_there_in_the_lesson_view(kind, way, browser, lesson, lab, request):
    driver = DRIVERS[kind]
    learner = lesson(driver.LESSON)
    hand = lab(learner)
    getattr(driver, way)(hand)
    hand.saved(driver.ANSWERS)
    look(hand, f"{kind}-lab-{way}", request)
    driver.back(view(browser(viewport=DESK), learner))


@pytest.mark.parametrize("kind", DRIVERS)
def test_a_kind_answered_in_the_lesson_view_is_there_in_jupyterlab(kind, browser, lesson, lab):
    driver = DRIVERS[kind]
    learner = lesson(driver.LESSON)
    hand = view(browser(viewport=DESK), learner)
    driver.mouse(hand)
    hand.saved(driver.ANSWERS)
    driver.back(lab(learner))


def test_a_drag_to_the_edge_of_a_notebook_scrolls_until_the_places_are_in_sight_and_drops_there(lesson, lab):
    hand = lab(lesson(DRIVERS["sort"].LESSON))
    hand.page.set_viewport_size({"width": 1280, "height": 480})
    edge = hand.page.locator(".jp-WindowedPanel-outer:visible").bounding_box()
    top = f"document.querySelector('.sort-steps').getBoundingClientRect().top - {edge['y']}"
    hand.hold(hand.card(2).get_by_role("button", name="Cầm: Nhìn đèn"))
    assert hand.page.evaluate(top) < 0
    hand.page.mouse.move(edge["x"] + edge["width"] / 2, edge["y"] + 40, steps=4)
    hand.page.wait_for_function(f"{top} >= 0")
    still = hand.page.evaluate(top)
    hand.page.wait_for_timeout(300)  # at twelve pixels a frame it would be far away
    assert hand.page.evaluate(top) == still
    hand.page.mouse.up()
    expect(hand.card(2).locator(".sort-step").first).to_contain_text("Nhìn đèn")
    hand.page.set_viewport_size(DESK)


def test_every_kind_has_its_driver():
    assert set(DRIVERS) == set(kinds())
    assert [kind for kind, driver in DRIVERS.items() if not hasattr(driver, "give")] == []
