"""What the browser tests of the lesson page share."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.courses.player.hand import Hand

expect.set_options(timeout=40_000)


def open_lesson(page, learner):
    page.goto(learner.lesson)
    return shown(page)


def shown(page):
    """Wait until the whole lesson is there and has its line."""
    expect(page.locator("#nop-bai")).to_be_visible()
    expect(page.locator("#bdh-link")).to_be_empty()
    return page


def begin(context, learner):
    """Begin to open the lesson view; ``shown`` waits for the rest."""
    page = context.new_page()
    page.goto(learner.lesson, wait_until="commit")
    return Hand(page, learner.folder)


def view(context, learner):
    """Open the lesson view."""
    hand = begin(context, learner)
    shown(hand.page)
    return hand


def card(page, number):
    return page.locator(f"#bai-tap-{number}")


def saved(page):
    expect(page.locator("#bdh-save")).to_contain_text("Đã lưu lúc")


def looks_well(part, place, picture):
    """Look for faults of access and width, and keep a picture of a place in the part, where ``picture`` is a path."""
    found = Axe().run(part.page)
    assert found.violations_count == 0, found.generate_report()
    no_wider_than_the_screen(part.page)
    if picture is not None:
        picture.parent.mkdir(parents=True, exist_ok=True)
        part.evaluate(f"it => it.querySelector('{place}').scrollIntoView({{block: 'center'}})")
        part.page.screenshot(path=picture)


def no_wider_than_the_screen(page):
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
