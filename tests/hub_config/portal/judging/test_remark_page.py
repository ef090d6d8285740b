"""The list of scores that an author's edit moves, read and applied by an administrator; the learner is told why."""

from __future__ import annotations

import time

import pytest

from autograder.daily.lock import alone
from autograder.marking import mark_submission
from autograder.models import AutoMark, ScoreChange
from autograder.openai_judge import OpenAIJudge
from autograder.results import overrule
from courses.school.db import session
from courses.school.submissions import find_submission
from courses.site import layout
from tests.fake_openai import BROKEN, FakeOpenAI, by_keyword
from tests.hub_config.portal.judging.conftest import EDIT, KEY, NAME, TEXT, send, value_of

LONG = f"{TEXT} Viết ba câu thôi."


@pytest.fixture
def fake():
    """A provider that finds the new criterion where the answer speaks of words, and the others everywhere."""
    words = {
        "vai": "phụ huynh",
        "viec": "viết tin nhắn",
        "boi-canh": "nghỉ hai hôm",
        "dinh-dang": "viết ba câu",
    }
    with FakeOpenAI(by_keyword(words)) as server:
        yield server


@pytest.fixture
def quan(open_portal, edited_shelf, fake):
    make = lambda: OpenAIJudge(fake.base_url, "key", "fake", retries=0)  # noqa: E731 - one expression
    return open_portal(shelf=edited_shelf, make_judge=make)("quan")


def asked(client):
    """Ask the AI and wait until it was asked."""
    page = send(client, EDIT, action="hoi")
    for _ in range(100):
        if "Đang hỏi AI" not in page.text:
            return page.text
        time.sleep(0.1)
        page = client.get(EDIT)
    raise AssertionError(page.text)


def marks(engine, receipt):
    with session(engine) as opened:
        own = find_submission(opened, receipt)
        return opened.get_one(AutoMark, (own.id, NAME))


def test_what_moves_is_listed_after_the_ai_was_asked_for_the_changed_criterion(quan, judged, engine, fake):
    short, long = judged("lan"), judged("an", LONG)
    page = quan.get(EDIT).text
    assert "Chưa biết: 2" in page
    assert 'value="ap-dung"' not in page
    page = asked(quan)
    assert [set(one.criteria) for one in fake.asked if one.kind == "verdicts"] == [{"dinh-dang"}] * 2
    assert "Điểm đổi: 1" in page
    assert "5/5 → 4/5" in page
    assert short in page
    assert long not in page
    assert "Chè lan" in page
    assert "Nguyễn Thị Lan" not in page
    assert "Sửa tiêu chí “Lệnh nói AI phải viết dài ngắn thế nào" in page
    assert marks(engine, short).score == 5


def test_applying_moves_the_score_and_tells_the_learner_why(quan, judged, engine, browser_of):
    receipt = judged("lan")
    asked(quan)
    done = send(quan, EDIT, action="ap-dung", reason="Tiêu chí 4 nay đòi số chữ hoặc số câu.")
    assert "Đã áp dụng: 1 điểm đổi." in done.text
    assert "Không có điểm nào đổi." in done.text
    assert (marks(engine, receipt).score, marks(engine, receipt).outdated) == (4, False)
    page = browser_of("lan").get(f"ket-qua/{receipt}").text
    assert "nên điểm đổi từ 5/5 thành 4/5. Lý do: Tiêu chí 4 nay đòi số chữ hoặc số câu." in page
    with session(engine) as opened:
        assert opened.query(ScoreChange).one().by == "quan"
        overrule(opened, find_submission(opened, receipt), NAME, 5, "", "hung")
    assert "Lý do: Tiêu chí 4" not in browser_of("lan").get(f"ket-qua/{receipt}").text


def test_what_the_ai_leaves_to_people_is_told_to_the_learner_too(quan, judged, browser_of, fake):
    receipt = judged("lan")
    fake.band = lambda _: 0
    assert "Chuyển cho người chấm: 1" in asked(quan)
    send(quan, EDIT, action="ap-dung", reason="Tiêu chí rõ hơn.")
    page = browser_of("lan").get(f"ket-qua/{receipt}").text
    assert "nên điểm 5/5 được chuyển cho huấn luyện viên xem lại. Lý do: Tiêu chí rõ hơn." in page


