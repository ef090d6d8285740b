"""A real Jupyter server, a real Chromium, a phone's screen: the lesson as a learner lives it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.courses.player.pages import card, open_lesson, saved
from tests.courses.player.services import Stream

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

ALL = {
    "mot": {"chosen": ["o2"]},
    "nhieu": {"chosen": ["o1", "o2"]},
    "bia": {"marked": ["p1", "p4"]},
    "lenh": {"text": "Ban la nguoi ban che, viet loi moi khach"},
    "day": {"text": "AI doan chu thoi"},
}


def test_every_kind_is_answered_by_touch_and_is_there_after_a_reload(page, clean, answers):
    open_lesson(page, clean)
    card(page, 1).get_by_text("Đoán chữ hợp nhất đứng sau").tap()
    card(page, 2).get_by_text("AI có thể sai").tap()
    card(page, 2).get_by_text("Người dùng chịu trách nhiệm").tap()
    for item in card(page, 3).locator(".sort-item").all():
        item.get_by_text("Xanh").tap()
    card(page, 4).get_by_text("cao bốn mươi mét").tap()
    card(page, 4).get_by_text("hái búp non").tap()
    card(page, 4).get_by_text("hái búp non").tap()
    card(page, 4).get_by_text("phơi bảy năm").tap()
    card(page, 5).get_by_role("textbox").fill(ALL["lenh"]["text"])
    card(page, 6).get_by_role("textbox").fill(ALL["day"]["text"])
    expect(page.locator("#bdh-progress")).to_contain_text("Đã làm 6/6 câu")
    saved(page)
    given = answers()["answers"]
    assert {key: given[key] for key in ALL} == ALL
    assert set(given["den"]["placed"].values()) == {"g3"}

    page.reload()
    expect(page.locator("#nop-bai")).to_be_visible()
    expect(card(page, 1).get_by_label("Đoán chữ hợp nhất đứng sau")).to_be_checked()
    expect(card(page, 2).get_by_label("AI luôn đúng")).not_to_be_checked()
    expect(card(page, 3)).to_contain_text("Đã xếp 3/3")
    expect(card(page, 4).get_by_role("button", pressed=True)).to_have_count(2)
    expect(card(page, 5).get_by_role("textbox")).to_have_value(ALL["lenh"]["text"])
    expect(page.locator("#nop-bai")).to_contain_text("Câu 6: đã làm")


def test_every_kind_is_answered_with_the_keyboard_alone(page, clean, answers):
    open_lesson(page, clean)

    def tab_to(test):
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate(f"(() => {{ const it = document.activeElement; return {test}; }})()"):
                return
        raise AssertionError(test)

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Tới nội dung bài học"
    tab_to("it.type === 'radio'")
    page.keyboard.press("ArrowDown")
    tab_to("it.type === 'checkbox'")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for _ in range(3):
        tab_to("it.name.includes('sort')")
        page.keyboard.press("Space")
        page.keyboard.press("ArrowRight")
    tab_to("it.className === 'spot-passage'")
    page.keyboard.press("Enter")
    tab_to("it.textContent === 'phơi bảy năm'")
    page.keyboard.press("Space")
    tab_to("it.tagName === 'TEXTAREA'")
    page.keyboard.type(ALL["lenh"]["text"])
    tab_to("it.tagName === 'TEXTAREA'")
    page.keyboard.type(ALL["day"]["text"])
    tab_to("it.textContent === 'Nộp bài'")
    saved(page)
    given = answers()["answers"]
    assert {key: given[key] for key in ALL} == ALL
    assert set(given["den"]["placed"].values()) == {"g2"}


def test_a_check_gives_the_hint_and_then_the_reason(page, clean, services):
    open_lesson(page, clean)
    card(page, 1).get_by_text("Tra một cuốn sổ").tap()
    card(page, 1).get_by_role("button", name="Kiểm tra").tap()
    expect(card(page, 1)).to_contain_text("Chưa đúng.")
    expect(card(page, 1)).to_contain_text("Nhớ lại ví dụ bữa cơm.")
    services.answers["check"] = (200, {"status": "right", "why": "AI đoán chữ.", "tries": 2})
    card(page, 1).get_by_text("Đoán chữ").tap()
    expect(card(page, 1)).not_to_contain_text("Chưa đúng.")
    card(page, 1).get_by_role("button", name="Kiểm tra").tap()
    expect(card(page, 1)).to_contain_text("Đúng rồi.")
    expect(card(page, 1)).to_contain_text("AI đoán chữ.")
    assert [body["answer"] for body in services.bodies("check")] == [{"chosen": ["o1"]}, {"chosen": ["o2"]}]


def test_handing_in_gives_a_receipt_that_is_there_after_a_reload(page, clean, services):
    open_lesson(page, clean)
    card(page, 1).get_by_text("Đoán chữ").tap()
    submit = page.locator("#nop-bai")
    submit.get_by_role("button", name="Nộp bài").tap()
    expect(submit).to_contain_text("Còn 5 câu chưa làm xong.")
    submit.get_by_role("button", name="Vẫn nộp").tap()
    expect(submit).to_contain_text("BD-2026-7K3Q")
    expect(submit).to_contain_text("Nộp lúc 20:15 ngày 22/11/2026.")
    expect(submit).to_contain_text("Điểm tạm tính: 5,5/13")
    expect(submit).to_contain_text("Câu 5: chờ chấm")
    link = submit.get_by_role("link", name="Xem kết quả")
    assert link.get_attribute("href") == "/services/portal/ket-qua/BD-2026-7K3Q"
    assert services.bodies("submissions")[0]["answers"] == {"mot": {"chosen": ["o2"]}}
    page.reload()
    expect(page.locator("#nop-bai")).to_contain_text("BD-2026-7K3Q")


def test_a_portal_in_trouble_is_told_calmly(page, clean, services):
    services.answers["submissions"] = (500, b"")
    open_lesson(page, clean)
    page.locator("#nop-bai").get_by_role("button", name="Nộp bài").tap()
    page.locator("#nop-bai").get_by_role("button", name="Vẫn nộp").tap()
    expect(page.locator("#nop-bai")).to_contain_text("Bài của bạn vẫn được giữ.")


def test_without_an_ai_the_recorded_reply_is_shown_as_a_sample(page, clean):
    open_lesson(page, clean)
    card(page, 5).get_by_role("button", name="Thử với AI").tap()
    expect(card(page, 5)).to_contain_text("Bạn viết lệnh trước")
    card(page, 5).get_by_role("textbox").fill("Ban la nguoi ban che, moi khach")
    card(page, 5).get_by_role("button", name="Thử với AI").tap()
    expect(card(page, 5)).to_contain_text("Câu trả lời mẫu (chưa có AI)")
    expect(card(page, 5)).to_contain_text("Mời bác thử chè mới, hái sáng nay.")
    expect(card(page, 5).get_by_role("button", name="Giữ câu trả lời")).to_have_count(0)


def test_a_prompts_document_is_there_to_read_and_goes_to_the_ai_behind_the_prompt(
    page, clean, services, answers
):
    services.answers["completions"] = (200, Stream(("Mời bác.",)))
    open_lesson(page, clean)
    card(page, 5).get_by_text("Tài liệu gửi kèm khi bạn bấm Thử với AI").tap()
    expect(card(page, 5).get_by_text("Chè búp hái sáng nay, gói 200 g.")).to_be_visible()
    card(page, 5).get_by_role("textbox").fill("Ban la nguoi ban che, moi khach")
    card(page, 5).get_by_role("button", name="Thử với AI").tap()
    expect(card(page, 5)).to_contain_text("Mời bác.")
    (asked,) = services.bodies("completions")
    assert (
        asked["messages"][0]["content"]
        == "Ban la nguoi ban che, moi khach\n\nChè búp hái sáng nay, gói 200 g."
    )
    saved(page)
    assert answers()["answers"]["lenh"] == {"text": "Ban la nguoi ban che, moi khach"}


def test_a_reply_of_the_ai_can_be_kept(page, clean, services, answers):
    reply = "<img src=x onerror=alert(1)> Mời bác."
    services.answers["completions"] = (200, Stream(tuple(reply)))
    open_lesson(page, clean)
    card(page, 5).get_by_role("textbox").fill("Ban la nguoi ban che, moi khach")
    card(page, 5).get_by_role("button", name="Thử với AI").tap()
    expect(card(page, 5)).to_contain_text("AI có thể sai.")
    expect(card(page, 5)).to_contain_text(reply)
    card(page, 5).get_by_role("button", name="Giữ câu trả lời này").tap()
    saved(page)
    assert answers()["answers"]["lenh"] == {"text": "Ban la nguoi ban che, moi khach", "reply": reply}
    page.reload()
    expect(card(page, 5)).to_contain_text("đã giữ cùng bài")


def test_the_ai_can_be_watched_and_stopped_by_keyboard_alone(page, clean, services, answers):
    stream = Stream(tuple("Mời bác thử chè mới. " * 50), pause=0.1)
    services.answers["completions"] = (200, stream)
    open_lesson(page, clean)
    own = card(page, 5)
    own.get_by_role("textbox").fill("Ban la nguoi ban che, moi khach")
    own.get_by_role("button", name="Thử với AI").focus()
    page.keyboard.press("Enter")
    expect(own.get_by_role("status").filter(has_text="AI đang viết")).to_be_visible()
    expect(own.locator(".prompt-box:not(.prewrap)")).to_contain_text("Mời bác")
    expect(own.locator(".prompt-box:not(.prewrap)")).to_contain_text("AI có thể sai.")
    assert own.locator(".prompt-reply").get_attribute("aria-live") is None, (
        "a reader is not read to word by word"
    )
    page.keyboard.press("Tab")
    expect(own.get_by_role("button", name="Dừng")).to_be_focused()
    page.keyboard.press("Enter")
    expect(own).to_contain_text("Bạn đã dừng AI. Đây là phần đã viết.")
    expect(own.get_by_role("button", name="Thử với AI")).to_be_focused()
    assert stream.left.wait(5)
    own.get_by_role("button", name="Giữ câu trả lời này").press("Enter")
    saved(page)
    assert "Mời bác thử chè mới.".startswith(answers()["answers"]["lenh"]["reply"][:10])


def test_what_the_ai_wrote_before_a_cut_stays_and_can_be_kept(page, clean, services):
    services.answers["completions"] = (200, Stream(("Mời bác thử", " chè"), end=""))
    open_lesson(page, clean)
    card(page, 5).get_by_role("textbox").fill("Ban la nguoi ban che, moi khach")
    card(page, 5).get_by_role("button", name="Thử với AI").tap()
    expect(card(page, 5)).to_contain_text("Đường nối bị ngắt giữa chừng.")
    expect(card(page, 5)).to_contain_text("Mời bác thử chè")
    expect(card(page, 5).get_by_role("button", name="Giữ câu trả lời này")).to_be_visible()


def test_personal_data_is_explained_with_a_way_to_the_lesson(page, clean, services):
    error = {
        "code": "personal_data",
        "message": "Trong đó có số điện thoại.",
        "link": "/hub/user-redirect/bai-1-4",
    }
    services.answers["completions"] = (422, {"error": error})
    open_lesson(page, clean)
    card(page, 5).get_by_role("textbox").fill("Ban la nguoi ban che, goi 0912345678")
    card(page, 5).get_by_role("button", name="Thử với AI").tap()
    expect(card(page, 5).get_by_role("alert")).to_contain_text(
        "Trong đó có số điện thoại. Chữ bạn viết vẫn còn."
    )
    link = card(page, 5).get_by_role("link", name="Mở bài 1.4")
    assert link.get_attribute("href") == "/hub/user-redirect/bai-1-4"
    saved(page)  # or it arrives in the next test's lesson


def test_the_setting_changes_prose_exercise_and_answer(page, clean, answers):
    open_lesson(page, clean)
    expect(page.get_by_text("Ở đồi chè.")).to_be_visible()
    expect(page.get_by_text("Ở sạp chè.")).to_be_hidden()
    card(page, 4).get_by_text("phơi bảy năm").tap()
    saved(page)
    page.locator("#bdh-cases select").select_option("trader")
    expect(page.get_by_text("Ở sạp chè.")).to_be_visible()
    expect(page.get_by_text("Ở đồi chè.")).to_be_hidden()
    expect(card(page, 4)).to_contain_text("chữa khỏi mọi bệnh")
    card(page, 4).get_by_text("chữa khỏi mọi bệnh").tap()
    saved(page)
    assert (answers()["case"], answers()["answers"]) == ("trader", {"bia": {"marked": ["p1"]}})
    page.reload()
    expect(page.get_by_text("Ở sạp chè.")).to_be_visible()
    page.locator("#bdh-cases select").select_option("citizen")
    expect(card(page, 4).get_by_role("button", pressed=True)).to_have_text("phơi bảy năm")


def test_the_page_shows_each_statement_once_and_no_code(page, clean):
    open_lesson(page, clean)
    text = page.locator("main").inner_text()
    assert text.count("AI viết câu trả lời bằng cách nào?") == 1
    assert "courses.player" not in page.content()
    assert "Dữ liệu mẫu" in page.locator("header").inner_text()
    assert page.title() == "Đủ năm kiểu · Bình dân học AI"
    assert page.locator("html").get_attribute("lang") == "vi"


def test_a_lesson_file_that_is_gone_is_said_and_the_text_is_still_there(page, clean):
    (clean.folder / "lesson.json").rename(clean.folder / "xa.json")
    try:
        page.goto(clean.lesson)
        expect(page.locator("main")).to_contain_text("Bà Năm trồng chè hỏi AI.")
        expect(page.locator("main .banner-warn").first).to_contain_text("Chưa đọc được nội dung bài tập")
    finally:
        (clean.folder / "xa.json").rename(clean.folder / "lesson.json")


def test_a_broken_answers_file_is_kept_and_told(page, clean):
    (clean.folder / "answers.json").write_text("{hỏng")
    open_lesson(page, clean)
    expect(card(page, 1)).to_contain_text("Bản cũ vẫn được giữ ở tệp answers.json.hong-")
