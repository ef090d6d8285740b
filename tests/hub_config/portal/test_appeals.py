"""“Phúc khảo” on the result page: by the learner alone, once, in words that stay words."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from autograder.models import Appeal
from courses.school.db import session

WHY = "Tôi có viết “bạn là cán bộ một cửa” ở đầu <b>bài</b>."


def send(client, receipt, **changes):
    page = BeautifulSoup(client.get(f"ket-qua/{receipt}").text, "html.parser")
    xsrf = page.find("input", {"name": "_xsrf"})
    data = {"exercise": "lenh", "criterion": "vai", "sentence": WHY, **changes}
    return client.post(f"ket-qua/{receipt}/phuc-khao", data={"_xsrf": xsrf["value"] if xsrf else "", **data})


def appeals(engine):
    with session(engine) as opened:
        return [(one.exercise, one.criterion, one.sentence) for one in opened.scalars(select(Appeal))]


def test_a_learner_appeals_a_criterion_and_reads_the_thread(engine, judged, browser_of):
    receipt, lan = judged(), browser_of("lan")
    page = BeautifulSoup(lan.get(f"ket-qua/{receipt}").text, "html.parser")
    form = page.find("form", action=lambda it: it and it.endswith("/phuc-khao"))
    assert [box["value"] for box in form.find_all("input", {"type": "radio"})] == ["vai"]
    reply = send(lan, receipt)
    assert reply.status_code == 200
    assert appeals(engine) == [("lenh", "vai", WHY)]
    shown = BeautifulSoup(reply.text, "html.parser")
    thread = shown.find(id="phuc-khao-lenh")
    assert "Đang chờ một người khác xem lại" in thread.text
    assert WHY in thread.text
    assert thread.find("b") is None
    assert shown.find("form", action=lambda it: it and it.endswith("/phuc-khao")) is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sentence": " "}, "viết một câu"),
        ({"criterion": "viec"}, "không có gì để phúc khảo"),
        ({"criterion": "la"}, "không có gì để phúc khảo"),
        ({"exercise": "khong-co"}, "không có câu đó"),
        ({"exercise": "thieu-phan", "criterion": ""}, "không có gì để phúc khảo"),
        ({"sentence": "x" * 501}, "500 ký tự"),
    ],
)
def test_what_cannot_be_appealed_changes_nothing_and_says_why(engine, judged, browser_of, changes, said):
    receipt = judged()
    reply = send(browser_of("lan"), receipt, **changes)
    assert reply.status_code == 422
    assert said in reply.text
    assert appeals(engine) == []


def test_a_fault_keeps_what_was_typed(judged, browser_of):
    reply = send(browser_of("lan"), judged(), sentence="y" * 501)
    page = BeautifulSoup(reply.text, "html.parser")
    assert page.find("textarea", {"name": "sentence"}).text.strip() == "y" * 501


def test_a_score_typed_after_criteria_were_decided_is_appealed_as_a_whole(judged, browser_of):
    receipt, lan, hung = judged(), browser_of("lan"), browser_of("hung")
    page = BeautifulSoup(hung.get(f"bai-nop/{receipt}").text, "html.parser")
    xsrf, rubric = page.find("input", {"name": "_xsrf"}), page.find("input", {"name": "rubric"})
    common = {"_xsrf": xsrf["value"], "exercise": "lenh", "comment": ""}
    decided = {box["name"]: "chua" for box in rubric.find_parent("form").find_all("input", {"type": "radio"})}
    assert (
        hung.post(f"bai-nop/{receipt}", data={**common, **decided, "rubric": rubric["value"]}).status_code
        == 200
    )
    assert set(choices(lan, receipt)) >= {"vai", "viec"}
    assert hung.post(f"bai-nop/{receipt}", data={**common, "score": "1,5"}).status_code == 200
    assert choices(lan, receipt) == [""], "the score rests on no verdict"


def choices(client, receipt):
    page = BeautifulSoup(client.get(f"ket-qua/{receipt}").text, "html.parser")
    form = page.find("form", action=lambda it: it and it.endswith("/phuc-khao"))
    return [box["value"] for box in form.find_all("input", {"name": "criterion"})]


def test_the_same_criterion_is_not_appealed_twice(engine, judged, browser_of):
    receipt, lan = judged(), browser_of("lan")
    xsrf = BeautifulSoup(lan.get(f"ket-qua/{receipt}").text, "html.parser").find("input", {"name": "_xsrf"})
    data = {"_xsrf": xsrf["value"], "exercise": "lenh", "criterion": "vai", "sentence": WHY}
    assert lan.post(f"ket-qua/{receipt}/phuc-khao", data=data).status_code == 200
    again = lan.post(f"ket-qua/{receipt}/phuc-khao", data=data)
    assert again.status_code == 422
    assert "một lần" in again.text
    assert len(appeals(engine)) == 1


@pytest.mark.parametrize("user", ["an", "hoa", "hung", "binh", "chu", "quan"])
def test_nobody_appeals_for_somebody_else(engine, judged, browser_of, user):
    receipt, client = judged(), browser_of(user)
    home = BeautifulSoup(client.get("tai-khoan").text, "html.parser")
    xsrf = home.find("input", {"name": "_xsrf"})
    data = {"_xsrf": xsrf["value"], "exercise": "lenh", "criterion": "vai", "sentence": WHY}
    assert client.post(f"ket-qua/{receipt}/phuc-khao", data=data).status_code == 404
    assert appeals(engine) == []


def test_an_appeal_needs_the_pages_own_form(engine, judged, browser_of):
    receipt = judged()
    data = {"exercise": "lenh", "criterion": "vai", "sentence": WHY}
    assert browser_of("lan").post(f"ket-qua/{receipt}/phuc-khao", data=data).status_code == 403
    assert appeals(engine) == []


def test_only_the_submission_that_counts_is_appealed(engine, judged, browser_of):
    older, lan = judged(), browser_of("lan")
    xsrf = BeautifulSoup(lan.get(f"ket-qua/{older}").text, "html.parser").find("input", {"name": "_xsrf"})
    judged()
    assert "Gửi phúc khảo" not in lan.get(f"ket-qua/{older}").text
    data = {"_xsrf": xsrf["value"], "exercise": "lenh", "criterion": "vai", "sentence": WHY}
    assert lan.post(f"ket-qua/{older}/phuc-khao", data=data).status_code == 404
    assert appeals(engine) == []


def test_the_trainer_reads_the_thread_and_has_no_form(judged, browser_of):
    receipt = judged()
    send(browser_of("lan"), receipt)
    page = browser_of("hung").get(f"ket-qua/{receipt}").text
    assert "Người học viết lúc" in page
    assert "Gửi phúc khảo" not in page