def test_a_persons_mark_is_listed_and_stays(quan, judged, engine, fake):
    receipt = judged("lan")
    with session(engine) as opened:
        overrule(opened, find_submission(opened, receipt), NAME, 2, "", "hung")
    page = quan.get(EDIT).text
    assert "Giữ điểm người chấm: 1" in page
    assert "5/5 → giữ nguyên" in page
    assert 'value="hoi"' not in page
    assert fake.calls == 0


def test_without_a_reason_or_while_something_is_unknown_nothing_is_applied(quan, judged, engine):
    receipt = judged("lan")
    early = send(quan, EDIT, action="ap-dung", reason="Vì thế.", seen=value_of(quan.get(EDIT).text, "seen"))
    assert early.status_code == 422
    asked(quan)
    silent = send(quan, EDIT, action="ap-dung", reason=" ")
    assert (silent.status_code, "một câu lý do" in silent.text) == (422, True)
    assert marks(engine, receipt).score == 5


def test_a_list_that_changed_since_it_was_read_is_not_applied(quan, judged, engine):
    receipt = judged("lan")
    asked(quan)
    page = quan.get(EDIT).text
    judged("an", f"{LONG} Cảm ơn nhé.")
    fields = {"_xsrf": value_of(page, "_xsrf"), "seen": value_of(page, "seen"), "action": "ap-dung"}
    refused = quan.post(EDIT, data=fields | {"reason": "Vì thế."})
    assert (refused.status_code, "Danh sách đã khác" in refused.text) == (422, True)
    assert marks(engine, receipt).score == 5


def test_while_the_daily_run_works_nothing_is_applied(quan, judged, engine, site):
    receipt = judged("lan")
    asked(quan)
    with alone(layout(site).data, lambda _: None):
        busy = send(quan, EDIT, action="ap-dung", reason="Vì thế.")
    assert (busy.status_code, "Máy đang chấm bài hằng ngày" in busy.text) == (422, True)
    assert marks(engine, receipt).score == 5
    assert send(quan, EDIT, action="ap-dung", reason="Vì thế.").status_code == 200


def test_an_ai_that_is_down_or_missing_is_said_and_asked_again_later(
    quan, judged, fake, open_portal, edited_shelf
):
    judged("lan")
    fake.always = BROKEN
    page = asked(quan)
    assert "Chưa biết: 1" in page
    assert "AI đang gặp lỗi." in page
    fake.always = None
    assert "Điểm đổi: 1" in asked(quan)
    nobody = open_portal(shelf=edited_shelf)("quan")
    judged("an", LONG)
    assert "Chưa có AI nào để hỏi." in asked(nobody)


def test_the_overview_says_which_edits_wait(quan, judged, engine, edited_shelf):
    receipt = judged("lan")
    assert "Tiêu chí vừa sửa" not in quan.get("quan-tri/cham").text
    with session(engine) as opened:  # as the daily run does at night
        mark_submission(opened, edited_shelf.find(KEY), find_submission(opened, receipt))
    page = quan.get("quan-tri/cham").text
    assert "1 điểm chờ áp dụng" in page
    assert EDIT in page


@pytest.mark.parametrize("user", ["hung", "lan", "chu"])
def test_only_administrators_read_the_list_or_apply_it(open_portal, edited_shelf, judged, engine, user, fake):
    receipt = judged("lan")
    make = lambda: OpenAIJudge(fake.base_url, "key", "fake", retries=0)  # noqa: E731 - one expression
    client = open_portal(shelf=edited_shelf, make_judge=make)(user)
    assert client.get(EDIT).status_code == 404
    assert send(client, EDIT, action="hoi").status_code == 404
    assert send(client, EDIT, action="ap-dung", reason="Vì thế.").status_code == 404
    assert (fake.calls, marks(engine, receipt).score) == (0, 5)


def test_an_unknown_lesson_has_no_list(browser_of):
    assert browser_of("quan").get("quan-tri/sua-tieu-chi/level1/99-khong-co").status_code == 404


def test_asking_twice_at_once_asks_once(quan, judged, fake):
    judged("lan")
    fake.latency = 0.5
    page = quan.get(EDIT).text
    fields = {"_xsrf": value_of(page, "_xsrf"), "action": "hoi"}
    quan.post(EDIT, data=fields)
    running = quan.post(EDIT, data=fields).text
    assert "Đang hỏi AI: 0/" in running
    for _ in range(100):
        if "Điểm đổi: 1" in quan.get(EDIT).text:
            break
        time.sleep(0.1)
    assert sum(one.kind == "verdicts" for one in fake.asked) == 1
