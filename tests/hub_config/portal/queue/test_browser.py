"""The queue in real Chromium: by keys, touch and plain forms; accessible on a phone and on a desk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from autograder.models import AutoMark, Decision, HumanMark, HumanVerdict
from courses.school.db import session
from courses.school.submissions import find_submission
from tests.hub_config.portal.conftest import PREFIX
from tests.hub_config.portal.queue.conftest import TEXT

pytestmark = pytest.mark.e2e

PHONE, DESK = (390, 844), (1280, 800)
SHOTS = os.environ.get("BDHAI_SHOTS", "")


@pytest.fixture
def look(chromium: Browser, portal, hub):
    """Open a page as a user; requests, faults of the page and what its policy forbade are recorded."""
    contexts = []

    def open_page(user, path="hang-cho", size=DESK, **options):
        context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, **options)
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{hub.url}/login/{user}")
        page.asked, page.faults = [], []
        page.on("request", lambda request: page.asked.append((request.method, request.url)))
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda line: _note(page, line))
        page.goto(f"{portal.url}{PREFIX}{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()


def _note(page, line):
    """Keep what the browser holds against a page of ours; the stand-in hub has no icon."""
    if line.type == "error" and PREFIX in line.location["url"]:
        page.faults.append(line.text)


@pytest.fixture
def three(waiting, engine, rubric):
    """Let three answers wait: one alone, of which a judge abstained, and two identical ones."""
    (first,) = waiting("lan", text=f"{TEXT} Lời thứ nhất.")
    others = waiting("an", text=f"{TEXT} Lời thứ hai.")
    with session(engine) as opened:
        mark = opened.get_one(AutoMark, (find_submission(opened, first).id, "day-lai"))
        mark.reason = "signals_disagree"
        quote = {"met": True, "quote": "AI đoán từng chữ một", "reason": ""}
        mark.verdicts = [{"criterion": rubric[0].id, **quote}, {"criterion": rubric[1].id, "met": False}]
    return [first, *others]


def marks(engine):
    with session(engine) as opened:
        rows = opened.scalars(select(HumanMark).order_by(HumanMark.id)).all()
        return [(row.score, row.comment) for row in rows]


def focused(page):
    return page.evaluate("document.activeElement.tagName + ' ' + (document.activeElement.name || '')").strip()


def shoot(page, name):
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/queue-{name}.png", full_page=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.usefixtures("three")
def test_the_page_is_accessible_and_no_wider_than_its_screen(look, scheme, size):
    page = look("hung", size=size, color_scheme=scheme)
    page.get_by_text("Góp ý hay dùng").click()
    page.get_by_label("Góp ý cho người học").fill("Rõ ý, bạn thêm một ví dụ nhé.")
    page.get_by_role("button", name="Lưu góp ý đang viết").click()
    expect(page.get_by_role("button", name="Chèn")).to_be_visible()
    shoot(page, f"{scheme}-{size[0]}")
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    small = page.evaluate(
        """() => [...document.querySelectorAll("main a.btn, main button, main summary, main .pick")]
            .filter(e => e.offsetParent && e.getBoundingClientRect().height < 48).map(e => e.outerHTML)"""
    )
    assert small == []
    assert page.faults == []
    assert {url.split("/")[2].split(":")[0] for _, url in page.asked} == {"127.0.0.1"}


@pytest.mark.usefixtures("three")
def test_the_answer_is_left_of_the_criteria_on_a_desk_and_above_them_on_a_phone(look):
    page = look("hung")

    def boxes():
        return [page.locator(name).bounding_box() for name in ("blockquote", ".criterion >> nth=0")]

    answer, criteria = boxes()
    assert answer["x"] + answer["width"] <= criteria["x"]
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    answer, criteria = boxes()
    assert answer["y"] + answer["height"] <= criteria["y"]


def answer(page):
    return page.locator("main blockquote")


def told(page):
    return page.locator("#bao").inner_text()


@pytest.mark.usefixtures("three")
def test_everything_is_done_by_keys_alone_without_a_reload(look, engine):
    page = look("hung")
    page.evaluate("window.loaded = 'once'")
    for key in "122345":
        page.keyboard.press(key)
    assert told(page) == "Tiêu chí 5: Đạt"
    page.keyboard.press("g")
    assert focused(page) == "TEXTAREA comment"
    page.keyboard.type("Thiếu 1 ý, bạn sửa giúp")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(answer(page)).to_contain_text("Lời thứ hai.")
    assert marks(engine) == [(4, "Thiếu 1 ý, bạn sửa giúp")]
    with session(engine) as opened:
        met = [one.met for one in opened.scalars(select(HumanVerdict).order_by(HumanVerdict.id))]
    assert met == [True, False, True, True, True]
    assert focused(page) == "H1"
    assert told(page) == "Đã ghi. Bài 1.1, câu 4"
    page.keyboard.press("u")
    expect(answer(page)).to_contain_text("Lời thứ nhất.")
    assert told(page).startswith("Đã hoàn tác.")
    with session(engine) as opened:
        assert opened.scalars(select(Decision)).one().undone_at is not None
    page.keyboard.press("s")
    expect(answer(page)).to_contain_text("Lời thứ hai.")
    assert page.evaluate("window.loaded") == "once"
    assert page.faults == []


@pytest.mark.usefixtures("three")
def test_enter_on_an_undecided_criterion_says_which_and_sends_nothing(look, engine):
    page = look("hung")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    assert told(page) == "Bạn chưa chấm tiêu chí 2."
    expect(page.locator("[data-fault]")).to_have_text("Bạn chưa chấm tiêu chí 2.")
    assert focused(page) == "INPUT tc-ba-tot"
    assert not [asked for asked in page.asked if asked[0] == "POST"]
    assert marks(engine) == []


@pytest.mark.usefixtures("three")
def test_with_control_and_enter_one_goes_on_from_the_comment(look, engine):
    page = look("hung")
    for key in "12345g":
        page.keyboard.press(key)
    page.keyboard.type("Tốt")
    page.keyboard.press("Enter")
    page.keyboard.type("lắm")
    page.keyboard.press("Control+Enter")
    expect(answer(page)).to_contain_text("Lời thứ hai.")
    assert marks(engine) == [(5, "Tốt\nlắm")]


@pytest.mark.usefixtures("three")
def test_the_keys_can_be_turned_off_and_stay_off_on_this_computer(look, engine):
    page = look("hung")
    expect(page.locator("#cham .btn kbd").first).to_be_visible()
    page.get_by_text("Chấm bằng bàn phím").click()
    page.get_by_label("Dùng phím tắt trên máy này").uncheck()
    page.locator("h1").focus()
    page.reload()
    expect(page.locator("#cham .btn kbd").first).to_be_hidden()
    for key in ("1", "s", "Enter"):
        page.keyboard.press(key)
    assert page.locator("#cham :checked").count() == 0
    expect(answer(page)).to_contain_text("Lời thứ nhất.")
    assert marks(engine) == []


@pytest.mark.usefixtures("three")
def test_identical_answers_are_one_step_and_then_nothing_waits(look, engine):
    page = look("hung")
    for key in ("s", "1", "2", "3", "4", "5"):
        page.keyboard.press(key)
        if key == "s":
            expect(answer(page)).to_contain_text("Lời thứ hai.")
    page.keyboard.press("Enter")
    expect(answer(page)).to_contain_text("Lời thứ nhất.")
    for key in "12345":
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Không còn câu nào chờ bạn")
    assert len(marks(engine)) == 2
    page.keyboard.press("u")
    expect(answer(page)).to_contain_text("Lời thứ nhất.")


def test_the_next_answer_is_fetched_ahead_so_that_later_needs_no_waiting(look, three, place):
    page = look("hung")
    second = place(three[1]).removeprefix("hang-cho/")
    while not any(url.endswith(second) for _, url in page.asked):
        page.wait_for_timeout(50)
    page.wait_for_load_state("networkidle")
    before = len(page.asked)
    page.context.set_offline(True)
    page.keyboard.press("s")
    expect(answer(page)).to_contain_text("Lời thứ hai.")
    assert page.url.endswith(second)
    assert len([url for _, url in page.asked[before:] if url.endswith(second)]) == 0


@pytest.mark.usefixtures("three")
def test_without_a_connection_nothing_is_lost_and_one_is_told(look, engine):
    page = look("hung")
    for key in "12345":
        page.keyboard.press(key)
    page.get_by_label("Góp ý cho người học").fill("Giữ nguyên")
    page.context.set_offline(True)
    page.get_by_role("button", name="Ghi và sang câu sau").click()
    expect(page.locator("[data-fault]")).to_contain_text("Chưa nối được với máy chủ nên chưa ghi.")
    assert page.get_by_label("Góp ý cho người học").input_value() == "Giữ nguyên"
    page.context.set_offline(False)
    page.get_by_role("button", name="Ghi và sang câu sau").click()
    expect(answer(page)).to_contain_text("Lời thứ hai.")
    assert marks(engine) == [(5, "Giữ nguyên")]


@pytest.mark.usefixtures("three")
def test_everything_is_done_by_touch_on_a_phone(look, engine):
    page = look("hung", size=PHONE, has_touch=True, is_mobile=True)
    for number in range(5):
        page.locator(".criterion").nth(number).get_by_text("Chưa đạt", exact=True).last.tap()
    page.get_by_label("Góp ý cho người học").tap()
    page.keyboard.type("Rõ ý.")
    page.get_by_text("Góp ý hay dùng").tap()
    page.get_by_role("button", name="Lưu góp ý đang viết").tap()
    page.get_by_role("button", name="Chèn").tap()
    assert page.get_by_label("Góp ý cho người học").input_value() == "Rõ ý.\nRõ ý."
    page.get_by_role("button", name="Ghi và sang câu sau").tap()
    expect(answer(page)).to_contain_text("Lời thứ hai.")
    assert marks(engine) == [(0, "Rõ ý.\nRõ ý.")]
    page.get_by_role("button", name="Hoàn tác").tap()
    expect(answer(page)).to_contain_text("Lời thứ nhất.")


@pytest.mark.usefixtures("three")
def test_the_main_action_stays_at_the_thumb(look):
    page = look("hung", size=PHONE)
    page.locator(".criterion").first.scroll_into_view_if_needed()
    box = page.get_by_role("button", name="Ghi và sang câu sau").bounding_box()
    assert box["y"] + box["height"] <= PHONE[1]


@pytest.mark.usefixtures("three")
def test_everything_is_done_without_a_script(look, engine):
    page = look("hung", java_script_enabled=False)
    assert page.locator(".btn kbd >> visible=true").count() == 0
    page.get_by_label("Góp ý cho người học").fill("Rõ.")
    page.get_by_text("Góp ý hay dùng").click()
    page.get_by_role("button", name="Lưu góp ý đang viết").click()
    page.get_by_role("button", name="Chèn").click()
    assert page.get_by_label("Góp ý cho người học").input_value() == "Rõ.\nRõ."
    for number in range(5):
        page.locator(".criterion").nth(number).get_by_label("Đạt", exact=True).check()
    page.locator(".criterion input").first.press(
        "Enter"
    )  # the first button of the form is the one that decides
    expect(answer(page)).to_contain_text("Lời thứ hai.")
    assert marks(engine) == [(5, "Rõ.\nRõ.")]
    page.get_by_role("link", name="Bài mẫu đã giữ cho máy").click()
    page.get_by_role("link", name="Về hàng chờ chấm").click()
    page.get_by_role("button", name="Hoàn tác").click()
    expect(answer(page)).to_contain_text("Lời thứ nhất.")


@pytest.mark.usefixtures("three")
def test_each_criterion_is_named_for_a_screen_reader_with_its_guidance_and_what_the_machine_leans_to(
    look, rubric
):
    page = look("hung")
    group = page.get_by_role("group", name=rubric[0].text)
    assert group.get_by_role("radio").count() == 2
    described = page.locator(f"#{group.get_attribute('aria-describedby')}").inner_text()
    assert rubric[0].guidance in described
    assert "Máy ngả về: Đạt" in described
    assert page.locator("mark").all_inner_texts() == ["AI đoán từng chữ một"]
    group.get_by_role("radio", name="Đạt", exact=True).focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.value") == "chua"


def test_three_hundred_waiting_answers_do_not_slow_the_next_one(look, crowd, engine):
    crowd(60, answers=5)
    page = look("hung")
    for number in range(1, 4):
        for one in page.locator(".criterion").all():
            page.keyboard.press(one.get_attribute("data-number"))
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_contain_text(f"{300 - number} câu đang chờ bạn")
    assert len(marks(engine)) == 3
    assert page.evaluate("document.querySelectorAll('*').length") < 400
