"""What each form of the queue does: deciding, auditing, undoing."""

from __future__ import annotations

from sqlalchemy import select

from autograder.models import AuditItem, HumanMark
from courses.school.db import session
from tests.hub_config.portal.conftest import PREFIX
from tests.hub_config.portal.queue.acting import decisions, result, rule, soup, typed, undo
from tests.hub_config.portal.queue.conftest import TEXT


def test_code_adds_the_points_and_the_learner_reads_criteria_and_comment(
    browser_of, waiting, engine, lessons, rubric
):
    (receipt,) = waiting("lan")
    left = {f"tc-{rubric[0].id}": "chua"}
    page = rule(browser_of("hung"), comment="Rõ ràng.\r\nThêm ví dụ nhé.", **left)
    assert "Đã ghi." in page.text
    own = result(engine, lessons, receipt)
    assert own.score == sum(one.points for one in rubric[1:])
    assert (own.source, own.by, own.comment) == ("person", "hung", "Rõ ràng.\nThêm ví dụ nhé.")
    card = soup(browser_of("lan").get(f"ket-qua/{receipt}")).find("h2", string="Câu 4").find_parent("section")
    assert "Huấn luyện viên chấm" in card.text
    assert [one.text for one in card.select(".unmet")] == ["Chưa đạt:"]
    assert "Thêm ví dụ nhé." in card.text
    assert decisions(engine)[0].kind == "queue"


def test_every_criterion_must_be_decided_and_what_was_typed_stays(browser_of, waiting, engine, rubric):
    waiting("lan")
    hung = browser_of("hung")
    page = rule(hung, comment="Góp ý dài", giu="co", **{f"tc-{rubric[1].id}": "xyz"})
    assert page.status_code == 422
    shown = soup(page)
    assert "Bạn chưa chấm tiêu chí 2." in shown.select_one("[role=alert]").text
    assert {one["name"] for one in shown.select("#cham input[checked]")} == {
        "giu",
        *(f"tc-{one.id}" for one in rubric if one is not rubric[1]),
    }
    assert shown.textarea.text == "Góp ý dài"
    assert decisions(engine) == []


def test_a_rubric_that_was_edited_meanwhile_is_read_again_before_anything_is_decided(
    browser_of, waiting, engine
):
    waiting("lan")
    page = rule(browser_of("hung"), rubric="0" * 64)
    assert page.status_code == 422
    assert "vừa được sửa" in page.text
    assert decisions(engine) == []


def test_a_comment_that_is_too_long_and_an_unknown_button_are_refused(browser_of, waiting, engine):
    waiting("lan")
    hung = browser_of("hung")
    assert rule(hung, comment="a" * 2001).status_code == 422
    assert rule(hung, do="xoa-het").status_code == 400
    assert decisions(engine) == []


def test_identical_answers_are_decided_together_and_the_page_says_how_many(
    browser_of, waiting, engine, lessons
):
    receipts = waiting("lan", "an", text=TEXT)
    receipts += waiting("hoa", text=TEXT)  # another trainer's group
    hung = browser_of("hung")
    page = hung.get("hang-cho")
    assert "2 bài giống hệt nhau." in soup(page).text
    assert typed(page)["sau"] == "", "the identical one does not come again"
    page = rule(hung)
    assert "Bài 1.1, câu 4: 5 điểm (2 bài giống nhau)" in page.text
    assert [result(engine, lessons, one).source for one in receipts] == ["person", "person", "nobody"]
    assert len(decisions(engine)) == 1


def test_answers_that_differ_in_a_word_are_decided_one_by_one(browser_of, waiting, engine, lessons):
    (first,) = waiting("lan")
    (second,) = waiting("an", text=TEXT.replace("bà nhớ", "bà  hãy"))
    (third,) = waiting(
        "an", text=TEXT.replace(" ", "   ")
    )  # an's newest counts: white space is no difference
    hung = browser_of("hung")
    assert "2 bài giống hệt nhau." in soup(hung.get("hang-cho")).text
    rule(hung)
    assert [result(engine, lessons, one).source for one in (first, second, third)] == [
        "person",
        "nobody",
        "person",
    ]


def test_an_answer_that_its_learner_replaced_leaves_the_queue(browser_of, waiting, place):
    (old,) = waiting("lan")
    waiting("lan", text=f"{TEXT} Sửa lại.")
    hung = browser_of("hung")
    assert "1 câu đang chờ bạn" in soup(hung.get("hang-cho")).text
    moved = hung.get(place(old))
    assert moved.url.path == f"{PREFIX}hang-cho"
    assert "đã có người chấm" in moved.text


