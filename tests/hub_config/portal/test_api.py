"""What the API gives, and to whom."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from courses.school.db import session
from courses.school.models import Attempt, Submission
from hub_config.portal.limits import Limiter
from tests.hub_config.portal.conftest import PREFIX, serving

LESSON = "level1/01-ai-doan-chu"
CHECK = {"lesson": LESSON, "exercise": "doan-chu", "case": "citizen"}
RIGHT, WRONG = {"chosen": ["o2"]}, {"chosen": ["o1"]}


def test_me_is_the_person_of_the_token_and_nobody_the_client_names(api):
    me = api("lan").get("api/me", params={"username": "an"}).json()
    assert me == {
        "username": "lan",
        "display_name": "Nguyễn Thị Lan",
        "pseudonym": "Chè lan",
        "role": "learner",
        "target": "citizen",
        "group": "Tổ dân phố 1",
    }


@pytest.mark.parametrize(
    "header", [{}, {"Authorization": "token wrong"}, {"Authorization": "token \x85 x".encode("latin-1")}]
)
def test_without_a_good_token_the_api_answers_401(portal, header):
    reply = httpx.get(f"{portal.url}{PREFIX}api/me", headers=header, trust_env=False, timeout=60)
    assert reply.status_code == 401
    assert "đăng nhập" in reply.json()["error"]


def test_a_hub_user_who_is_not_on_the_schools_list_gets_403(api):
    reply = api("la").get("api/me")
    assert reply.status_code == 403
    assert "danh sách lớp" in reply.json()["error"]


def test_a_service_of_the_hub_is_no_person(api):
    assert api("service-x").get("api/me").status_code == 401


def test_a_hub_that_is_down_is_503_and_said_kindly(portal, hub):
    hub.down = True
    try:
        reply = httpx.get(
            f"{portal.url}{PREFIX}api/me", headers={"Authorization": "token new-one"}, trust_env=False
        )
    finally:
        hub.down = False
    assert reply.status_code == 503
    assert "Chưa nối được" in reply.json()["error"]


def test_a_right_check_tells_why_and_a_wrong_one_hints_and_neither_gives_the_key(api, lessons):
    exercise = lessons[LESSON].slot("doan-chu").variant("citizen")
    lan = api("lan")
    wrong = lan.post("api/check", json={**CHECK, "answer": WRONG}).json()
    right = lan.post("api/check", json={**CHECK, "answer": RIGHT}).json()
    assert wrong == {"status": "wrong", "tries": 1, "hint": exercise.hints[0]}
    assert right == {"status": "right", "tries": 2, "why": exercise.why}
    assert exercise.mark_scheme() not in json.dumps([wrong, right], ensure_ascii=False)


def test_the_reason_is_told_from_the_third_wrong_try_on(api, lessons):
    why = lessons[LESSON].slot("doan-chu").variant("citizen").why
    replies = [api("lan").post("api/check", json={**CHECK, "answer": WRONG}).json() for _ in range(4)]
    assert [reply.get("why") for reply in replies] == [None, None, why, why]
    assert {reply["status"] for reply in replies} == {"wrong"}


def test_the_first_try_is_remembered_and_a_blank_check_is_no_try(api, engine):
    lan = api("lan")
    blank = lan.post("api/check", json={**CHECK, "answer": {"chosen": []}}).json()
    assert (blank["status"], blank["tries"]) == ("blank", 0)
    for answer in (WRONG, RIGHT):
        lan.post("api/check", json={**CHECK, "answer": answer})
    with session(engine) as opened:
        attempt = opened.scalars(select(Attempt)).one()
        assert (attempt.tries, attempt.first_right) == (2, False)


@pytest.mark.parametrize(
    ("change", "status", "exercise"),
    [
        ({"lesson": "level1/99-khong-co"}, 404, None),
        ({"exercise": "khong-co"}, 404, "khong-co"),
        ({"exercise": "day-lai", "answer": {"text": "AI đoán chữ"}}, 422, "day-lai"),
        ({"answer": {"chosen": ["o99"]}}, 422, "doan-chu"),
        ({"case": "nobody"}, 422, None),
        ({"them": 1}, 422, None),
    ],
)
def test_a_check_that_cannot_be_served_says_why(api, change, status, exercise):
    reply = api("lan").post("api/check", json={**CHECK, "answer": RIGHT, **change})
    assert reply.status_code == status
    assert reply.json()["error"]
    assert reply.json().get("exercise") == exercise


def test_too_many_checks_get_a_kind_429_and_others_are_not_held_up(site, engine, hub):
    del engine
    with serving(site, hub, checks=Limiter(3, 60)) as server:
        url = f"{server.url}{PREFIX}api/check"

        def check(user):
            headers = {"Authorization": f"token {hub.token(user)}"}
            return httpx.post(
                url, json={**CHECK, "answer": WRONG}, headers=headers, trust_env=False, timeout=60
            )

        assert [check("lan").status_code for _ in range(4)] == [200, 200, 200, 429]
        stopped = check("lan")
        assert 1 <= int(stopped.headers["Retry-After"]) <= 20
        assert "nghỉ" in stopped.json()["error"]
        assert check("an").status_code == 200


def test_a_submission_is_stored_marked_and_read_back(api, hand_in):
    lan = api("lan")
    receipt = hand_in("lan")
    result = lan.get(f"api/results/{receipt}").json()
    by_id = {own["exercise"]: own for own in result["exercises"]}
    assert by_id["doan-chu"]["marked_by"] == "Chấm theo quy tắc"
    assert by_id["doan-chu"]["status"] == "right"
    assert by_id["day-lai"] | {"answer": ""} == by_id["day-lai"] | {
        "answer": "",
        "status": "waiting",
        "score": None,
        "marked_by": "Đang chờ chấm",
    }
    assert (result["provisional"], result["newest"], result["waiting"]) == (True, True, 1)
    listed = lan.get("api/submissions", params={"lesson": LESSON}).json()
    assert [(one["receipt"], one["number"], one["waiting"]) for one in listed] == [(receipt, 1, 1)]


@pytest.mark.parametrize(
    ("user", "status"),
    [("lan", 200), ("hung", 200), ("quan", 200), ("an", 404), ("hoa", 404), ("binh", 404), ("chu", 404)],
)
def test_a_result_is_for_its_owner_their_trainer_and_the_administrator(api, hand_in, user, status):
    receipt = hand_in("lan")
    assert api(user).get(f"api/results/{receipt}").status_code == status


def test_submissions_lists_only_ones_own(api, hand_in):
    hand_in("an")
    assert api("lan").get("api/submissions").json() == []


@pytest.mark.parametrize(
    ("answers", "exercise"),
    [
        ({"doan-chu": {"chosen": "o2"}}, "doan-chu"),
        ({"la": {}}, "la"),
        ({"day-lai": {"text": "x" * 8001}}, "day-lai"),
    ],
)
def test_a_malformed_submission_names_the_exercise_and_stores_nothing(api, engine, answers, exercise):
    body = {"lesson": LESSON, "case": "citizen", "answers": {"doan-chu": RIGHT, **answers}}
    reply = api("lan").post("api/submissions", json=body)
    assert (reply.status_code, reply.json()["exercise"]) == (422, exercise)
    with session(engine) as opened:
        assert opened.scalars(select(Submission)).all() == []


@pytest.mark.parametrize(
    ("size", "chunked"),
    [(256 * 1024 + 1, False), (5 * 1024 * 1024, False), (256 * 1024 + 1, True), (900 * 1024, True)],
)
def test_more_than_256_kib_is_413_however_it_is_sent(api, size, chunked):
    body = b'{"lesson": "' + b"x" * (size - 14) + b'"}'
    content = iter([body]) if chunked else body
    headers = {"Content-Type": "application/json"}
    reply = api("lan").post("api/submissions", content=content, headers=headers)
    assert reply.status_code == 413
    assert "256 KiB" in reply.json()["error"]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"lesson": "\\ud800"}', "application/json", 400),
        (b"[]", "application/json", 422),
        (b"{}", "text/plain", 415),
    ],
)
def test_what_is_no_json_object_is_refused(api, body, kind, status):
    reply = api("lan").post("api/visits", content=body, headers={"Content-Type": kind})
    assert reply.status_code == status


def test_lessons_tell_the_state_of_the_asker_only(api, hand_in, count_all):
    hand_in("lan")
    api("lan").post("api/visits", json={"lesson": "level1/04-den-do-vang-xanh"})

    def states(user):
        return {one["lesson"]: one["state"] for one in api(user).get("api/lessons").json()}

    mine = states("lan")
    assert mine[LESSON] == "da_nop"
    assert mine["level1/04-den-do-vang-xanh"] == "dang_hoc"
    assert mine["level1/05-bat-ai-bia"] == "chua_hoc"
    assert set(states("an").values()) == {"chua_hoc"}
    count_all()
    assert states("lan")[LESSON] == "da_nop", "an exercise still waits for a person"


def test_a_visit_is_204_and_an_unknown_lesson_404(api):
    lan = api("lan")
    assert lan.post("api/visits", json={"lesson": LESSON}).status_code == 204
    assert lan.post("api/visits", json={"lesson": "level1/99-khong-co"}).status_code == 404


def test_a_cookie_writes_only_with_the_pages_xsrf_value(browser_of):
    lan = browser_of("lan")
    assert lan.get("api/me").json()["username"] == "lan"
    body = {**CHECK, "answer": RIGHT}
    refused = lan.post("api/check", json=body)
    assert refused.status_code == 403
    token = lan.get("tai-khoan").text.partition('name="_xsrf" value="')[2].partition('"')[0]
    assert lan.post("api/check", json=body, headers={"X-Xsrftoken": token}).status_code == 200
    stranger = browser_of("an").get("tai-khoan").text.partition('name="_xsrf" value="')[2].partition('"')[0]
    assert lan.post("api/check", json=body, headers={"X-Xsrftoken": stranger}).status_code == 403


def test_an_unknown_address_or_method_is_json_too(api):
    lan = api("lan")
    assert lan.get("api/khong-co").json()["error"]
    reply = lan.put("api/check", json={})
    assert (reply.status_code, reply.headers["Allow"]) == (405, "POST")
    assert reply.json()["error"]


def test_an_edited_lesson_is_read_again_and_a_broken_edit_keeps_the_last_good_one(tmp_path, caplog):
    from hub_config.portal.shelf import Shelf  # noqa: PLC0415 - only this test

    source = Path(__file__).parents[3] / "level1" / "01-ai-doan-chu"
    folder = tmp_path / "level1" / "01-ai-doan-chu"
    folder.mkdir(parents=True)
    for name in ("lesson.md", "samples.yaml"):
        (folder / name).write_bytes((source / name).read_bytes())
    clock = iter(range(0, 1000, 10))
    shelf = Shelf(tmp_path, clock=lambda: next(clock))
    title = shelf.all()[0].title
    text = (folder / "lesson.md").read_text(encoding="utf-8")
    (folder / "lesson.md").write_text(text.replace(title, "Tên mới"), encoding="utf-8")
    assert [one.title for one in shelf.all()] == ["Tên mới"]
    (folder / "lesson.md").write_text("hỏng", encoding="utf-8")
    assert [one.title for one in shelf.all()] == ["Tên mới"]
    assert "lesson.md:1" in caplog.text
