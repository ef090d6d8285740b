"""Teaching Bé Chè on the page: what is said stays, whatever happens to its answer; the quiz is shown, never its key."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from courses.player.portal import Portal
from tests.courses.player.pages import card, open_lesson, saved
from tests.courses.player.services import PUPIL

TEACH = 6
SAID = "Nho nguoi la di cho ma khong dan thi ho phai doan"


def say(page, text=SAID):
    card(page, TEACH).get_by_role("textbox").fill(text)
    card(page, TEACH).get_by_role("button", name="Nói với Bé Chè").tap()


def test_the_portal_is_asked_with_the_whole_conversation_and_no_more(services):
    turns = [{"by": "you", "text": SAID}]
    told = Portal(f"{services.url}/services/portal", "ma-rieng").pupil("level1/x", "day", "citizen", turns)
    assert told == PUPIL
    assert services.bodies("pupil") == [
        {"lesson": "level1/x", "exercise": "day", "case": "citizen", "turns": turns}
    ]


@pytest.mark.e2e
@pytest.mark.timeout(180)
class TestInTheBrowser:
    def test_a_turn_that_nobody_heard_stays_and_is_sent_again(self, page, clean, services, answers):
        services.answers["pupil"] = (500, b"")
        open_lesson(page, clean)
        say(page)
        expect(card(page, TEACH)).to_contain_text("Lời bạn vừa nói vẫn còn")
        saved(page)
        assert answers()["answers"]["day"]["turns"] == [{"by": "you", "text": SAID}]
        services.answers["pupil"] = (200, PUPIL)
        card(page, TEACH).get_by_role("button", name="Nói với Bé Chè").tap()
        expect(card(page, TEACH).locator(".teach-turn")).to_have_count(3)
        saved(page)
        assert answers()["answers"]["day"]["turns"][1:] == [{"by": "pupil", "text": PUPIL["reply"]}]

    def test_an_answer_that_comes_late_does_not_take_the_keyboard_away(self, page, clean, services, answers):
        open_lesson(page, clean)
        services.delay = 1.5
        say(page)
        card(page, TEACH - 1).get_by_role("textbox").tap()
        page.keyboard.type("Viet mot cau moi khach", delay=150)
        expect(card(page, TEACH).locator(".teach-turn")).to_have_count(3)
        saved(page)
        assert answers()["answers"]["lenh"] == {"text": "Viet mot cau moi khach"}

    def test_the_quiz_tells_what_was_learned_and_what_is_still_wrong(self, page, clean, services):
        quiz = {
            "right": 1,
            "unsure": 0,
            "total": 2,
            "learned": ["AI phải đoán ạ."],
            "held": ["Con tưởng <b>AI</b> tự biết."],
        }
        services.answers["pupil"] = (200, PUPIL | {"done": True, "understood": 1, "left": 3, "quiz": quiz})
        open_lesson(page, clean)
        say(page)
        shown = card(page, TEACH).locator(".teach-quiz")
        expect(shown).to_contain_text("Bé Chè làm bài kiểm tra: đúng 1/2 câu.")
        expect(shown).to_contain_text("Điều Bé Chè vẫn hiểu sai:")
        expect(shown).to_contain_text("Con tưởng <b>AI</b> tự biết.")
        expect(card(page, TEACH)).not_to_contain_text("lời soạn sẵn")
        expect(card(page, TEACH)).to_contain_text("Bé Chè không còn câu hỏi nào")
        page.reload()
        expect(card(page, TEACH).locator(".teach-quiz")).to_contain_text("đúng 1/2 câu")

    def test_after_the_last_turn_nothing_more_can_be_said(self, page, clean, services):
        services.answers["pupil"] = (200, PUPIL | {"done": True, "left": 0})
        open_lesson(page, clean)
        say(page)
        expect(card(page, TEACH)).to_contain_text("Đã đủ lượt nói.")
        expect(card(page, TEACH).get_by_role("textbox")).not_to_be_editable()
        expect(card(page, TEACH).get_by_role("button", name="Nói với Bé Chè")).to_be_hidden()
