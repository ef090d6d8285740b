"""How the lesson page looks and weighs: targets, axe-core, zoom, contrast, bytes."""

from __future__ import annotations

import urllib.request

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.courses.player.pages import card, no_wider_than_the_screen, open_lesson
from tests.courses.player.services import Stream

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]


def test_touch_targets_are_at_least_48_px(page, clean):
    open_lesson(page, clean)
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, [role=button], a.btn, select, textarea, label.pick, input[type=text]")]
        .map(it => [it.textContent.slice(0, 30), it.getBoundingClientRect().height])
        .filter(([, height]) => height > 0 && height < 47.5)"""
    )
    assert small == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_way_to_jupyterlab_comes_after_the_last_exercise(page, clean):
    """Who has never heard the word meets it when the lesson is done, not as the second thing on the page."""
    open_lesson(page, clean)
    way = page.get_by_role("link", name="JupyterLab")
    assert (
        way.evaluate("it => new URL(it.href).pathname") == "/user/nam/" + clean.lab.partition("/user/nam/")[2]
    )
    last = page.locator("#nop-bai").bounding_box()
    assert way.bounding_box()["y"] >= last["y"] + last["height"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page, clean, services, scheme):
    page.emulate_media(color_scheme=scheme)
    open_lesson(page, clean)
    assert Axe().run(page).violations_count == 0
    services.answers["completions"] = (200, Stream(("Mời bác.",)))
    card(page, 1).get_by_text("Tra một").tap()
    card(page, 1).get_by_role("button", name="Kiểm tra").tap()
    card(page, 4).get_by_text("phơi bảy năm").tap()
    card(page, 5).get_by_role("textbox").fill("Ban la nguoi ban che, moi khach")
    card(page, 5).get_by_role("button", name="Thử với AI").tap()
    page.locator("#nop-bai").get_by_role("button", name="Nộp bài").tap()
    page.locator("#nop-bai").get_by_role("button", name="Vẫn nộp").tap()
    expect(page.locator("#nop-bai")).to_contain_text("BD-2026-7K3Q")
    expect(card(page, 5)).to_contain_text("Mời bác.")
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_a_first_open_is_small_and_a_second_one_smaller(phone, clean):
    page = phone.new_page()
    wire = phone.new_cdp_session(page)
    wire.send("Network.enable")
    sizes: list[int] = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    open_lesson(page, clean)
    first = list(sizes)
    sizes.clear()
    page.goto("about:blank")
    open_lesson(page, clean)
    second = [size for size in sizes if size]
    assert len(first) <= 5
    assert sum(first) < 60_000
    assert sum(second) < sum(first) / 2


def test_the_code_of_the_page_may_be_cached_for_ever_and_travels_compressed(page, clean):
    open_lesson(page, clean)
    code = page.locator("script[type=module]").get_attribute("src")
    request = urllib.request.Request(clean.url.split("/user/")[0] + code, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Encoding"] == "gzip"


def test_the_way_of_reading_is_there_from_the_first_paint_on_for_this_person_only(page, clean):
    open_lesson(page, clean)
    page.locator("#cach-doc > summary").tap()
    page.get_by_label("Rất lớn").check()
    page.get_by_label("Tương phản cao").check()
    page.get_by_label("Bớt chuyển động").check()
    ink = "getComputedStyle(document.body).color"
    size = "parseFloat(getComputedStyle(document.querySelector('.prose p')).fontSize)"
    assert (page.evaluate(ink), page.evaluate(size)) == ("rgb(0, 0, 0)", 24)
    page.keyboard.press("Escape")
    expect(page.get_by_label("Rất lớn")).to_be_hidden()
    html = page.request.get(clean.lesson).text()  # what the server writes, before any script runs
    head = html[: html.index("<head>")]
    assert 'data-size="2"' in head
    assert 'data-contrast="more"' in head
    assert 'data-motion="less"' in head
    (cookie,) = [one for one in page.context.cookies() if one["name"].startswith("bdhai-doc-")]
    page.context.clear_cookies(name=cookie["name"])
    page.context.add_cookies([{**cookie, "name": "bdhai-doc-0000000000"}])
    html = page.request.get(clean.lesson).text()
    assert "data-size" not in html[: html.index("<head>")]


@pytest.mark.parametrize(("width", "size"), [(360, 3), (640, 0)])
def test_the_largest_letters_and_a_zoom_of_200_percent_fit_the_screen(page, clean, width, size):
    """A zoom of 200 % on a screen of 1280 is a page of 640 px; the phone has the largest letters."""
    page.set_viewport_size({"width": width, "height": 640})
    open_lesson(page, clean)
    page.evaluate(f"document.documentElement.dataset.size = '{size}'")
    page.locator("#cach-doc > summary").click()
    no_wider_than_the_screen(page)
    page.get_by_text("Tương phản cao").click()
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
