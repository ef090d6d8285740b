"""The trainer's queue over HTTP: what lies in it, what it hides, and where it is linked."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from autograder.judge import REASON_TEXTS
from autograder.models import AutoMark
from courses.school.db import session
from courses.school.models import Person
from courses.school.submissions import find_submission
from tests.hub_config.portal.conftest import PREFIX
from tests.hub_config.portal.queue.acting import here, rule, soup
from tests.hub_config.portal.queue.conftest import LESSON, TEXT, submission_of


def test_what_the_night_left_to_people_is_in_the_queue_and_what_is_fresh_is_still_the_machines(
    browser_of, teach, count_all
):
    teach("lan")
    hung = browser_of("hung")
    page = soup(hung.get("hang-cho"))
    assert "Không còn câu nào chờ bạn" in page.text
    assert "1 câu mới nộp, máy xem trước lúc 22:00" in page.text
    count_all()
    page = soup(hung.get("hang-cho"))
    assert page.h1.text == "Bài 1.1, câu 4"
    assert "1 câu đang chờ bạn" in page.text


def test_a_fresh_answer_of_which_the_judge_abstained_already_is_in_the_queue(browser_of, teach, engine):
    receipt = teach("lan")
    with session(engine) as opened:
        id_ = find_submission(opened, receipt).id
        opened.get_one(AutoMark, (id_, "day-lai")).reason = "timeout"
    assert "Máy để lại cho bạn: AI trả lời quá lâu." in browser_of("hung").get("hang-cho").text


def test_a_trainer_reads_task_answer_reason_criteria_with_private_guidance_and_the_authors_answer(
    browser_of, waiting, engine, place, lessons, rubric
):
    (receipt,) = waiting("lan")
    with session(engine) as opened:
        mark = opened.get_one(AutoMark, (submission_of(engine, receipt).id, "day-lai"))
        mark.reason = "signals_disagree"
        mark.verdicts = [
            {"criterion": rubric[0].id, "met": True, "quote": "AI đoán từng chữ", "reason": ""},
            {"criterion": rubric[1].id, "met": False, "quote": "máy bịa", "reason": "quote_not_found"},
        ]
    page = soup(browser_of("hung").get(place(receipt)))
    exercise = lessons[LESSON].slot("day-lai").variant("citizen")
    assert page.blockquote.text == TEXT
    assert [mark.text for mark in page.select("mark")] == ["AI đoán từng chữ"]
    assert f"Máy để lại cho bạn: {REASON_TEXTS['signals_disagree']}" in page.text
    legends = [one.text for one in page.select("fieldset legend")]
    assert all(one.text in legend for one, legend in zip(exercise.rubric, legends, strict=True))
    assert all(one.guidance in page.text for one in exercise.rubric)
    assert exercise.reference.split("\n")[0] in page.text
    assert page.select_one("fieldset").text.count("Máy ngả về: Đạt") == 1
    assert "máy bịa" not in page.text
    assert not page.select("#cham input[checked]"), "what the machine leans to is not chosen for the person"


def test_what_a_judge_leans_to_is_never_shown_to_the_learner(browser_of, waiting, engine, rubric, api):
    (receipt,) = waiting("lan")
    with session(engine) as opened:
        mark = opened.get_one(AutoMark, (submission_of(engine, receipt).id, "day-lai"))
        mark.reason, mark.verdicts = (
            "signals_disagree",
            [{"criterion": rubric[0].id, "met": True, "quote": "AI"}],
        )
    assert "Đạt:" not in browser_of("lan").get(f"ket-qua/{receipt}").text
    assert api("lan").get(f"api/results/{receipt}").json()["exercises"][-1]["verdicts"] == []


@pytest.mark.parametrize("kind", ["waiting", "audit"])
def test_no_name_no_user_name_and_no_receipt_stands_in_the_queue(browser_of, waiting, audit, engine, kind):
    receipts = [audit("lan"), audit("an")] if kind == "audit" else waiting("lan", "an")
    hung = browser_of("hung")
    pages = [hung.get("hang-cho"), rule(hung), hung.get("hang-cho")]
    with session(engine) as opened:
        people = opened.scalars(select(Person).where(Person.role == "learner")).all()
        told = [text for one in people for text in (one.display_name, one.pseudonym)]
    for page in pages:
        assert page.status_code == 200
        assert not [text for text in (*told, *receipts) if text in page.text]
        words = set(re.findall(r"[\w-]+", re.sub(r"(?s)<blockquote.*?</blockquote>", "", page.text)))
        assert not words & {"lan", "x-lan", "x-an"}


def test_of_an_audited_answer_nothing_that_the_judge_said_stands_in_the_page(browser_of, audit, rubric):
    audit("lan")
    page = browser_of("hung").get("hang-cho")
    assert "rút ngẫu nhiên" in page.text
    shown = soup(page)
    assert shown.select("mark") == []
    assert "Máy ngả về" not in page.text
    assert "5/5" not in page.text
    assert not shown.select("#cham input[checked]")
    assert [one["name"] for one in shown.select("input[value=dat]")] == [f"tc-{one.id}" for one in rubric]


def test_the_longest_waiting_exercise_comes_first_and_then_answer_by_answer(
    browser_of, waiting, api, lessons
):
    other = "level1/05-bat-ai-bia"

    def hand_in(user):
        raw = {lessons[other].teach_back.id: {"text": f"{TEXT} Cháu {user} kể."}}
        body = {"lesson": other, "case": "citizen", "answers": raw}
        assert api(user).post("api/submissions", json=body).status_code == 201

    hand_in("lan")
    waiting("lan")
    hand_in("an")
    waiting("an", text=f"{TEXT} Thêm.")
    hung = browser_of("hung")
    order, path = [], "hang-cho"
    for _ in range(4):
        page = soup(hung.get(path))
        order.append(page.h1.text)
        path = here(page.select_one("[data-skip]")["href"])
    assert [title.split(",")[0] for title in order] == ["Bài 1.5", "Bài 1.5", "Bài 1.1", "Bài 1.1"]
    assert soup(hung.get(path)).h1.text == order[0], "the queue goes round"


def test_class_and_home_page_lead_to_the_queue_with_the_number_of_what_waits(browser_of, waiting):
    hung = browser_of("hung")
    assert "hang-cho" in soup(hung.get("")).select_one("nav").decode()
    waiting("lan")
    waiting("an", text=f"{TEXT} Thêm.")
    for path in ("", "lop"):
        link = soup(hung.get(path)).select_one(f"main a[href='{PREFIX}hang-cho']")
        assert "2 câu" in link.text
    assert "hang-cho" not in browser_of("lan").get("").text
