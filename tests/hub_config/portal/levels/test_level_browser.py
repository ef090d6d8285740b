"""The level page in real Chromium: accessible by day and by night, by keyboard, no wider than a phone, the map drawn."""

from __future__ import annotations

import itertools

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.hub_config.portal.conftest import PREFIX
from tests.hub_config.portal.test_browser import DESKTOP, NARROW, PHONE, _shoot

pytestmark = pytest.mark.e2e


@pytest.fixture
def look(chromium, portal, hub, hand_in):
    """Open a page as a learner who has handed in one lesson; every request is recorded."""
    contexts = []
    hand_in("lan", "level1/01-ai-doan-chu")

    def open_page(path, size=PHONE, **options):
        context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, **options)
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{hub.url}/login/lan")
        page.hosts = set()
        page.on("request", lambda request: page.hosts.add(request.url.split("/")[2].split(":")[0]))
        page.goto(f"{portal.url}{PREFIX}{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("level", range(1, 6))
def test_every_level_is_accessible_and_stays_at_home(look, level, scheme):
    page = look(f"bac/{level}", color_scheme=scheme)
    _shoot(page, f"level-{level}-{scheme}-390")
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()
    assert page.hosts == {"127.0.0.1"}
    picture = page.get_by_role("img")
    assert len(picture.get_attribute("alt").split()) >= 4
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    _shoot(page, f"level-{level}-{scheme}-1280")


@pytest.mark.parametrize("level", range(1, 6))
@pytest.mark.parametrize("size", ["", "180%"])
def test_nothing_is_wider_than_a_360_px_phone_and_targets_are_big(look, level, size):
    page = look(f"bac/{level}", NARROW)
    page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    small = page.evaluate(
        """() => [...document.querySelectorAll("main a")]
            .filter(e => e.offsetParent && e.getBoundingClientRect().height < 48).map(e => e.outerHTML)"""
    )
    assert small == []


def test_the_map_is_a_list_that_a_screen_reader_hears_in_order(look):
    page = look("bac/1")
    path = page.get_by_role("region", name="Bản đồ bài học").get_by_role("list").first
    heard = path.aria_snapshot()
    places = [heard.index(f"{number}. ") for number in ("0.1", "0.4", "1.1", "1.2", "1.4", "1.13")]
    assert places == sorted(places)
    assert "⚠ bài an toàn" in heard


def test_each_branch_of_the_drawing_reaches_the_dot_of_a_lesson(look):
    page = look("bac/1", NARROW)
    gaps = page.evaluate(
        """() => [...document.querySelectorAll(".map > li")].flatMap(row => {
            const dot = row.querySelector("b").getBoundingClientRect(), middle = dot.top + dot.height / 2;
            return [...row.querySelectorAll("i:not([data-piece=passes])")].map(lane => {
                const box = lane.getBoundingClientRect(), piece = lane.dataset.piece;
                const branch = parseFloat(getComputedStyle(lane, "::after").width);
                const y = piece == "starts" ? box.top : piece == "ends" ? box.bottom : middle;
                return [box.left + branch - dot.left, y - middle, dot.left - box.left, box.left];
            });
        })"""
    )
    assert len(gaps) > 15
    for short, off, apart, left in gaps:
        assert -3 <= short <= 4
        assert abs(off) <= 2
        assert apart > 2
        assert left >= 0


def test_lanes_run_on_from_row_to_row_without_a_hole(look):
    page = look("bac/1", NARROW)
    rows = page.locator(".map > li").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect()).map(b => [b.top, b.bottom])"
    )
    assert all(abs(above[1] - below[0]) < 1 for above, below in itertools.pairwise(rows))


def test_a_keyboard_user_goes_from_a_lesson_to_what_it_needs_and_to_the_next_level(look):
    page = look("bac/1")
    link = page.locator("#bai-1-2 ul.needs a")
    link.focus()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert page.url.endswith("#bai-1-1")
    assert page.locator("#bai-1-1 .card").evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").startswith("1.1. ")
    page.get_by_role("navigation", name="Các bậc").get_by_role("link", name="Bậc 2").press("Enter")
    page.wait_for_url("**/bac/2")
    assert page.get_by_role("heading", level=1).inner_text() == "Bậc 2 – Đa phương tiện và truyền thông"


def test_the_home_page_leads_there_without_a_script(look):
    page = look("", java_script_enabled=False)
    page.get_by_role("link", name="Bản đồ bậc 1", exact=True).click()
    assert page.get_by_role("heading", level=1).inner_text() == "Bậc 1 – Xử lý văn bản cơ bản"
