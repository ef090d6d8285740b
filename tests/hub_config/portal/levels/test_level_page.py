"""The level page: what it says to whom, without a browser."""

from __future__ import annotations

import shutil

import httpx
import pytest
from bs4 import BeautifulSoup

from courses.catalog.levels import load_levels
from courses.catalog.programme import load_courses
from courses.catalog.syllabus import load_syllabus
from courses.site import REPOSITORY
from tests.hub_config.portal.conftest import PREFIX, serving


def soup(reply: httpx.Response) -> BeautifulSoup:
    assert reply.status_code == 200, reply.text
    return BeautifulSoup(reply.text, "html.parser")


def lessons_of(page: BeautifulSoup, of: str = ".map > li") -> list[str]:
    return [step.select_one(".lesson").get_text(strip=True).split(". ")[0] for step in page.select(of)]


@pytest.mark.parametrize("number", range(1, 6))
def test_a_level_tells_its_name_its_outcome_and_its_skills(browser_of, number):
    page = soup(browser_of("lan").get(f"bac/{number}"))
    level = load_levels(REPOSITORY)[number]
    assert page.h1.get_text() == f"Bậc {number} – {level.name}"
    assert level.outcome in page.get_text()
    assert page.select_one("img.level-picture")["alt"] == level.picture
    told = page.select_one(".skills").get_text()
    course = load_courses()["citizen"].lessons
    assert [skill.name in told for skill in level.skills] == [
        bool(set(skill.lessons) & set(course)) for skill in level.skills
    ]


@pytest.mark.parametrize(
    ("user", "course"), [("lan", "citizen"), ("an", "trader"), ("le", "official"), ("hung", "core_trainer")]
)
def test_the_map_follows_the_persons_course_and_the_rest_of_the_level_stands_below(browser_of, user, course):
    page, syllabus = soup(browser_of(user).get("bac/5")), load_syllabus()
    own = [one for one in load_courses()[course].lessons if syllabus[one].level == 5]
    assert lessons_of(page) == own
    others = [one for one in syllabus if syllabus[one].level == 5 and one not in own]
    assert lessons_of(page, ".lessons > li") == others
    assert load_courses()[course].name in page.get_text()


def test_a_level_whose_lessons_are_not_written_yet_says_so_instead_of_a_button(browser_of):
    page = soup(browser_of("lan").get("bac/5"))
    assert page.select_one("main .btn-main") is None
    assert "Bài của bậc này đang soạn" in page.select_one("main .banner").get_text()
    assert soup(browser_of("lan").get("bac/1")).select_one("main .banner") is None


def test_a_written_lesson_tells_in_its_own_words_what_learners_take_home(browser_of):
    page = soup(browser_of("lan").get("bac/1"))
    assert "Làm xong: Một buổi sáng làm việc trọn vẹn với AI" in step(page, "1.13")


def step(page: BeautifulSoup, number: str) -> str:
    return " ".join(page.select_one(f"#bai-{number.replace('.', '-')}").get_text(" ").split())


def test_a_lesson_shows_its_state_its_safety_and_what_to_learn_before(browser_of, hand_in):
    lan = browser_of("lan")
    assert "chưa học" in step(soup(lan.get("bac/1")), "1.1")
    receipt = hand_in("lan", "level1/01-ai-doan-chu")
    page = soup(lan.get("bac/1"))
    assert "đã nộp" in step(page, "1.1")
    assert "⚠ bài an toàn" in step(page, "1.4")
    assert "⚠" not in step(page, "1.2")
    assert "thử thách cuối bậc" in step(page, "1.13")
    before = page.select_one("#bai-1-2 ul.needs li")
    assert before.get_text(" ", strip=True) == "1.1. AI đoán chữ thế nào? đã nộp"
    assert before.a["href"] == "#bai-1-1"
    assert page.select_one("#bai-1-1 .links a")["href"] == f"{PREFIX}ket-qua/{receipt}"
    assert "đã nộp" not in " ".join(one.get_text() for one in page.select("#bai-1-6 ul.needs li"))
    far = soup(lan.get("bac/2")).select_one("#bai-2-13 ul.needs a")
    assert far["href"] == f"{PREFIX}bac/1#bai-1-4"


def test_a_lesson_that_is_not_written_says_so_and_leads_nowhere(browser_of, shelf):
    written = {lesson.number for lesson in shelf.all()}
    page = soup(browser_of("an").get("bac/2"))
    for number in lessons_of(page):
        own = page.select_one(f"#bai-{number.replace('.', '-')}")
        assert (own.select_one("a.lesson") is not None) == (number in written)
        assert ("đang soạn" in own.get_text()) == (number not in written)


def test_the_main_button_leads_to_the_next_lesson_of_this_level(browser_of, hand_in, shelf):
    an = browser_of("an")
    first = next(lesson for lesson in shelf.all() if lesson.number == "1.1")
    assert soup(an.get("bac/1")).select_one(".btn-main").get_text() == "Học bài 1.1"
    hand_in("an", first.key)
    button = soup(an.get("bac/1")).select_one(".btn-main")
    assert button.get_text() == "Học bài 1.2"
    assert "/voila/render/level1/02-lenh-bon-phan/" in button["href"]


def test_a_skill_is_ticked_when_all_its_lessons_are_handed_in(browser_of, hand_in):
    def ticked() -> list[bool]:
        skills = soup(browser_of("lan").get("bac/1")).select(".skills li")
        return [
            "✓" in one.get_text()
            for one in skills
            if "an toàn" in one.get_text() or "làm tốt gì" in one.get_text()
        ]

    assert not any(ticked())
    hand_in("lan", "level1/01-ai-doan-chu")
    assert ticked() == [True]


def test_the_picture_is_handed_out_locked(browser_of):
    reply = browser_of("lan").get("bac/3/hinh.svg")
    assert reply.headers["Content-Type"] == "image/svg+xml"
    assert "sandbox" in reply.headers["Content-Security-Policy"]
    assert reply.content == (REPOSITORY / "level3/level.svg").read_bytes()


def test_only_who_is_signed_in_and_on_the_list_sees_it(portal, browser_of):
    for path in ("bac/1", "bac/1/hinh.svg"):
        stranger = httpx.get(f"{portal.url}{PREFIX}{path}", trust_env=False)
        assert stranger.status_code == 302
    assert browser_of("la").get("bac/1").status_code == 403
    assert browser_of("lan").get("bac/6").status_code == 404


def test_a_level_that_cannot_be_read_is_missing_and_the_home_page_stays(site, engine, hub, shelf, tmp_path):
    del engine  # only filled
    root = tmp_path / "lessons"
    shutil.copytree(REPOSITORY / "level1", root / "level1")
    (root / "level1/level.yaml").write_text("name: [\n", encoding="utf-8")
    (root / "level1/level.svg").unlink()
    with serving(site.model_copy(update={"lessons": root}), hub, shelf=shelf) as server:
        client = httpx.Client(
            base_url=f"{server.url}{PREFIX}", follow_redirects=True, trust_env=False, timeout=60
        )
        client.get(f"{hub.url}/login/lan")
        assert client.get("").status_code == 200
        for path in ("bac/1", "bac/2", "bac/1/hinh.svg"):
            assert client.get(path).status_code == 404
        client.close()


def test_the_home_page_leads_to_every_level_that_has_lessons(browser_of, shelf):
    page = soup(browser_of("lan").get(""))
    links = {link["href"] for link in page.select('a[href*="bac/"]')}
    assert links == {f"{PREFIX}bac/{lesson.level}" for lesson in shelf.all()}
