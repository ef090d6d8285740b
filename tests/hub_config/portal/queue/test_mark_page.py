"""The page of one submission: criteria decided there, and the machine's mark beside the person's."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from autograder.models import Decision, HumanMark
from autograder.results import result_of
from courses.school.db import session
from courses.school.submissions import find_submission
from tests.hub_config.portal.conftest import PREFIX
from tests.hub_config.portal.queue.conftest import LESSON


def soup(reply):
    return BeautifulSoup(reply.text, "html.parser")


def fields(page, exercise="day-lai"):
    form = soup(page).select_one(f"section#{exercise} form:has([name=rubric])")
    return {one["name"]: one["value"] for one in form.select("input[type=hidden]")}


def rule(client, receipt, **changes):
    return client.post(f"bai-nop/{receipt}", data=fields(client.get(f"bai-nop/{receipt}")) | changes)


@pytest.fixture
def every(rubric):
    return {f"tc-{one.id}": "dat" for one in rubric}


def result(engine, lessons, receipt):
    with session(engine) as opened:
        return result_of(opened, lessons[LESSON], find_submission(opened, receipt)).of("day-lai")


def test_criteria_are_decided_on_the_page_and_can_be_decided_again_and_undone_in_the_queue(
    browser_of, waiting, engine, lessons, every, rubric
):
    (receipt,) = waiting("lan")
    hung = browser_of("hung")
    page = rule(hung, receipt, **every, comment="Tốt.")
    assert "Đã ghi điểm" in page.text
    assert (result(engine, lessons, receipt).score, result(engine, lessons, receipt).comment) == (5, "Tốt.")
    checked = soup(page).select("section#day-lai input[type=radio][checked]")
    assert [one["value"] for one in checked] == ["dat"] * 5
    rule(hung, receipt, **{**every, f"tc-{rubric[0].id}": "chua"})
    assert result(engine, lessons, receipt).score == 4
    undo = soup(hung.get("hang-cho")).select_one("form[action*=hoan-tac]")
    hung.post(undo["action"].removeprefix(PREFIX), data={"_xsrf": undo.input["value"]})
    assert result(engine, lessons, receipt).score == 5


def test_the_machines_mark_stands_beside_the_persons_and_the_learner_does_not_see_it(
    browser_of, audit, every, rubric
):
    receipt = audit("lan")
    hung = browser_of("hung")
    assert "không tính" not in hung.get(f"bai-nop/{receipt}").text
    page = rule(hung, receipt, **{**every, f"tc-{rubric[1].id}": "chua"})
    card = soup(page).select_one("section#day-lai")
    assert "AI chấm: 5/5 điểm (không tính)" in card.text
    assert [one.text for one in card.select("details .met")] == ["Đạt:"] * 5
    assert "AI đoán từng chữ" in card.select_one("details q").text
    assert "không tính" not in browser_of("lan").get(f"ket-qua/{receipt}").text


def test_the_machines_mark_stands_there_also_after_a_decision_in_the_queue(browser_of, audit, every):
    receipt = audit("lan")
    hung = browser_of("hung")
    form = soup(hung.get("hang-cho")).select_one("#cham")
    data = {one["name"]: one["value"] for one in form.select("input[type=hidden]")}
    hung.post(form["action"].removeprefix(PREFIX), data={**data, **every, "do": "ghi"})
    assert "AI chấm: 5/5 điểm (không tính)" in hung.get(f"bai-nop/{receipt}").text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"tc-ba-do": ""}, "tiêu chí 3"),
        ({"rubric": "x"}, "vừa được sửa"),
        ({"comment": "a" * 2001}, "dài quá"),
    ],
)
def test_what_is_missing_is_said_and_what_was_chosen_stays(browser_of, waiting, engine, every, change, said):
    (receipt,) = waiting("lan")
    page = rule(browser_of("hung"), receipt, **{**every, "comment": "Góp ý", **change})
    assert page.status_code == 422
    card = soup(page).select_one("section#day-lai")
    assert said in card.select_one("[role=alert]").text
    assert card.select_one("input[name=tc-vi-du][value=dat]").has_attr("checked")
    with session(engine) as opened:
        assert opened.scalars(select(Decision)).all() == []
        assert opened.scalars(select(HumanMark)).all() == []


@pytest.mark.parametrize("user", ["lan", "an", "binh", "chu"])
def test_nobody_else_decides_criteria(browser_of, waiting, engine, every, user):
    (receipt,) = waiting("lan")
    data = fields(browser_of("hung").get(f"bai-nop/{receipt}")) | every
    client = browser_of(user)
    client.get("tai-khoan")
    data["_xsrf"] = next(cookie.value for cookie in client.cookies.jar if cookie.name == "_xsrf")
    assert client.post(f"bai-nop/{receipt}", data=data).status_code == 404
    with session(engine) as opened:
        assert opened.scalars(select(Decision)).all() == []


def test_points_that_are_typed_are_a_decision_that_the_queue_can_undo(browser_of, audit, engine, lessons):
    receipt = audit("lan")
    hung = browser_of("hung")
    page = hung.get(f"bai-nop/{receipt}")
    token = soup(page).find("input", {"name": "_xsrf"})["value"]
    form = {"_xsrf": token, "exercise": "day-lai", "score": "2", "comment": "Đọc lại nhé."}
    hung.post(f"bai-nop/{receipt}", data=form)
    assert (result(engine, lessons, receipt).score, result(engine, lessons, receipt).source) == (2, "person")
    queue = hung.get("hang-cho")
    assert "2 điểm" in queue.text
    undo = soup(queue).select_one("form[action*=hoan-tac]")
    page = hung.post(undo["action"].removeprefix(PREFIX), data={"_xsrf": undo.input["value"]})
    assert result(engine, lessons, receipt).source == "ai"
    assert "rút ngẫu nhiên" in page.text  # the audit waits again, for criteria this time
