"""The pages on the AI's marks in real Chromium: accessible, no wider than a phone, usable by keyboard."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from autograder.audit import silence
from autograder.calibration import Calibration, FileStore, calibration_key
from autograder.gate import curve
from autograder.judge import samples_of
from autograder.marking import mark_submission
from autograder.models import GateFit
from autograder.openai_judge import OpenAIJudge
from autograder.results import overrule
from autograder.signals import Gate
from courses.clock import now
from courses.school.db import session
from courses.school.submissions import find_submission
from courses.site import layout
from hub_config.ai.provider import CALIBRATIONS
from tests.autograder.test_gate import made
from tests.fake_openai import FakeOpenAI, by_keyword
from tests.hub_config.portal.conftest import PREFIX, serving
from tests.hub_config.portal.judging.conftest import EDIT, KEY, NAME, PAGE, TEXT

pytestmark = pytest.mark.e2e

PHONE, NARROW, DESKTOP = (390, 844), (360, 740), (1280, 800)
WORDS = {"vai": "phụ huynh", "viec": "viết tin nhắn", "boi-canh": "nghỉ hai hôm", "dinh-dang": "viết ba câu"}


@pytest.fixture
def lived_in(engine, site, lessons, exercise, judged, audited, edited_shelf):
    """A month of judging: audits, abstentions, an edit that waits, a fitted gate, a failed calibration, silence."""
    receipts = [judged("lan", f"{TEXT} Bài {number}.") for number in range(6)]
    judged("an", "Một câu trả lời khác hẳn, dài hơn một chút cho đủ chữ.", reason="signals_disagree")
    judged("an", "Thêm một câu trả lời khác nữa, cũng dài cho đủ chữ.", reason="too_many_lost_quotes", lost=3)
    for number in range(9):
        audited("hoa", number, given=number % 3 > 0)
    audited("hoa", 9, given=False, unmet=[one.id for one in exercise.rubric])
    with session(engine) as opened:
        _gate(opened)
        overrule(opened, find_submission(opened, receipts[0]), NAME, 2, "", "hung")
        for receipt in receipts:
            mark_submission(opened, edited_shelf.find(KEY), find_submission(opened, receipt))
        silence.silence(opened, (KEY, NAME), "quan", "Thử xem.")
        silence.lift(opened, (KEY, NAME), "quan", "Đã sửa tiêu chí 4.")
    _calibrate(site, lessons[KEY], exercise)


def _gate(opened):
    evidence = made((0, 0.1, 60, 1), (0.1, 0.3, 60, 0.9), (0.3, 0.6, 60, 0.5), (0.6, 0.95, 60, 0.2))
    points = curve(evidence, [*(own.distance for own in evidence), *[float("inf")] * 40], Gate())
    stored = [json.loads(point.model_dump_json()) for point in points]
    row = {"judge": "qwen2.5-coder-1.5b-instruct-q4_k_m", "prompt_hash": "p", "start": 0.25}
    opened.add(GateFit(**row, tolerance=0.25, how="kept", curve=stored, at=now()))


def _calibrate(site, lesson, exercise):
    key = calibration_key(exercise, samples_of(lesson, NAME, "citizen"), "m", "p", Gate())
    failures = ("“Viết giúp tôi thông báo”: vai, dinh-dang", "AI bỏ qua quá nửa số bài mẫu")
    kept = Calibration(
        exercise=NAME, model="m", prompt_hash="p", passed=False, decided=3, asked=9, failures=failures,
        at=now().isoformat(),
    )  # fmt: skip
    FileStore(layout(site).ai / CALIBRATIONS).put(key, kept)


@pytest.fixture
def fake():
    with FakeOpenAI(by_keyword(WORDS)) as server:
        yield server


@pytest.fixture
def look(chromium, site, hub, shelf, edited_shelf, fake, lived_in):
    """Open a page as a user; the page on an edit belongs to a portal whose lesson was edited."""
    del lived_in
    make = lambda: OpenAIJudge(fake.base_url, "key", "fake", retries=0)  # noqa: E731 - one expression
    with ExitStack() as stack:

        def open_page(user, path, size=PHONE, **options):
            lessons = edited_shelf if path == EDIT else shelf
            server = stack.enter_context(serving(site, hub, shelf=lessons, make_judge=make))
            context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, **options)
            stack.callback(context.close)
            page = context.new_page()
            page.goto(f"{hub.url}/login/{user}")
            page.goto(f"{server.url}{PREFIX}{path}")
            return page

        yield open_page


@pytest.fixture
def shoot(request):
    folder = request.config.getoption("--shots")

    def take(page, name):
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=f"{folder}/{name}.png", full_page=True)

    return take


PAGES = [
    ("quan", "quan-tri/cham", "judging"),
    ("quan", PAGE, "judging-exercise"),
    ("quan", EDIT, "judging-remark"),
    ("binh", "quan-tri/cham", "judging-trainer"),
    ("binh", PAGE, "judging-exercise-trainer"),
]


@pytest.mark.parametrize(("user", "path", "name"), PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible(look, shoot, user, path, name, scheme):
    page = look(user, path, color_scheme=scheme)
    for summary in page.locator("summary").all():
        if summary.is_visible() and "Tài khoản" not in summary.inner_text():
            summary.click()
    shoot(page, f"{name}-{scheme}-390")
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    shoot(page, f"{name}-{scheme}-1280")


@pytest.mark.parametrize(("user", "path", "name"), PAGES)
def test_nothing_is_wider_than_a_phone_and_targets_are_big(look, user, path, name):
    page = look(user, path, NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
    small = page.evaluate(
        """() => [...document.querySelectorAll("a.btn, button, summary, nav a, .lesson, .links a, .rows a")]
            .filter(e => e.offsetParent && e.getBoundingClientRect().height < 48).map(e => e.outerHTML)"""
    )
    assert small == []


def test_the_curve_has_a_name_and_says_in_words_what_it_shows(look):
    page = look("quan", "quan-tri/cham")
    picture = page.get_by_role("img", name="Độ giống người theo số câu AI tự chấm")
    assert picture.count() == 1
    assert "Ở mức đang dùng, AI tự chấm" in picture.locator("desc").text_content()
    box = picture.bounding_box()
    for text in picture.locator("text").all():
        inside = text.bounding_box()
        assert inside["x"] >= box["x"] - 1
        assert inside["x"] + inside["width"] <= box["x"] + box["width"] + 1


def test_an_edit_is_asked_read_and_applied_by_keyboard(look, shoot, fake):
    fake.latency = 0.3
    page = look("quan", EDIT, DESKTOP)
    page.get_by_role("button", name="Hỏi AI các tiêu chí đã sửa").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Đang hỏi AI").wait_for()
    for _ in range(100):
        page.reload()
        if page.get_by_label("Lý do, học viên đọc được").count():
            break
        page.wait_for_timeout(100)
    shoot(page, "judging-remark-asked-1280")
    page.get_by_label("Lý do, học viên đọc được").focus()
    page.keyboard.type("Tiêu chí 4 nay đòi số chữ hoặc số câu.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Đã áp dụng:").wait_for()
    shoot(page, "judging-remark-applied-1280")


def test_the_judge_is_silenced_and_heard_again_by_hand_on_a_phone(look, shoot):
    page = look("quan", PAGE)
    page.get_by_label("Ghi chú").fill("Tiêu chí 4 vẫn chưa rõ.")
    page.get_by_role("button", name="Cho AI nghỉ chấm").click()
    page.get_by_text("Đã cho AI nghỉ chấm bài tập này.").wait_for()
    shoot(page, "judging-silent-390")
    page.get_by_role("button", name="Cho AI chấm lại").click()
    page.get_by_text("Đã cho AI chấm lại bài tập này.").wait_for()
    assert page.get_by_role("button", name="Cho AI nghỉ chấm").is_visible()
