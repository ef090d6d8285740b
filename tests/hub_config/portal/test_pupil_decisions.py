"""A trainer decides what Bé Chè has understood: where, who may, what everybody reads afterwards."""

from __future__ import annotations

import httpx
import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from autograder import ledger
from autograder.judge import REASON_TEXTS
from autograder.models import AutoMark, HumanVerdict
from autograder.pupil import conversation, understanding
from autograder.pupil_results import decide as judge_decides
from courses.clock import now
from courses.school.db import session
from courses.school.models import TrainerGroup
from courses.school.people import find_person
from courses.school.submissions import find_submission

LESSON = "level1/01-ai-doan-chu"
SAID = "Nó đoán từng chữ thôi con ạ, chứ có cuốn sổ nào đâu mà tra."
IDS = ("tra-so", "troi-chay", "biet-het")
HALF = {"hieu-tra-so": "roi", "hieu-troi-chay": "chua"}
ALL = {f"hieu-{one}": "roi" for one in IDS}


@pytest.fixture
def teach(lessons):
    return lessons[LESSON].slot("day-lai").variant("citizen")


@pytest.fixture
def receipt(api):
    return hand_in(api("lan"))


def hand_in(client, said=SAID, by="you"):
    answers = {"day-lai": {"turns": [{"by": by, "text": said}], "text": ""}}
    body = {"lesson": LESSON, "case": "citizen", "answers": answers}
    return client.post("api/submissions", json=body).json()["receipt"]


def judge(engine, receipt, teach, verdicts, reason=""):
    """Put what a judge said where the daily run puts it."""
    text = conversation(teach, {"turns": [{"by": "you", "text": SAID}]})
    asked = understanding(teach)
    said = tuple(
        {"criterion": one.id, "criterion_hash": ledger.criterion_hash(one), "met": one.id in verdicts, "quote": "đoán từng chữ"}
        for one in asked.rubric
    )  # fmt: skip
    judged = (
        ledger.Judged(outcome="abstained", reason=reason)
        if reason
        else ledger.Judged(outcome="judged", verdicts=said)
    )
    with session(engine) as opened:
        ledger.append(opened, ledger.question(asked, text), "máy", "0", judged)
        if not reason:
            found = {one: one in verdicts for one in IDS}
            judge_decides(opened, find_submission(opened, receipt).id, "day-lai", found)


def page_of(client, path):
    reply = client.get(path)
    assert reply.status_code == 200, path
    return BeautifulSoup(reply.text, "html.parser")


def xsrf(client):
    return next(cookie.value for cookie in client.cookies.jar if cookie.name == "_xsrf")


def say(client, receipt, exercise="day-lai", **chosen):
    return client.post(f"bai-nop/{receipt}/be-che/{exercise}", data={"_xsrf": xsrf(client), **chosen})


def verdicts(engine):
    with session(engine) as opened:
        rows = opened.scalars(select(HumanVerdict).order_by(HumanVerdict.id))
        return [(row.criterion, row.met, row.by) for row in rows]


def pupil_of(client, receipt):
    return page_of(client, f"ket-qua/{receipt}").select_one(".pupil").text


def test_a_trainer_decides_each_misconception_and_the_learner_reads_it_at_once(
    browser_of, api, receipt, engine, teach
):
    hung, lan = browser_of("hung"), browser_of("lan")
    assert "Chưa biết Bé Chè hiểu đến đâu" in pupil_of(lan, receipt)
    saved = say(hung, receipt, **HALF)
    assert saved.url.path.endswith(f"bai-nop/{receipt}")
    card = BeautifulSoup(saved.text, "html.parser").select_one("#be-che-day-lai")
    assert card.select_one("[role=status]").text.startswith("Đã ghi.")
    assert [box["value"] for box in card.select("[checked]")] == ["roi", "chua"]
    assert "hung quyết định lúc" in card.text
    shown = pupil_of(lan, receipt)
    assert "Bé Chè làm đúng 1/3 câu." in shown
    assert "Còn 1 câu chưa biết" in shown
    assert "Huấn luyện viên chấm" in shown
    assert teach.misconceptions[0].right in shown
    assert teach.misconceptions[1].belief in shown
    say(hung, receipt, **ALL)
    assert "Bé Chè làm đúng 3/3 câu." in pupil_of(lan, receipt)
    quiz = api("lan").get(f"api/results/{receipt}").json()["exercises"][-1]["pupil"]
    assert (quiz["right"], quiz["unsure"], quiz["held"]) == (3, 0, [])
    assert verdicts(engine) == [
        ("tra-so", True, "hung"), ("troi-chay", False, "hung"),
        ("troi-chay", True, "hung"), ("biet-het", True, "hung"),
    ]  # fmt: skip


