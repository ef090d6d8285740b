"""The whole school for browser tests: a real hub, a provider that speaks OpenAI's protocol, a phone."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from courses.exercises.base import RubricExercise
from courses.lessons import load_lessons
from courses.site import REPOSITORY
from tests.fake_openai import FakeOpenAI, by_answer
from tests.hub_fixture import running_hub

PROVIDER_KEY = "khoa-bi-mat-cua-nha-cung-cap"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}


@pytest.fixture(scope="session")
def lessons():
    return {lesson.key: lesson for lesson in load_lessons(REPOSITORY)}


@pytest.fixture(scope="session")
def provider(lessons):
    """A provider whose judge agrees with the authors on their own samples."""
    with FakeOpenAI(by_answer(expected_verdicts(lessons.values()))) as fake:
        yield fake


def expected_verdicts(lessons):
    """What the authors expect, by the text that a judge reads: canvases and files have one, too."""
    return {
        text: own.verdicts | own.understood
        for lesson in lessons
        for sample in lesson.samples
        for name, own in sample.expect.items()
        if (text := judged_text(lesson.slot(name).variant(sample.case), own))
    }


def school(folder, provider):
    """Open a hub in this folder whose AI is the provider above."""
    ai = {"BDHAI_AI": "", "OPENAI_BASE_URL": provider.base_url, "OPENAI_API_KEY": PROVIDER_KEY}
    return running_hub(folder, ai)


def judged_text(exercise, expectation):
    """The text that a judge reads of a sample; empty where no judge reads any."""
    if not isinstance(exercise, RubricExercise):
        return ""
    return exercise.judged_text(exercise.parse_answer(expectation.answer))


@pytest.fixture(scope="session")
def hub(tmp_path_factory, provider):
    """The school that these tests share. Who hands lessons in for the demo learner opens one of their own."""
    with school(tmp_path_factory.mktemp("ward"), provider) as hub:
        yield hub


class Visitor:
    """One person's browser: remembers each host it talked to, and looks hard at each page."""

    def __init__(self, browser, hub, viewport, shots):
        self.hub, self.shots = hub, shots
        self.context = browser.new_context(viewport=viewport, has_touch=viewport is PHONE, locale="vi-VN")
        self.context.set_default_timeout(60_000)
        self.hosts, self.faults = set(), []
        self.context.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname))
        self.page = self.context.new_page()

    def sign_in(self, role):
        username, password = self.hub.accounts[role]
        self.page.goto(f"{self.hub.address}/")
        self.check_page("dang-nhap")
        self.page.get_by_label("Tên đăng nhập").fill(username)
        self.page.get_by_label("Mật khẩu").fill(password)
        self.page.get_by_role("button", name="Đăng nhập").click()
        self.page.wait_for_url("**/services/portal/**")

    def check_page(self, name):
        """Note what axe says and what is wider than the screen (the test fails at its end); keep a picture."""
        page = self.page
        for own in Axe().run(page).response["violations"]:
            self.faults.append((name, own["id"], [node["target"] for node in own["nodes"]]))
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            self.faults.append((name, "wider than the screen", page.viewport_size))
        if self.shots:
            page.screenshot(path=self.shots / f"{name}-{page.viewport_size['width']}.png", full_page=True)


@pytest.fixture
def visit(chromium, hub, request):
    """Open a browser: ``visit()`` is a phone, ``visit(DESKTOP)`` a computer."""
    shots = request.config.getoption("--shots")
    visitors = []

    def open_browser(viewport=PHONE):
        visitors.append(Visitor(chromium, hub, viewport, Path(shots) if shots else None))
        return visitors[-1]

    yield open_browser
    for visitor in visitors:
        visitor.context.close()
    assert not [fault for visitor in visitors for fault in visitor.faults]
    assert {host for visitor in visitors for host in visitor.hosts} <= {"127.0.0.1", "", None}
