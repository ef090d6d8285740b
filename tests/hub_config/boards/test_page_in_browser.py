"""The board in a real browser: nothing for axe to say, nothing wider than the screen, hostile names or not."""

import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.fake_hub import COOKIE

PREFIX = "/services/boards/"
SCREENS = {"phone": (390, 844), "desktop": (1280, 800), "small": (360, 640)}
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}

pytestmark = pytest.mark.e2e


@pytest.fixture(params=["calm", "hostile", "empty"])
def ward(request, site, rendered):
    if request.param != "empty":
        shutil.copytree(rendered(request.param), site.data / "boards")
    return request.param


@pytest.fixture
def opened(chromium, service, hub):
    """Return a function that opens the board on a screen, signed in as lan; problems fail the test."""
    contexts = []

    def open_board(screen, scheme="light"):
        width, height = SCREENS[screen]
        context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        context.add_cookies([{"name": COOKIE, "value": "lan", "url": hub.url}])
        contexts.append(context)
        page = context.new_page()
        page.problems = []
        page.on("console", lambda said: page.problems.append(said.text) if said.type == "error" else None)
        page.on("dialog", lambda dialog: page.problems.append(dialog.message))
        page.on(
            "request", lambda request: page.problems.append(request.url) if foreign(request.url) else None
        )
        page.goto(f"{service.url}{PREFIX}")
        return page

    def foreign(url):
        return not url.startswith((service.url, hub.url, "data:"))

    yield open_board
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("screen", "scheme"), [("phone", "light"), ("desktop", "light"), ("phone", "dark")])
def test_axe_finds_nothing(opened, ward, screen, scheme):
    page = opened(screen, scheme)
    for fold in page.locator("summary").all():
        fold.click()
    found = Axe().run(page, options=WCAG)
    assert found.violations_count == 0, found.generate_report()
    assert page.problems == []
    assert ward


@pytest.mark.parametrize("screen", SCREENS)
def test_nothing_is_wider_than_the_screen(opened, ward, screen):
    page = opened(screen)
    for fold in page.locator("summary").all():
        fold.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= SCREENS[screen][0]
    # Nor hidden by an ancestor that can be pushed sideways.
    wide = "[...document.querySelectorAll('main *')].filter(e => getComputedStyle(e).overflowX == 'auto' && e.scrollWidth > e.clientWidth + 1).length"
    assert page.evaluate(wide) == 0
    assert ward


@pytest.mark.parametrize("ward", ["hostile"], indirect=True)
def test_hostile_names_run_nothing_and_stretch_no_row(opened, ward):
    page = opened("small")
    assert page.title().startswith("Bảng xếp hạng")
    assert page.locator("script, img, iframe").count() == 0
    boxes = [row.bounding_box() for row in page.locator("table.board tbody tr").all()]
    heights = [box["height"] for box in boxes if box]
    assert len(heights) > 20
    assert max(heights) < 260
    assert ward


@pytest.mark.parametrize("ward", ["calm", "empty"], indirect=True)
def test_style_works_under_the_pages_policy_and_targets_fit_a_thumb(opened, ward):
    page = opened("phone")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(251, 250, 245)"
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "18px"
    targets = [each.bounding_box() for each in page.locator("nav a, summary, .btn").all()]
    assert targets
    assert all(box["height"] >= 48 for box in targets)
    assert ward
