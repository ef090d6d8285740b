"""An appeal lies in the queue of somebody else than who decided; what they decide answers it."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from courses.school.db import session
from courses.school.models import Group, Person, TrainerGroup
from tests.hub_config.portal.queue.conftest import submission_of
from tests.hub_config.portal.test_appeals import WHY, send
from tests.hub_config.portal.test_pages import form, soup


def decide(client, place, met, **more):
    """Decide each criterion on the page as ``met`` says, the others as met."""
    page = client.get(place)
    assert page.status_code == 200
    names = [box["name"] for box in soup(page).select("fieldset.criterion input[value=dat]")]
    chosen = {name: "dat" if met.get(name.removeprefix("tc-"), True) else "chua" for name in names}
    rubric = soup(page).find("input", {"name": "rubric"})["value"]
    return client.post(place, data=form(page, do="ghi", rubric=rubric, **chosen, **more))


@pytest.fixture
def appealed(judged, browser_of, engine):
    """Let lan appeal what the AI decided; return the receipt and the place in the queue."""
    receipt = judged()
    send(browser_of("lan"), receipt)
    return receipt, f"hang-cho/{submission_of(engine, receipt).id}/lenh"


def test_the_trainer_reads_the_sentence_and_decides_and_the_learner_reads_the_answer(appealed, browser_of):
    receipt, place = appealed
    page = soup(browser_of("hung").get(place))
    assert WHY in page.text
    assert page.find("b") is None
    assert "Lan" not in page.text
    decide(browser_of("hung"), place, {}, comment="Đúng, bạn có ghi vai.")
    shown = soup(browser_of("lan").get(f"ket-qua/{receipt}"))
    thread = shown.find(id="phuc-khao-lenh").text
    assert "Người khác đã xem lại" in thread
    assert "Đúng, bạn có ghi vai." in thread
    assert "5/5 điểm" in shown.find("section", {"aria-labelledby": "cau-2"}).text
    assert place not in browser_of("hung").get("hang-cho").text


def test_who_had_decided_does_not_get_the_appeal_and_another_person_does(appealed, browser_of, engine):
    receipt, place = appealed
    decide(browser_of("hung"), place, {"vai": False, "viec": False}, comment="Chưa có vai.")
    send(browser_of("lan"), receipt, criterion="viec", sentence="Tôi có bảo AI soạn thông báo.")
    again = browser_of("hung").get(place, follow_redirects=False)
    assert again.status_code == 303  # decided, as far as hung is concerned
    with session(engine) as opened:
        binh = opened.query(Person).filter_by(username="binh").one()
        group = opened.query(Group).filter_by(code="to-1").one()
        opened.add(TrainerGroup(person_id=binh.id, group_id=group.id))
    assert "Tôi có bảo AI soạn thông báo." in browser_of("binh").get(place).text
    assert "Tôi có bảo AI soạn thông báo." in browser_of("quan").get(place).text
    decide(browser_of("binh"), place, {"vai": False})
    assert "4/5 điểm" in browser_of("lan").get(f"ket-qua/{receipt}").text


@pytest.mark.parametrize("user", ["lan", "an", "hoa", "binh", "chu"])
def test_nobody_else_reads_an_appeal(appealed, browser_of, user):
    assert browser_of(user).get(appealed[1]).status_code == 404


def test_undoing_the_decision_brings_the_appeal_and_the_old_mark_back(appealed, browser_of):
    receipt, place = appealed
    hung = browser_of("hung")
    decide(hung, place, {})
    page = hung.get("hang-cho")
    action = BeautifulSoup(page.text, "html.parser").select_one("form[action*=hoan-tac]")["action"]
    hung.post(action.split("/services/portal/")[1], data=form(page))
    assert WHY in soup(hung.get(place)).text
    result = browser_of("lan").get(f"ket-qua/{receipt}").text
    assert "Đang chờ một người khác xem lại" in result
    assert "4/5 điểm" in result


def test_an_appeal_is_decided_alone_even_where_others_wrote_the_same(judged, browser_of, engine):
    mine, other = judged("lan"), judged("an")
    send(browser_of("lan"), mine)
    place = f"hang-cho/{submission_of(engine, mine).id}/lenh"
    assert "bài giống hệt nhau" not in browser_of("hung").get(place).text
    decide(browser_of("hung"), place, {})
    assert "AI chấm" in browser_of("an").get(f"ket-qua/{other}").text
