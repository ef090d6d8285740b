"""Who opens, decides and undoes what lies in the queue: the learners' own trainers, nobody else."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from autograder.models import HumanMark, Snippet
from courses.school.db import session
from courses.school.models import Group, Person
from tests.hub_config.portal.queue.acting import decisions, rule, soup, typed
from tests.hub_config.portal.queue.conftest import TEXT


@pytest.mark.parametrize("user", ["lan", "an", "binh", "chu", "le"])
def test_nobody_else_opens_or_decides_an_answer(browser_of, waiting, engine, place, user):
    (receipt,) = waiting("lan")
    path = place(receipt)
    data = typed(browser_of("hung").get(path))
    client = browser_of(user)
    client.get("tai-khoan")
    data["_xsrf"] = next(cookie.value for cookie in client.cookies.jar if cookie.name == "_xsrf")
    assert client.get(path).status_code == 404
    for do in ("ghi", "luu-cau", "chen-1", "xoa-1"):
        assert client.post(path, data={**data, "do": do}).status_code == 404
    assert client.get("hang-cho").status_code == (200 if user == "binh" else 404)
    assert client.get(f"{path}/tep").status_code == 404
    with session(engine) as opened:
        assert opened.scalars(select(HumanMark)).all() == []
        assert opened.scalars(select(Snippet)).all() == []


@pytest.mark.parametrize("user", ["lan", "binh", "chu", "quan"])
def test_nobody_undoes_what_another_person_decided(browser_of, waiting, engine, user):
    waiting("lan")
    rule(browser_of("hung"))
    (decision,) = decisions(engine)
    client = browser_of(user)
    client.get("tai-khoan")
    xsrf = next(cookie.value for cookie in client.cookies.jar if cookie.name == "_xsrf")
    assert client.post(f"hang-cho/hoan-tac/{decision.id}", data={"_xsrf": xsrf}).status_code == 404
    assert decisions(engine)[0].undone_at is None


def test_a_trainer_who_lost_the_group_neither_sees_nor_undoes_what_they_decided_there(
    browser_of, waiting, engine, place
):
    waiting("an")
    (receipt,) = waiting("lan", text=f"{TEXT} Thêm một câu.")
    hung = browser_of("hung")
    rule(hung, place(receipt))
    xsrf = typed(hung.get("hang-cho"))["_xsrf"]
    with session(engine) as opened:
        lan = opened.scalars(select(Person).where(Person.username == "lan")).one()
        lan.group_id = opened.scalars(select(Group.id).where(Group.code == "to-2")).one()
    (decision,) = decisions(engine)
    assert hung.post(f"hang-cho/hoan-tac/{decision.id}", data={"_xsrf": xsrf}).status_code == 404
    assert hung.get(place(receipt)).status_code == 404


def test_the_administrator_marks_everybody_also_those_without_a_group(browser_of, waiting):
    waiting(
        "lan", text="Một lời giảng thật dài của cô Lan gửi bà nội ở quê về máy đoán chữ và chuyện kiểm lại."
    )
    waiting("le")
    assert "2 câu đang chờ bạn" in soup(browser_of("quan").get("hang-cho")).text


def test_nobody_marks_their_own_answer(browser_of, waiting, engine, place):
    (receipt,) = waiting("lan")
    with session(engine) as opened:
        lan = opened.scalars(select(Person).where(Person.username == "lan")).one()
        lan.role = "administrator"
    assert browser_of("lan").get(place(receipt)).status_code == 404
    assert "Không còn câu nào" in browser_of("lan").get("hang-cho").text


@pytest.mark.parametrize(
    "path", ["hang-cho/999999/day-lai", "hang-cho/1/khong-co", "hang-cho/9999999999/day-lai"]
)
def test_what_does_not_exist_looks_like_what_is_forbidden(browser_of, waiting, path):
    waiting("lan")
    assert browser_of("hung").get(path).status_code == 404


@pytest.mark.parametrize("path", ["{place}", "hang-cho/hoan-tac/1", "hang-cho/bai-mau"])
def test_a_form_without_its_xsrf_value_changes_nothing(browser_of, waiting, engine, place, path):
    (receipt,) = waiting("lan")
    hung = browser_of("hung")
    data = {**typed(hung.get("hang-cho")), "_xsrf": ""}
    assert hung.post(path.format(place=place(receipt)), data=data).status_code == 403
    assert decisions(engine) == []
