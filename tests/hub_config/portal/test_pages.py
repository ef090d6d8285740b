"""The pages: who may open which, what they say, and that hostile names and answers stay text."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx
import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from autograder.models import AutoMark, HumanMark
from courses.clock import now, programme_day
from courses.school.db import session
from courses.school.models import Consent, Person, Setting
from courses.school.submissions import find_submission
from hub_config.ai.consent import has_consent
from hub_config.ai.models import AiExchange, AiUsage
from hub_config.portal.scores import read_score
from tests.hub_config.portal.conftest import PREFIX, STARTED

LESSON = "level1/01-ai-doan-chu"
PAGES = ("", "tai-khoan", "lop", "so-lieu", "lop/lan", "quan-tri/ai", "khong-co")


def soup(reply: httpx.Response) -> BeautifulSoup:
    return BeautifulSoup(reply.text, "html.parser")


def form(reply: httpx.Response, **changes: str) -> dict[str, str]:
    found = soup(reply).find("input", {"name": "_xsrf"})
    return {"_xsrf": found["value"], **changes}


def test_a_visitor_is_sent_to_sign_in_and_comes_back_to_the_same_page(portal, hub):
    with httpx.Client(base_url=f"{portal.url}{PREFIX}", trust_env=False, timeout=60) as client:
        assert client.get("tai-khoan").headers["Location"].startswith(f"{hub.url}/hub/api/oauth2/authorize")
        client.get(f"{hub.url}/login/lan")
        page = client.get("tai-khoan", follow_redirects=True)
        assert page.url.path == f"{PREFIX}tai-khoan"
        assert "Nguyễn Thị Lan" in page.text


def test_home_shows_one_next_lesson_with_one_main_action(browser_of):
    page = soup(browser_of("lan").get(""))
    main = page.select(".btn-main")
    slug = "00-1-dien-thoai-mang-zalo"
    assert [one.text for one in main] == ["Học bài"]
    assert main[0]["href"] == f"/hub/user-redirect/voila/render/level1/{slug}/{slug}.ipynb"
    assert re.search(r"Bài hôm nay \(\d+ phút\)", page.text)
    levels = ["Khởi động", *(f"Bậc {number}" for number in range(1, 6))]
    assert [h.contents[0].strip() for h in page.select("h2[id^=bac]")] == levels


def test_home_goes_on_with_what_was_begun(browser_of, api):
    api("lan").post("api/visits", json={"lesson": "level1/04-den-do-vang-xanh"})
    card = soup(browser_of("lan").get("")).select_one(".card-main")
    assert "1.4." in card.text
    assert "đang học" in card.text


def test_home_shows_points_of_a_passed_lesson(browser_of, hand_in):
    hand_in("lan", "level1/01-ai-doan-chu", "full")
    page = soup(browser_of("lan").get(""))
    assert "15 điểm thưởng" in page.select_one(".chip-points").text


@pytest.mark.parametrize(
    ("user", "open_pages"),
    [
        ("lan", {"", "tai-khoan"}),
        ("hung", {"", "tai-khoan", "lop", "lop/lan"}),
        ("binh", {"", "tai-khoan", "lop"}),
        ("chu", {"", "tai-khoan", "so-lieu"}),
        ("quan", {"", "tai-khoan", "lop", "lop/lan", "so-lieu", "quan-tri/ai"}),
    ],
)
def test_each_role_opens_its_own_pages_and_gets_404_for_the_rest(browser_of, user, open_pages):
    client = browser_of(user)
    assert {page for page in PAGES if client.get(page).status_code == 200} == open_pages
    assert {client.get(page).status_code for page in set(PAGES) - open_pages} == {404}


def test_someone_the_school_does_not_know_is_told_whom_to_ask(browser_of):
    reply = browser_of("la").get("")
    assert reply.status_code == 403
    assert "huấn luyện viên" in reply.text


def test_the_class_is_sorted_as_a_register_and_links_each_learner(browser_of):
    page = soup(browser_of("hung").get("lop"))
    assert [a.text for a in page.select("main .lesson")] == ["Trần Văn An", "Nguyễn Thị Lan"]
    assert page.select_one("main .lesson")["href"] == f"{PREFIX}lop/an"


def test_a_trainer_sees_only_their_groups(browser_of):
    assert browser_of("binh").get("lop", params={"to": "to-1"}).status_code == 404
    assert "Hoà" in browser_of("binh").get("lop", params={"to": "to-2"}).text


def test_the_administrator_sees_all_groups_and_people_without_one(browser_of):
    client = browser_of("quan")
    groups = [a.text for a in soup(client.get("lop")).select(".groups a")]
    assert groups == ["Tổ dân phố 1", "Tổ dân phố 2", "Chưa vào tổ"]
    assert "Phạm Lẻ" in client.get("lop", params={"to": "-"}).text


def test_what_waits_is_listed_for_the_trainer_until_it_is_marked(browser_of, hand_in):
    receipt = hand_in("lan")
    hung = browser_of("hung")
    assert "1 bài nộp đang chờ" in hung.get("").text
    assert f"{PREFIX}bai-nop/{receipt}" in hung.get("lop").text
    give(hung, receipt, "day-lai", "4,5")
    assert "Không có bài nào đang chờ chấm" in hung.get("").text


def test_formgrader_opens_in_its_own_tab_for_those_who_mark(browser_of):
    link = soup(browser_of("hung").get("")).find("a", href="/services/cham/level1/formgrader")
    assert link["target"] == "_blank"
    assert "formgrader" not in browser_of("lan").get("").text


def give(client, receipt, exercise, score, comment="Tốt lắm"):
    page = client.get(f"bai-nop/{receipt}")
    return client.post(f"bai-nop/{receipt}", data=form(page, exercise=exercise, score=score, comment=comment))


def test_a_trainer_overrules_a_mark_and_the_learner_reads_it(browser_of, hand_in, api):
    receipt = hand_in("lan")
    saved = give(browser_of("hung"), receipt, "doan-chu", "0,5", "Xem lại phần đầu")
    assert saved.url.path == f"{PREFIX}bai-nop/{receipt}"
    assert "Đã ghi điểm" in saved.text
    page = soup(browser_of("lan").get(f"ket-qua/{receipt}"))
    card = page.find("h2", string="Câu 1").find_parent("section")
    assert "0,5/2 điểm" in card.text
    assert "Huấn luyện viên chấm" in card.text
    assert "Xem lại phần đầu" in card.text
    give(browser_of("hung"), receipt, "doan-chu", "2")
    found = api("lan").get(f"api/results/{receipt}").json()["exercises"][0]
    assert (found["score"], found["source"]) == (2, "person")


@pytest.mark.parametrize("score", ["", "abc", "2,1", "-1", "1e0", "٣", "nan", "99999"])
def test_a_score_out_of_range_or_no_number_is_shown_again_with_what_to_mend(
    browser_of, hand_in, engine, score
):
    receipt = hand_in("lan")
    reply = give(browser_of("hung"), receipt, "doan-chu", score, "Góp ý dài")
    assert reply.status_code == 422
    page = soup(reply)
    field = page.select_one("[aria-invalid=true]")
    assert field["value"] == score
    assert page.find(id=field["aria-describedby"]).text.startswith("Điểm phải")
    assert "Góp ý dài" in page.text
    with session(engine) as opened:
        assert opened.scalars(select(HumanMark)).all() == []


@pytest.mark.parametrize(("typed", "score"), [("2,5", 2.5), (" 3 ", 3), ("0.25", 0.25), ("0", 0)])
def test_scores_are_read_with_comma_or_point(typed, score):
    assert read_score(typed) == score


@pytest.mark.parametrize("user", ["lan", "an", "binh", "chu"])
def test_nobody_else_can_open_or_post_marks(browser_of, hand_in, engine, user):
    receipt = hand_in("lan")
    client = browser_of(user)
    data = form(
        client.get("tai-khoan") if user in {"lan", "an"} else xsrf_page(client),
        exercise="doan-chu",
        score="2",
    )
    assert client.get(f"bai-nop/{receipt}").status_code == 404
    assert client.post(f"bai-nop/{receipt}", data=data).status_code == 404
    with session(engine) as opened:
        assert opened.scalars(select(HumanMark)).all() == []


def xsrf_page(client):
    """Staff have no form on their account page; any signed-in cookie holds the value."""
    value = next(cookie.value for cookie in client.cookies.jar if cookie.name == "_xsrf")
    return httpx.Response(200, text=f'<input name="_xsrf" value="{value}">')


def test_a_trainer_cannot_mark_their_own_work(browser_of, hand_in):
    receipt = hand_in("hung")
    assert browser_of("hung").get(f"ket-qua/{receipt}").status_code == 200
    assert browser_of("hung").get(f"bai-nop/{receipt}").status_code == 404


def test_a_form_without_its_xsrf_value_changes_nothing(browser_of, hand_in, engine):
    receipt = hand_in("lan")
    reply = browser_of("hung").post(f"bai-nop/{receipt}", data={"exercise": "doan-chu", "score": "0"})
    assert reply.status_code == 403
    with session(engine) as opened:
        assert opened.scalars(select(HumanMark)).all() == []


def test_the_result_says_what_is_provisional_and_who_marked(browser_of, hand_in, count_all):
    receipt = hand_in("lan")
    lan = browser_of("lan")
    before = lan.get(f"ket-qua/{receipt}").text
    assert "Điểm tạm tính" in before
    assert "22:00" in before
    assert "Chấm theo quy tắc" in before
    count_all()
    after = lan.get(f"ket-qua/{receipt.lower().replace('-', '')}").text
    assert "Điểm tạm tính" not in after
    assert "Đang chờ huấn luyện viên" in after


def test_an_older_submission_says_that_the_newest_counts(browser_of, hand_in):
    old = hand_in("lan")
    hand_in("lan")
    assert "bài nộp cũ" in browser_of("lan").get(f"ket-qua/{old}").text


def test_the_key_and_rubric_are_for_markers_only(browser_of, hand_in, lessons):
    receipt = hand_in("lan")
    reference = lessons[LESSON].slot("day-lai").variant("citizen").reference.split("\n")[0][:40]
    assert reference in soup(browser_of("hung").get(f"bai-nop/{receipt}")).text
    assert reference not in soup(browser_of("lan").get(f"ket-qua/{receipt}")).text


def test_the_account_page_joins_and_leaves_the_board_with_a_dated_consent(browser_of, engine):
    lan = browser_of("lan")
    lan.post("tai-khoan", data=form(lan.get("tai-khoan"), bang="co"))
    assert "đang hiện trên bảng" in lan.get("tai-khoan").text
    lan.post("tai-khoan", data=form(lan.get("tai-khoan"), bang="khong"))
    with session(engine) as opened:
        consent = opened.scalars(select(Consent)).one()
        assert consent.purpose == "board"
        assert consent.withdrawn_at >= consent.given_at
        assert opened.scalars(select(Person).where(Person.on_board)).all() == []


def test_what_one_asks_the_ai_is_kept_only_while_one_agrees(browser_of, engine):
    lan = browser_of("lan")
    assert "Lớp không giữ lời bạn hỏi AI" in lan.get("tai-khoan").text
    lan.post("tai-khoan", data=form(lan.get("tai-khoan"), **{"loi-ai": "co"}))
    assert "nhiều nhất 30 ngày" in lan.get("tai-khoan").text
    with session(engine) as opened:
        people = {
            name: opened.scalars(select(Person).where(Person.username == name)).one()
            for name in ("lan", "an")
        }
        assert has_consent(opened, people["lan"])
        assert not has_consent(opened, people["an"])
        opened.add_all(
            AiExchange(person_id=one.id, at=STARTED, model="m", messages=[], reply="x")
            for one in people.values()
        )
    lan.post("tai-khoan", data=form(lan.get("tai-khoan"), bang="co"))
    assert "Không giữ nữa và xóa hết" in lan.get("tai-khoan").text, "the other consent stays as it is"
    lan.post("tai-khoan", data=form(lan.get("tai-khoan"), **{"loi-ai": "khong"}))
    with session(engine) as opened:
        assert not has_consent(opened, people["lan"])
        assert [kept.person_id for kept in opened.scalars(select(AiExchange))] == [people["an"].id]
    page = lan.get("tai-khoan").text
    assert "Tôi đồng ý cho giữ" in page
    assert "đang hiện trên bảng" in page


def test_a_consent_without_the_forms_token_is_refused(browser_of, engine):
    lan = browser_of("lan")
    lan.get("tai-khoan")
    assert lan.post("tai-khoan", data={"loi-ai": "co"}).status_code == 403
    with session(engine) as opened:
        assert opened.scalars(select(Consent)).all() == []


def test_the_use_of_the_ai_is_counted_by_group_and_day_and_never_by_person(browser_of, engine):
    quan = browser_of("quan")
    assert "Chưa có câu hỏi nào" in quan.get("quan-tri/ai").text
    today = programme_day(now())
    rows = [
        ("lan", False, today, 3, 2_000, 0.25, {"personal_data": 2}, {}),
        ("an", False, today, 4, 1_234, 0.5, {}, {"timeout": 1}),
        ("hoa", False, today - timedelta(days=1), 5, 100, 0.0, {"personal_data": 1}, {}),
        ("hung", False, today, 1, 10, 0.0, {}, {}),
        ("daily", True, today, 9, 1_000_000, 1_234.5, {}, {"timeout": 2, "mới lạ <b>": 1}),
        ("lan", False, today - timedelta(days=60), 900, 900, 900.0, {}, {}),
    ]
    with session(engine) as opened:
        for caller, service, day, questions, tokens, cost, refused, errors in rows:
            row = AiUsage(day=day, caller=caller, service=service, model="m", refused=refused, errors=errors)
            row.questions, row.prompt_tokens, row.completion_tokens = questions, tokens - 1, 1
            row.cost, row.estimated = cost, 0
            opened.add(row)
    page = soup(quan.get("quan-tri/ai"))
    cells = [[cell.text for cell in row.select("th, td")] for row in page.select("tbody tr")]
    assert ["Tổ dân phố 1", "7", "3.234", "0,75"] in cells
    assert ["Tổ dân phố 2", "5", "100", "0"] in cells
    assert ["Người dạy và quản lý", "1", "10", "0"] in cells
    assert ["Máy chấm và trang lớp", "9", "1.000.000", "1.234,5"] in cells
    assert [f"{today:%d/%m/%Y}", "17", "1.003.244", "1.235,25"] in cells
    assert "có thông tin cá nhân hoặc dấu mật, đã giữ lại3 lần" in page.text.replace("\n", "")
    assert "AI trả lời lâu quá3 lần" in page.text.replace("\n", "")
    assert "mới lạ <b>" in page.text
    assert not any(
        name in page.select_one("main").text for name in ("Nguyễn Thị Lan", "Trần Văn An", "Chè lan")
    )


@pytest.mark.parametrize("user", ["lan", "hung", "chu", "quan"])
def test_sample_data_is_said_on_every_page_and_only_then(browser_of, engine, user):
    client = browser_of(user)
    assert not any("Dữ liệu mẫu" in client.get(page).text for page in PAGES)
    with session(engine) as opened:
        opened.add(Setting(key="sample", value="1"))
    assert all("Dữ liệu mẫu" in client.get(page).text for page in PAGES)


HOSTILE = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x")',
    "\"'><img src=x onerror=alert(1)>",
    "Ở" * 200,
)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_and_answers_stay_text_on_every_page(browser_of, api, engine, name):
    with session(engine) as opened:
        lan = opened.scalars(select(Person).where(Person.username == "lan")).one()
        lan.display_name = name
        lan.group.name = name
        lan.pseudonym = name[:80]
    text = f"{name[:3000]} </textarea></blockquote>{{{{ 7*7 }}}} "
    body = {"lesson": LESSON, "case": "citizen", "answers": {"day-lai": {"text": text}}}
    receipt = api("lan").post("api/submissions", json=body).json()["receipt"]
    give(browser_of("hung"), receipt, "day-lai", "1", text[:1000])
    for user, pages in {
        "lan": ["", "tai-khoan", f"ket-qua/{receipt}"],
        "hung": ["", "lop", "lop/lan", f"bai-nop/{receipt}", f"ket-qua/{receipt}"],
        "quan": ["lop", "so-lieu"],
    }.items():
        client = browser_of(user)
        for path in pages:
            reply = client.get(path)
            page = soup(reply)
            assert reply.status_code == 200, path
            assert page.find("script") is None
            assert page.find("img") is None
            assert not any(attribute.startswith("on") for tag in page.find_all() for attribute in tag.attrs)
            assert "</html>" in reply.text.rstrip()[-10:]


@pytest.mark.parametrize("path", ["", "tai-khoan", "ket-qua/{receipt}"])
def test_pages_are_small_zipped_scriptless_and_kept_by_no_cache(browser_of, hand_in, path):
    receipt = hand_in("lan")
    reply = browser_of("lan").get(path.format(receipt=receipt))
    assert len(reply.content) < 30_000
    assert reply.headers["Content-Encoding"] == "gzip"
    assert reply.headers["Cache-Control"] == "private, no-store"
    policy = reply.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert soup(reply).find(["script", "style"]) is None
    assert soup(reply).find(style=True) is None


def test_static_files_are_public_and_kept(portal):
    with httpx.Client(base_url=f"{portal.url}{PREFIX}", trust_env=False, timeout=60) as client:
        look = client.get("static/bdhai.css")
        assert "--leaf" in look.text
        assert "max-age=3600" in look.headers["Cache-Control"]
        assert "max-age=31536000" in client.get("static/portal.css?v=abc").headers["Cache-Control"]
        for path in ("static/..%2fapp.py", "static/../app.py", "static//etc/passwd"):
            assert "import" not in client.get(path, follow_redirects=True).text


def test_figures_hide_small_cells(browser_of):
    page = soup(browser_of("chu").get("so-lieu"))
    assert "dưới 5" in page.text
    assert "Nguyễn Thị Lan" not in page.text


def judged(engine, receipt, verdicts):
    """Put a judgement of the last exercise where the daily run puts it."""
    with session(engine) as opened:
        submission = find_submission(opened, receipt)
        mark = opened.get_one(AutoMark, (submission.id, "day-lai"))
        mark.score, mark.status, mark.source, mark.verdicts = 1, "partly", "ai", verdicts


def test_quotes_are_shown_and_marked_only_when_they_are_the_learners_own_words(browser_of, api, engine):
    text = "Bà ơi, AI đoán từng chữ một. AI giỏi tóm tắt."
    body = {"lesson": LESSON, "case": "citizen", "answers": {"day-lai": {"text": text}}}
    receipt = api("lan").post("api/submissions", json=body).json()["receipt"]
    verdicts = [
        {"criterion": "cach-viet", "met": True, "quote": "ai đoán từng chữ một", "reason": ""},
        {"criterion": "ba-tot", "met": False, "quote": "máy nghĩ ra câu này", "reason": "quote_not_found"},
    ]
    judged(engine, receipt, verdicts)
    for user, path in (("lan", f"ket-qua/{receipt}"), ("hung", f"bai-nop/{receipt}")):
        card = soup(browser_of(user).get(path)).find("h2", string="Câu 4").find_parent("section")
        assert "AI chấm" in card.text
        assert [mark.text for mark in card.select("mark")] == ["AI đoán từng chữ một"]
        assert card.select_one("blockquote").text == text
        assert "máy nghĩ ra" not in card.text
    reply = api("lan").get(f"api/results/{receipt}").json()["exercises"][-1]
    assert [(one["met"], one["quote"]) for one in reply["verdicts"]] == [
        (True, "ai đoán từng chữ một"),
        (False, ""),
    ]


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("signals_disagree", "Các cách xét của máy"),
        ("budget", "Hôm nay đã hết mức chi cho AI chấm; mai AI chấm tiếp."),
        ("batch", "Đã gửi AI chấm theo lô; lượt sau lấy kết quả."),
    ],
)
def test_a_marker_reads_why_the_judge_left_an_answer_to_them(browser_of, hand_in, engine, reason, said):
    receipt = hand_in("lan")
    with session(engine) as opened:
        mark = opened.get_one(AutoMark, (find_submission(opened, receipt).id, "day-lai"))
        mark.reason = reason
    assert said in browser_of("hung").get(f"bai-nop/{receipt}").text
    assert said not in browser_of("lan").get(f"ket-qua/{receipt}").text