def test_who_comes_second_is_told_and_changes_nothing(browser_of, waiting, engine, lessons, place):
    (receipt,) = waiting("lan")
    hung, quan = browser_of("hung"), browser_of("quan")
    late = typed(quan.get(place(receipt)), comment="Muộn")
    rule(hung)
    page = quan.post(place(receipt), data=late)
    assert "đã có người chấm" in page.text
    assert result(engine, lessons, receipt).by == "hung"
    assert len(decisions(engine)) == 1


def test_the_script_gets_the_next_answer_at_once_and_its_address(browser_of, waiting, place):
    (first,) = waiting("lan")
    (second,) = waiting("an", text=f"{TEXT} Thêm.")
    hung = browser_of("hung")
    page = hung.get("hang-cho")
    reply = hung.post(place(first), data=typed(page), headers={"X-Queue": "1"}, follow_redirects=False)
    assert reply.status_code == 200
    assert reply.headers["X-Address"] == f"{PREFIX}{place(second)}"
    assert soup(reply).select_one("#cham")["action"] == f"{PREFIX}{place(second)}"


def test_an_audited_answer_is_marked_again_and_the_persons_mark_wins(
    browser_of, audit, engine, lessons, rubric
):
    receipt = audit("lan")
    rule(browser_of("hung"), **{f"tc-{rubric[0].id}": "chua"})
    assert decisions(engine)[0].kind == "audit"
    with session(engine) as opened:
        item = opened.scalars(select(AuditItem)).one()
        assert (item.status, item.by) == ("done", "hung")
        assert item.given == {one.id: one is not rubric[0] for one in rubric}
        assert all(verdict["met"] for verdict in item.verdicts)
    assert result(engine, lessons, receipt).score == 5 - rubric[0].points


def test_an_audited_answer_that_a_person_has_overruled_is_not_blind_any_more(browser_of, audit):
    receipt = audit("lan")
    hung = browser_of("hung")
    page = hung.get(f"bai-nop/{receipt}")
    data = {
        "_xsrf": soup(page).find("input", {"name": "_xsrf"})["value"],
        "exercise": "day-lai",
        "score": "2",
    }
    hung.post(f"bai-nop/{receipt}", data=data)
    assert "Không còn câu nào" in hung.get("hang-cho").text


def test_the_last_decision_can_be_undone_and_the_answer_is_there_again(
    browser_of, waiting, engine, lessons, place
):
    (receipt,) = waiting("lan")
    hung = browser_of("hung")
    page = undo(hung, rule(hung))
    assert page.url.path == f"{PREFIX}{place(receipt)}"
    assert "Đã hoàn tác" in page.text
    assert result(engine, lessons, receipt).source == "nobody"
    assert decisions(engine)[0].undone_at is not None
    assert "Vừa chấm" not in page.text
    rule(hung, **{f"tc-{one['name'][3:]}": "chua" for one in soup(page).select("input[value=chua]")})
    assert result(engine, lessons, receipt).score == 0


def test_undoing_reopens_the_audit_and_shows_the_machines_mark_again(browser_of, audit, engine, lessons):
    receipt = audit("lan")
    hung = browser_of("hung")
    page = undo(hung, rule(hung))
    assert "rút ngẫu nhiên" in page.text
    assert result(engine, lessons, receipt).source == "ai"
    with session(engine) as opened:
        assert opened.scalars(select(AuditItem)).one().status == "open"


def test_only_the_last_ten_decisions_can_be_undone(browser_of, engine, crowd):
    crowd(11, together=False)
    hung = browser_of("hung")
    for _ in range(11):
        page = rule(hung)
    assert len(soup(page).select("form[action*=hoan-tac]")) == 10
    first = decisions(engine)[0]
    xsrf = soup(page).select_one("form[action*=hoan-tac] input")["value"]
    assert hung.post(f"hang-cho/hoan-tac/{first.id}", data={"_xsrf": xsrf}).status_code == 404


def test_a_whole_class_of_identical_answers_is_one_decision(browser_of, engine, crowd):
    crowd(40, together=True)
    hung = browser_of("hung")
    assert "40 bài giống hệt nhau." in soup(hung.get("hang-cho")).text
    assert "Không còn câu nào" in rule(hung).text
    with session(engine) as opened:
        assert len(opened.scalars(select(HumanMark)).all()) == 40


def test_three_hundred_waiting_answers_are_counted_and_one_is_loaded(browser_of, crowd):
    crowd(60, answers=5)
    hung = browser_of("hung")
    page = hung.get("hang-cho")
    assert "300 câu đang chờ bạn" in soup(page).text
    assert len(page.content) < 30_000
    assert page.text.count("Lời thứ") == 1
    assert "299 câu đang chờ bạn" in soup(rule(hung)).text