def test_the_points_of_a_pupil_that_passed_follow_the_trainers_decision(browser_of, receipt):
    hung, lan = browser_of("hung"), browser_of("lan")
    points = "Học và nộp bài đầu tiên"
    assert points in lan.get("").text
    say(hung, receipt, **ALL)
    assert "15 điểm thưởng" in lan.get("").text
    say(hung, receipt, **(ALL | {"hieu-biet-het": "chua"}))
    assert points in lan.get("").text


def test_the_judges_verdict_stays_beside_the_trainers_and_the_trainers_counts(
    browser_of, receipt, engine, teach
):
    judge(engine, receipt, teach, IDS)
    hung = browser_of("hung")
    assert "AI chấm" in pupil_of(browser_of("lan"), receipt)
    before = page_of(hung, f"bai-nop/{receipt}").select_one("#be-che-day-lai")
    assert [line.text.count("Máy: đã hiểu đúng.") for line in before.select("fieldset")] == [1, 1, 1]
    assert before.select("[checked]") == [], "the judge's verdict is not a person's until they say so"
    assert {quote.text for quote in before.select("q")} == {"đoán từng chữ"}
    say(hung, receipt, **{"hieu-tra-so": "chua"})
    after = page_of(hung, f"bai-nop/{receipt}").select_one("#be-che-day-lai").select("fieldset")
    assert "Máy: đã hiểu đúng." in after[0].text
    assert after[0].select_one("[checked]")["value"] == "chua"
    shown = pupil_of(browser_of("lan"), receipt)
    assert "Bé Chè làm đúng 2/3 câu." in shown
    assert "Huấn luyện viên và AI chấm" in shown


def test_a_decision_taken_back_leaves_the_judges_verdict_and_the_page_says_so(
    browser_of, receipt, engine, teach
):
    judge(engine, receipt, teach, IDS)
    hung, lan = browser_of("hung"), browser_of("lan")
    assert 'value="rut"' not in hung.get(f"bai-nop/{receipt}").text, "there is nothing to take back"
    say(hung, receipt, **{"hieu-tra-so": "roi"})
    say(hung, receipt, **{"hieu-tra-so": "chua", "hieu-biet-het": "chua"})
    assert "Bé Chè làm đúng 1/3 câu." in pupil_of(lan, receipt)
    say(hung, receipt, **{"hieu-tra-so": "rut"})
    lines = page_of(hung, f"bai-nop/{receipt}").select("#be-che-day-lai fieldset")
    assert [len(line.select("[value=rut]")) for line in lines] == [0, 0, 1]
    assert "quyết định lúc" not in lines[0].text, "not even the decision before the last one counts"
    assert "Bé Chè làm đúng 2/3 câu." in pupil_of(lan, receipt)
    assert len(verdicts(engine)) == 3, "what was decided once can still be read"
    say(hung, receipt, **{"hieu-tra-so": "chua"})
    assert "Bé Chè làm đúng 1/3 câu." in pupil_of(lan, receipt)


def test_a_decision_taken_back_where_the_judge_was_silent_waits_for_a_person_again(browser_of, receipt):
    hung, lan = browser_of("hung"), browser_of("lan")
    say(hung, receipt, **ALL)
    say(hung, receipt, **dict.fromkeys(ALL, "rut"))
    assert "Chưa biết Bé Chè hiểu đến đâu" in pupil_of(lan, receipt)


def test_the_trainer_reads_why_the_judge_left_the_pupil_to_them_and_the_learner_does_not(
    browser_of, receipt, engine, teach
):
    judge(engine, receipt, teach, (), reason="signals_disagree")
    said = REASON_TEXTS["signals_disagree"]
    assert said in page_of(browser_of("hung"), f"bai-nop/{receipt}").text
    assert said not in page_of(browser_of("lan"), f"ket-qua/{receipt}").text


