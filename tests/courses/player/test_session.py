from __future__ import annotations

import json

import pytest

from courses.player.lesson import PlayerError
from courses.player.session import open_session


@pytest.fixture
def session(folder, services):
    return open_session(
        folder,
        {
            "BDHAI_PORTAL_URL": f"{services.url}/services/portal/",
            "BDHAI_AI_URL": f"{services.url}/services/ai/v1",
            "JUPYTERHUB_API_TOKEN": "ma-rieng",
            "BDHAI_CASE": "citizen",
        },
    )


def save(session, exercise, answer, base=None):
    request = {"type": "save", "exercise": exercise, "case": "citizen", "answer": answer, "base": base}
    return session.handle(request)


def test_a_save_is_on_the_disk_before_the_reply(session, folder):
    assert save(session, "mot", {"chosen": ["o2"]})["ok"]
    assert json.loads((folder / "answers.json").read_text())["answers"] == {"mot": {"chosen": ["o2"]}}


def test_a_conflict_comes_back_with_the_other_answer(session):
    save(session, "day", {"text": "một"})
    reply = save(session, "day", {"text": "hai"})
    assert reply["ok"] is False
    assert reply["conflict"] == {"answer": {"text": "một"}}


def test_a_check_passes_only_what_the_card_shows(session, services):
    services.answers["check"] = (200, {"status": "wrong", "hint": "Nhớ lại.", "tries": 2, "key": "o2"})
    reply = session.handle({"type": "check", "exercise": "mot", "case": "citizen", "answer": {}})
    assert reply == {"ok": True, "status": "wrong", "told": None, "hint": "Nhớ lại.", "why": None, "tries": 2}


def test_handing_in_sends_what_is_on_the_disk_and_keeps_the_receipt(session, services, folder):
    save(session, "mot", {"chosen": ["o2"]})
    reply = session.handle({"type": "submit"})
    assert reply["url"] == "/services/portal/ket-qua/BD-2026-7K3Q"
    assert services.bodies("submissions") == [
        {"lesson": "level1/09-du-nam-kieu", "case": "citizen", "answers": {"mot": {"chosen": ["o2"]}}}
    ]
    state = open_session(folder, {}).submit_state(session.store.read())
    assert state["receipt"]["receipt"] == "BD-2026-7K3Q"


def test_without_a_provider_the_reply_is_none(session):
    assert session.handle({"type": "ai", "text": "Viết"}) == {"ok": True, "reply": None}


def test_changing_the_setting_returns_that_settings_answer(session):
    save(session, "bia", {"marked": ["p1"]})
    reply = session.handle({"type": "case", "exercise": "bia", "case": "official"})
    assert (reply["case"], reply["answer"]) == ("official", None)


def test_review_cards_come_from_the_portal_and_answers_go_back(session, services):
    card = {"lesson": "level1/x", "title": "Bài X", "card": 1, "q": "Hỏi?", "a": "Đáp."}
    services.answers["cards"] = (200, {"learned": 1, "cards": [card], "next_on": None})
    assert session.handle({"type": "cards"}) == {"ok": True, "learned": 1, "cards": [card], "next_on": None}
    reply = session.handle({"type": "card", "lesson": "level1/x", "card": 1, "grade": "good"})
    assert (reply["ok"], reply["next_on"]) == (True, "2026-11-28")
    assert services.bodies("cards") == [{"lesson": "level1/x", "card": 1, "grade": "good"}]


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"type": "eval"},
        {"type": "save"},
        {"type": "save", "exercise": "khong-co", "case": "citizen", "answer": {}},
        {"type": "save", "exercise": "mot", "case": "citizen", "answer": "chữ"},
        {"type": "save", "exercise": "day", "case": "citizen", "answer": {"text": "x" * 70_000}},
        {"type": "case", "exercise": "bia", "case": "nobody"},
        {"type": "card", "lesson": "level1/x", "card": "một", "grade": "good"},
    ],
)
def test_a_strange_request_is_answered_calmly_and_writes_nothing(session, folder, request_):
    reply = session.handle(request_)
    assert reply["ok"] is False
    assert "Bạn" in reply["message"]
    assert not (folder / "answers.json").exists()


def test_a_folder_without_a_lesson_says_so(tmp_path):
    with pytest.raises(PlayerError, match="Chưa đọc được nội dung"):
        open_session(tmp_path, {})


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"key": 1, "number": 1, "title": 1, "slots": 3}'])
def test_a_broken_lesson_says_so(tmp_path, content):
    (tmp_path / "lesson.json").write_text(content)
    with pytest.raises(PlayerError, match="Chưa đọc được nội dung"):
        open_session(tmp_path, {})
