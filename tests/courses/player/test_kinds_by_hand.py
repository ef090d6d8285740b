"""Each kind by finger, by mouse and by keyboard alone: the same answers, back after a reload, nothing in the way.

One file ``drivers/<kind>.py`` a kind: ``LESSON`` (a folder of tests/lessons/level1), ``ANSWERS`` (what answers.json must
hold afterwards, by exercise id), and ``touch``, ``mouse``, ``keyboard``, ``back``, each given a ``Hand``. ``back`` looks
whether the page shows those answers again. The sample lesson uses all modes of its kind. The same drivers work on the
lesson view and on the notebook in JupyterLab: they measure places only through the ``Hand``.
"""

from __future__ import annotations

import dataclasses
import importlib
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from courses.exercises.registry import kinds
from courses.lessons.build import build_all
from courses.site import REPOSITORY
from tests.courses.player.hand import Hand
from tests.courses.player.lab import LabHand, close_lab, open_lab
from tests.courses.player.learner_server import running

expect.set_options(timeout=40_000)
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

HERE = Path(__file__).parent
LESSONS = REPOSITORY / "tests" / "lessons" / "level1"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
TWICE = {"width": 320, "height": 400}  # 200 % zoom of a window of 640 × 800
TOO_WIDE = """() => [...document.querySelectorAll("PLACE *")]
    .filter(it => it.getClientRects().length && !it.closest(".table-wrap, .visually-hidden"))
    .filter(it => it.getBoundingClientRect().right > WIDTH + 0.5)
    .map(it => it.outerHTML.slice(0, 120))"""


DRIVERS = {
    path.stem: importlib.import_module(f"tests.courses.player.drivers.{path.stem}")
    for path in sorted((HERE / "drivers").glob("*.py"))
}


@pytest.fixture(scope="module")
def server(tmp_path_factory, running_services):
    """A learner's server of its own; lessons come in as tests ask for them."""
    root = tmp_path_factory.mktemp("may-kieu")
    (root / "home" / "level1").mkdir(parents=True)
    with running(root, "", running_services, JUPYTERHUB_USER="nam") as started:
        yield started


@pytest.fixture
def lesson(server, services, tmp_path):  # noqa: ARG001 - the stand-in forgets the last test, too
    """Return a function that puts a fresh copy of a lesson into the learner's home."""

    def put(slug):
        shutil.copytree(LESSONS / slug, tmp_path / "level1" / slug)
        build_all(tmp_path, tmp_path / "out")
        shutil.rmtree(server.home / "level1" / slug, ignore_errors=True)
        shutil.copytree(tmp_path / "out" / "level1" / "release" / slug, server.home / "level1" / slug)
        return dataclasses.replace(server, slug=slug)

    return put


@pytest.fixture
def browser(chromium):
    """Return a function that starts a person's browser with a screen; no page in it may complain."""
    contexts, complaints = [], []

    def start(**screen):
        context = chromium.new_context(locale="vi-VN", **screen)
        context.set_default_timeout(30_000)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        contexts.append(context)
        return context

    yield start
    for context in contexts:
        context.close()
    assert complaints == []


def view(context, learner):
    """Open the lesson view."""
    page = context.new_page()
    page.goto(learner.lesson)
    expect(page.locator("#nop-bai")).to_be_visible()
    expect(page.locator("#bdh-link")).to_be_empty()
    return Hand(page, learner.folder)


@pytest.fixture
def opened(browser, lesson):
    """Return a function that opens a fresh lesson on a screen."""
    return lambda slug, **screen: view(browser(**screen), lesson(slug))


@pytest.fixture
def lab(browser):  # noqa: ARG001 - its pages close after this
    """Return a function that opens a lesson in JupyterLab."""
    pages = []

    def start(context, learner):
        pages.append(open_lab(context, learner))
        return LabHand(pages[-1], learner.folder)

    yield start
    for page in pages:
        close_lab(page)


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


@pytest.mark.parametrize("way", ["mouse", "keyboard"])
@pytest.mark.parametrize("kind", DRIVERS)
def test_a_kind_answered_in_jupyterlab_is_there_in_the_lesson_view(kind, way, browser, lesson, lab, request):
    driver = DRIVERS[kind]
    learner, context = lesson(driver.LESSON), browser(viewport=DESK)
    hand = lab(context, learner)
    getattr(driver, way)(hand)
    hand.saved(driver.ANSWERS)
    look(hand, f"{kind}-lab-{way}", request)
    driver.back(view(context, learner))


@pytest.mark.parametrize("kind", DRIVERS)
def test_a_kind_answered_in_the_lesson_view_is_there_in_jupyterlab(kind, browser, lesson, lab):
    driver = DRIVERS[kind]
    learner, context = lesson(driver.LESSON), browser(viewport=DESK)
    hand = view(context, learner)
    driver.mouse(hand)
    hand.saved(driver.ANSWERS)
    driver.back(lab(context, learner))


def test_every_kind_has_its_driver():
    assert set(DRIVERS) == set(kinds())