def test_a_pupil_that_waits_is_listed_until_everything_about_it_is_decided(browser_of, receipt, engine):
    with session(engine) as opened:  # people have marked the rest
        for mark in opened.scalars(select(AutoMark)):
            mark.score, mark.status = mark.max_score, "right"
    hung = browser_of("hung")
    assert f"bai-nop/{receipt}" in hung.get("lop").text
    say(hung, receipt, **HALF)
    assert "1 bài nộp đang chờ" in hung.get("").text
    say(hung, receipt, **{"hieu-biet-het": "chua"})
    assert "Không có bài nào đang chờ chấm" in hung.get("").text


@pytest.mark.parametrize("user", ["lan", "an", "binh", "chu"])
def test_nobody_but_the_groups_trainer_decides_or_reads_the_corrections(
    browser_of, receipt, engine, teach, user
):
    client = browser_of(user)
    assert say(client, receipt, **ALL).status_code == 404
    assert client.get(f"bai-nop/{receipt}/be-che/day-lai").status_code == 404
    assert verdicts(engine) == []
    read = client.get(f"ket-qua/{receipt}").text
    assert not any(one.correction.strip() in read for one in teach.misconceptions)


def test_a_trainer_who_lost_the_group_decides_nothing_more(browser_of, receipt, engine):
    hung = browser_of("hung")
    with session(engine) as opened:
        opened.delete(opened.scalars(select(TrainerGroup).where(
            TrainerGroup.person_id == find_person(opened, "hung").id)).one())  # fmt: skip
    assert say(hung, receipt, **ALL).status_code == 404
    assert verdicts(engine) == []


def test_a_trainer_does_not_decide_about_their_own_pupil(browser_of, api, engine):
    own = hand_in(api("hung"))
    assert say(browser_of("hung"), own, **ALL).status_code == 404
    assert verdicts(engine) == []


def test_an_administrator_decides_for_every_group(browser_of, receipt, engine):
    assert say(browser_of("quan"), receipt, **{"hieu-tra-so": "roi"}).status_code == 200
    assert verdicts(engine) == [("tra-so", True, "quan")]


@pytest.mark.parametrize("chosen", [{}, {"hieu-tra-so": ""}, {"hieu-tra-so": "co-le"}, {"hieu-khac": "roi"}])
def test_a_form_without_a_choice_comes_back_with_what_to_do(browser_of, receipt, engine, chosen):
    reply = say(browser_of("hung"), receipt, **chosen)
    assert reply.status_code == 422
    page = BeautifulSoup(reply.text, "html.parser")
    assert page.select_one("#be-che-day-lai [role=alert]").text.startswith("Bạn chọn “Đã hiểu đúng”")
    assert verdicts(engine) == []


def test_a_page_left_open_with_an_old_address_leads_back_to_the_submission(browser_of, receipt):
    reply = browser_of("hung").get(f"bai-nop/{receipt}/be-che/day-lai")
    assert reply.url.path.endswith(f"bai-nop/{receipt}")


@pytest.mark.parametrize("exercise", ["doan-chu", "khong-co"])
def test_an_exercise_without_a_pupil_has_nothing_to_decide(browser_of, receipt, engine, exercise):
    assert say(browser_of("hung"), receipt, exercise, **ALL).status_code == 404
    assert verdicts(engine) == []


def test_there_is_nothing_to_decide_where_nobody_talked(browser_of, api, engine):
    silent = hand_in(api("lan"), said="Con hiểu hết rồi ạ.", by="pupil")
    hung = browser_of("hung")
    assert page_of(hung, f"bai-nop/{silent}").select("#be-che-day-lai") == []
    assert say(hung, silent, **ALL).status_code == 422
    assert verdicts(engine) == []


def test_a_decision_without_the_forms_token_changes_nothing(browser_of, receipt, engine):
    hung = browser_of("hung")
    reply = hung.post(f"bai-nop/{receipt}/be-che/day-lai", data=ALL)
    assert isinstance(reply, httpx.Response)
    assert reply.status_code == 403
    assert verdicts(engine) == []


def test_a_decision_keeps_its_time(browser_of, receipt, engine):
    before = now()
    say(browser_of("hung"), receipt, **{"hieu-tra-so": "roi"})
    with session(engine) as opened:
        assert before <= opened.scalars(select(HumanVerdict.at)).one() <= now()
