"""Comments that a trainer uses again, and decisions kept as samples for the judge."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from autograder.models import KeptSample, Snippet
from courses.school.db import session
from tests.hub_config.portal.queue.acting import decisions, rule, soup
from tests.hub_config.portal.queue.conftest import LESSON, TEXT


def test_comments_are_saved_inserted_and_deleted_and_what_was_chosen_stays(browser_of, waiting, rubric):
    waiting("lan")
    hung = browser_of("hung")
    page = rule(hung, do="luu-cau", comment="Rõ ý, thêm ví dụ nhé.", **{f"tc-{rubric[0].id}": "chua"})
    shown = soup(page)
    assert "Đã lưu câu góp ý" in shown.text
    assert shown.select_one(f"input[name=tc-{rubric[0].id}][value=chua]").has_attr("checked")
    insert = shown.select_one("button[value^=chen-]")["value"]
    shown = soup(rule(hung, do=insert, comment="Chào bạn."))
    assert shown.textarea.text == "Chào bạn.\nRõ ý, thêm ví dụ nhé."
    shown = soup(rule(hung, do=insert.replace("chen", "xoa"), comment="Giữ lại."))
    assert shown.select("button[value^=chen-]") == []
    assert shown.textarea.text == "Giữ lại."


def test_another_trainers_comments_are_not_seen_inserted_or_deleted(browser_of, waiting, engine):
    waiting("lan")
    waiting("hoa")
    hung, binh = browser_of("hung"), browser_of("binh")
    rule(hung, do="luu-cau", comment="Của Hùng")
    with session(engine) as opened:
        own = opened.scalars(select(Snippet)).one().id
    page = rule(binh, do=f"chen-{own}", comment="")
    assert "Của Hùng" not in page.text
    rule(binh, do=f"xoa-{own}")
    assert "Của Hùng" in hung.get("hang-cho").text


def test_a_decision_is_kept_as_a_sample_on_request_and_let_go_again(browser_of, waiting, engine, rubric):
    waiting("lan")
    waiting("an", text=f"{TEXT} Thêm.")
    hung = browser_of("hung")
    rule(hung)
    rule(hung, giu="co", **{f"tc-{rubric[0].id}": "chua"})
    with session(engine) as opened:
        kept = opened.scalars(select(KeptSample)).one()
        assert (kept.lesson, kept.exercise, kept.case, kept.by) == (LESSON, "day-lai", "citizen", "hung")
        assert kept.text == f"{TEXT} Thêm."
        assert kept.verdicts == {one.id: one is not rubric[0] for one in rubric}
    page = soup(hung.get("hang-cho/bai-mau"))
    assert page.blockquote.text == kept.text
    assert len(page.select(".unmet")) == 1
    data = {one["name"]: one["value"] for one in page.select("form input")}
    assert "Bạn chưa giữ bài nào" in hung.post("hang-cho/bai-mau", data=data).text


@pytest.mark.parametrize("user", ["binh", "lan", "chu"])
def test_another_persons_samples_are_neither_seen_nor_let_go(browser_of, waiting, engine, user):
    waiting("lan")
    rule(browser_of("hung"), giu="co")
    with session(engine) as opened:
        kept = opened.scalars(select(KeptSample)).one().id
    client = browser_of(user)
    seen = client.get("hang-cho/bai-mau")
    assert seen.status_code == (200 if user == "binh" else 404)
    assert TEXT not in seen.text
    client.get("tai-khoan")
    xsrf = next(cookie.value for cookie in client.cookies.jar if cookie.name == "_xsrf")
    assert client.post("hang-cho/bai-mau", data={"_xsrf": xsrf, "mau": str(kept)}).status_code == 404
    assert client.post("hang-cho/bai-mau", data={"_xsrf": xsrf, "mau": "x"}).status_code == 400
    quan = browser_of("quan")
    page = soup(quan.get("hang-cho/bai-mau"))
    assert "hung" in page.text
    data = {one["name"]: one["value"] for one in page.select("form input")}
    assert quan.post("hang-cho/bai-mau", data=data).status_code == 200
    with session(engine) as opened:
        assert opened.scalars(select(KeptSample)).all() == []


def test_an_answer_with_personal_data_can_be_decided_but_not_kept(browser_of, waiting, engine):
    waiting("lan", text=f"{TEXT} Gọi cháu số 0912 345 678.")
    hung = browser_of("hung")
    assert "Giữ làm bài mẫu" not in hung.get("hang-cho").text
    page = rule(hung, giu="co")
    assert page.status_code == 422
    assert "thông tin riêng" in page.text
    assert decisions(engine) == []
    rule(hung)
    assert len(decisions(engine)) == 1
