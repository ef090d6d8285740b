"""The trainer's queue over HTTP: what lies in it, for whom, what it hides, and what each form does."""

from __future__ import annotations

import re

import httpx
import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from autograder.judge import REASON_TEXTS
from autograder.models import AuditItem, AutoMark, Decision, HumanMark, KeptSample, Snippet
from autograder.results import result_of
from courses.school.db import session
from courses.school.models import Group, Person
from courses.school.submissions import find_submission
from tests.hub_config.portal.conftest import PREFIX
from tests.hub_config.portal.queue.conftest import LESSON, TEXT, submission_of


def soup(reply: httpx.Response) -> BeautifulSoup:
    return BeautifulSoup(reply.text, "html.parser")


def here(address: str) -> str:
    """Return an address as the clients take it."""
    return address.removeprefix(PREFIX)


def typed(page: httpx.Response, **changes: str) -> dict[str, str]:
    """Return the form as a browser would send it, every criterion met unless said otherwise."""
    form = soup(page).select_one("#cham")
    fields = {one["name"]: one["value"] for one in form.select("input[type=hidden]")}
    fields |= {one["name"]: "dat" for one in form.select("input[type=radio]")}
    return fields | {"do": "ghi", "comment": form.select_one("textarea").text} | changes


def rule(client, path="hang-cho", **changes):
    page = client.get(path)
    return client.post(here(soup(page).select_one("#cham")["action"]), data=typed(page, **changes))


def result(engine, lessons, receipt):
    with session(engine) as opened:
        return result_of(opened, lessons[LESSON], find_submission(opened, receipt)).of("day-lai")


def decisions(engine):
    with session(engine) as opened:
        return opened.scalars(select(Decision).order_by(Decision.id)).all()


# ---- what lies in it


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


# ---- who may


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


# ---- deciding


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


# ---- audit


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


# ---- undo


def undo(client, page):
    form = soup(page).select_one("form[action*=hoan-tac]")
    return client.post(here(form["action"]), data={"_xsrf": form.input["value"]})


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


# ---- comments that one uses again


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


# ---- samples for the judge


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


# ---- where the queue is linked


def test_class_and_home_page_lead_to_the_queue_with_the_number_of_what_waits(browser_of, waiting):
    hung = browser_of("hung")
    assert "hang-cho" in soup(hung.get("")).select_one("nav").decode()
    waiting("lan")
    waiting("an", text=f"{TEXT} Thêm.")
    for path in ("", "lop"):
        link = soup(hung.get(path)).select_one(f"main a[href='{PREFIX}hang-cho']")
        assert "2 câu" in link.text
    assert "hang-cho" not in browser_of("lan").get("").text
