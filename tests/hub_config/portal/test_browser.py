"""The pages in real Chromium: accessible, no wider than the phone, no request to another host, by keyboard."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from courses.clock import now, programme_day
from courses.school.db import session
from courses.school.models import Setting
from hub_config.ai.models import AiUsage
from tests.hub_config.portal.conftest import PREFIX

pytestmark = pytest.mark.e2e

PHONE, NARROW, DESKTOP = (390, 844), (360, 740), (1280, 800)
SHOTS = os.environ.get("BDHAI_SHOTS", "")  # folder for screenshots, when somebody wants to look


@pytest.fixture
def look(chromium: Browser, portal, hub):
    """Open a page as a user; every request is recorded."""
    contexts = []

    def open_page(user, path, size=PHONE, **options):
        context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, **options)
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{hub.url}/login/{user}")
        page.hosts = set()
        page.on("request", lambda request: page.hosts.add(request.url.split("/")[2].split(":")[0]))
        page.status = page.goto(f"{portal.url}{PREFIX}{path}").status
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def lived_in(engine, hand_in, api, browser_of):
    """A school in which something has happened."""
    with session(engine) as opened:
        opened.add(Setting(key="sample", value="1"))
        used = AiUsage(
            day=programme_day(now()), caller="lan", service=False, model="m", questions=12, cost=1234.5
        )
        used.prompt_tokens, used.completion_tokens, used.estimated = 12_000, 3_456, 2
        used.refused, used.errors = {"personal_data": 1}, {"timeout": 2}
        opened.add(used)
    receipt = hand_in("lan", role="partial")
    hand_in("an", "level1/04-den-do-vang-xanh", "wrong")
    api("lan").post("api/visits", json={"lesson": "level1/04-den-do-vang-xanh"})
    hung = browser_of("hung")
    xsrf = hung.get(f"bai-nop/{receipt}").text.partition('name="_xsrf" value="')[2].partition('"')[0]
    mark = {
        "_xsrf": xsrf,
        "exercise": "viec-tot",
        "score": "1,5",
        "comment": "Đúng hướng, bạn xem lại ý thứ hai.",
    }
    hung.post(f"bai-nop/{receipt}", data=mark)
    return receipt


PAGES = [
    ("lan", "", "home"),
    ("lan", "ket-qua/{receipt}", "result"),
    ("lan", "tai-khoan", "account"),
    ("lan", "khong-co", "missing"),
    ("hung", "", "home-trainer"),
    ("hung", "lop", "class"),
    ("hung", "lop/lan", "learner"),
    ("hung", "bai-nop/{receipt}", "mark"),
    ("chu", "so-lieu", "figures"),
    ("quan", "quan-tri/ai", "ai-use"),
    ("quan", "lop", "class-admin"),
]


@pytest.mark.parametrize(("user", "path", "name"), PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible_and_stay_at_home(look, lived_in, user, path, name, scheme):
    page = look(user, path.format(receipt=lived_in), color_scheme=scheme)
    assert page.status == (404 if name == "missing" else 200)
    _shoot(page, f"{name}-{scheme}-390")
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()
    assert page.hosts == {"127.0.0.1"}
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    _shoot(page, f"{name}-{scheme}-1280")


def _shoot(page, name):
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/portal-{name}.png", full_page=True)


@pytest.mark.parametrize(("user", "path", "name"), PAGES)
def test_nothing_is_wider_than_a_360_px_phone_and_targets_are_big(look, lived_in, user, path, name):
    page = look(user, path.format(receipt=lived_in), NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
    small = page.evaluate(
        """() => [...document.querySelectorAll("a.btn, button, summary, nav a, .lesson, .links a, .rows a")]
            .filter(e => e.offsetParent && e.getBoundingClientRect().height < 48).map(e => e.outerHTML)"""
    )
    assert small == []


def test_a_phone_user_gets_to_the_lesson_by_keyboard_alone(look):
    page = look("an", "")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Đến nội dung chính"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.textContent")
    assert focused == "Học bài"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_the_account_menu_opens_and_signs_out_without_a_script(look):
    page = look("lan", "", java_script_enabled=False)
    page.get_by_text("Tài khoản", exact=True).click()
    assert page.get_by_role("link", name="Đăng xuất").is_visible()


def test_a_trainer_overrules_a_mark_in_the_browser(look, lived_in):
    page = look("hung", f"bai-nop/{lived_in}")
    page.get_by_label("Điểm (0 đến 2)").first.fill("1,25")
    page.get_by_role("button", name="Ghi điểm câu 1").click()
    assert page.get_by_role("status").inner_text().startswith("Đã ghi điểm")
    assert page.get_by_label("Điểm (0 đến 2)").first.input_value() == "1,25"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_trainer_decides_what_the_pupil_has_understood_by_keyboard_on_a_phone(look, api, scheme):
    turns = [{"by": "you", "text": "Nó đoán từng chữ thôi con ạ, chứ có cuốn sổ nào đâu mà tra."}]
    body = {
        "lesson": "level1/01-ai-doan-chu",
        "case": "citizen",
        "answers": {"day-lai": {"turns": turns, "text": ""}},
    }
    receipt = api("lan").post("api/submissions", json=body).json()["receipt"]
    page = look("hung", f"bai-nop/{receipt}", NARROW, color_scheme=scheme)
    form = page.locator("#be-che-day-lai")
    form.get_by_label("Đã hiểu đúng").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    form.get_by_role("button", name="Ghi quyết định").press("Enter")
    assert form.get_by_role("status").inner_text().startswith("Đã ghi.")
    chosen = form.locator("input:checked")
    assert [box.get_attribute("value") for box in chosen.all()] == ["roi", "chua"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    heights = form.locator("label, button").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().height)"
    )
    assert min(heights) >= 48
    _shoot(page, f"mark-pupil-{scheme}-360")
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()


def test_a_learner_appeals_on_a_phone(look, judged):
    page = look("lan", f"ket-qua/{judged()}", NARROW)
    page.get_by_text("Bạn thấy chấm chưa đúng?").click()
    page.get_by_label("Vì sao bạn nghĩ bài đã đạt?").fill("Em có viết vai ở đầu câu.")
    _shoot(page, "appeal-form-360")
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()
    page.get_by_role("button", name="Gửi phúc khảo").click()
    thread = page.get_by_role("region", name="Phúc khảo")
    assert "Đang chờ một người khác xem lại" in thread.inner_text()
    _shoot(page, "appeal-thread-360")
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
