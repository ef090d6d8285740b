"""What helps to learn: the teach-back announced, review cards, explained words, reading aloud, a calm clock."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.courses.player.pages import card, no_wider_than_the_screen, open_lesson

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

DUE = [
    {
        "lesson": "level1/01-x",
        "title": "AI đoán chữ",
        "card": place,
        "q": f"Câu hỏi {place}?",
        "a": f"Đáp án {place}.",
    }
    for place in (1, 2)
]
WRONG = (200, {"status": "wrong", "hint": "Nhớ lại ví dụ.", "why": "Vì AI đoán chữ.", "tries": 3})

# A device with one voice of its own and one of the network; it speaks when the test says so.
VOICES = """() => {
  const said = [];
  let listeners = [];
  const synthesis = {
    voices: [], said,
    getVoices: () => synthesis.voices,
    addEventListener: (name, act) => listeners.push(act),
    arrive: (voices) => { synthesis.voices = voices; listeners.forEach((act) => act()); },
    speak: (words) => { said.push([words.text, words.voice && words.voice.name]); synthesis.now = words; },
    cancel: () => { synthesis.now = null; },
  };
  Object.defineProperty(window, "speechSynthesis", { value: synthesis });
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
}"""
NETWORK = '{ name: "Mạng", lang: "vi-VN", localService: false }'
LOCAL = '{ name: "Máy", lang: "vi_VN", localService: true }'


def test_the_lesson_opens_with_the_teach_back_and_leads_to_it(page, clean):
    open_lesson(page, clean)
    announced = page.get_by_label("Hôm nay bạn sẽ dạy lại")
    expect(announced).to_contain_text("Ở Câu 6, cuối bài, có người chờ bạn giảng")
    expect(announced).to_contain_text("Chú Bình hỏi: “AI tra sổ à?”")
    announced.get_by_role("link", name="Xem trước câu dạy lại").tap()
    expect(card(page, 6)).to_be_in_viewport()


def test_the_first_lesson_has_no_cards_and_says_kindly_when_they_come(page, clean):
    open_lesson(page, clean)
    review = page.locator(".bdh-review")
    expect(review).to_contain_text("Đây là bài đầu tiên của bạn.")
    expect(review.get_by_role("button")).to_have_count(0)


def test_due_cards_are_turned_and_answered_by_touch_and_can_wait(page, clean, services):
    services.answers["cards"] = (200, {"learned": 1, "cards": DUE, "next_on": None})
    open_lesson(page, clean)
    review = page.locator(".bdh-review")
    expect(review).to_contain_text("2 thẻ của các bài trước đến hạn hôm nay.")
    review.get_by_role("button", name="Ôn ngay").tap()
    expect(review).to_contain_text("Câu hỏi 1?")
    expect(review).not_to_contain_text("Đáp án 1.")
    review.get_by_role("button", name="Xem đáp án").tap()
    expect(review).to_contain_text("Đáp án 1.")
    assert Axe().run(page).violations_count == 0
    review.get_by_role("button", name="Chưa nhớ").tap()
    expect(review).to_contain_text("Câu hỏi 2?")
    review.get_by_role("button", name="Để sau").tap()
    expect(review).to_contain_text("Còn 1 thẻ, bạn ôn lúc nào cũng được.")
    assert services.bodies("cards") == [{"lesson": "level1/01-x", "card": 1, "grade": "again"}]


def test_cards_go_by_keyboard_and_a_portal_in_trouble_keeps_them(page, clean, services):
    services.answers["cards"] = (200, {"learned": 1, "cards": DUE[:1], "next_on": None})
    services.answers["card"] = (503, {})
    open_lesson(page, clean)
    review = page.locator(".bdh-review")
    review.get_by_role("button", name="Ôn ngay").press("Enter")
    for _ in range(2):  # the question has the focus, then the button; the answer, then its buttons
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
    expect(review).to_contain_text("Trang lớp học đang gặp trục trặc.")
    services.answers["card"] = (200, {"lesson": "level1/01-x", "card": 1, "next_on": "2026-11-28", "left": 0})
    review.get_by_role("button", name="Nhớ", exact=True).press("Space")
    expect(review).to_contain_text("Bạn đã ôn xong các thẻ hôm nay.")


def test_a_portal_that_is_away_does_not_stop_the_lesson(page, clean, services):
    services.answers["cards"] = (500, b"")
    open_lesson(page, clean)
    expect(page.locator(".bdh-review")).to_contain_text("Chưa xem được thẻ ôn lúc này. Bạn cứ học bài")


@pytest.mark.parametrize("native", [True, False])
def test_an_explained_word_opens_closes_and_gives_the_focus_back(page, clean, native):
    if not native:
        page.add_init_script("delete HTMLElement.prototype.popover")
    open_lesson(page, clean)
    word, note = page.get_by_role("button", name="AI bịa", exact=True), page.locator("#tu-1")
    expect(note).to_be_hidden()
    word.press("Enter")
    expect(note).to_contain_text("AI viết ra điều không có thật")
    expect(note).to_be_focused()
    expect(word).to_be_in_viewport()
    expect(note).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    expect(note).to_be_hidden()
    expect(word).to_be_focused()
    page.get_by_role("button", name="nguồn ở đâu").tap()
    expect(page.locator("#tu-2")).to_contain_text("Nơi một thông tin bắt đầu")
    no_wider_than_the_screen(page)
    assert Axe().run(page).violations_count == 0
    page.locator("#tu-2").get_by_role("button", name="Đóng").tap()
    expect(page.locator("#tu-2")).to_be_hidden()


def test_reading_aloud_needs_a_voice_of_the_device_itself(page, clean):
    page.add_init_script(f"({VOICES})()")
    open_lesson(page, clean)
    page.evaluate(f"speechSynthesis.arrive([{NETWORK}])")
    expect(page.locator(".aloud")).to_have_count(0)
    page.locator("#cach-doc > summary").tap()
    expect(page.get_by_label("Hiện nút nghe đọc")).to_be_hidden()
    page.evaluate(f"speechSynthesis.arrive([{NETWORK}, {LOCAL}])")
    expect(page.get_by_label("Hiện nút nghe đọc")).to_be_visible()
    expect(page.locator(".prose .aloud").first).to_be_visible()
    page.get_by_label("Hiện nút nghe đọc").uncheck()
    expect(page.locator(".prose .aloud").first).to_be_hidden()


def test_reading_aloud_marks_what_is_read_and_stops(page, clean):
    page.add_init_script(f"({VOICES})()")
    open_lesson(page, clean)
    page.evaluate(f"speechSynthesis.arrive([{LOCAL}])")
    section = page.locator(".prose").filter(has_text="Bà Năm trồng chè")
    section.get_by_role("button", name="Nghe đoạn này").tap()
    expect(page.locator(".being-read")).to_contain_text("Bà Năm trồng chè hỏi AI. Có lúc AI bịa")
    assert page.evaluate("speechSynthesis.said[0][1]") == "Máy"
    assert "ghép chữ" not in page.evaluate("speechSynthesis.said[0][0]")  # a closed pop-up is not read
    page.evaluate("speechSynthesis.now.onend()")
    assert page.evaluate("speechSynthesis.said[1][0]") == "Hình: Lá chè"
    section.get_by_role("button", name="Dừng đọc").tap()
    expect(page.locator(".being-read")).to_have_count(0)
    assert page.evaluate("speechSynthesis.now") is None
    card(page, 1).get_by_role("button", name="Nghe đoạn này").tap()
    expect(card(page, 1).locator(".being-read")).to_have_text("AI viết câu trả lời bằng cách nào?")


def test_the_clock_counts_calm_minutes_in_sight_only_and_can_be_hidden(page, clean):
    page.clock.install()
    page.goto(clean.lesson)
    clock = page.locator("#bdh-clock")
    page.clock.run_for(10_000)
    expect(page.locator("#nop-bai")).to_be_visible()
    expect(clock).to_have_text("Bài này khoảng 15 phút, bạn cứ thong thả")
    assert page.locator("[role=status] #bdh-clock, [aria-live] #bdh-clock").count() == 0
    page.clock.run_for(150_000)
    expect(clock).to_have_text("Bạn đã học 2 phút, còn khoảng 6 câu")
    page.evaluate(
        "Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true })"
    )
    page.clock.run_for(300_000)
    page.evaluate("delete document.visibilityState")
    page.clock.run_for(30_000)
    expect(clock).to_have_text("Bạn đã học 3 phút, còn khoảng 6 câu")
    page.locator("#cach-doc > summary").tap()
    page.get_by_label("Hiện số phút đã học").uncheck()
    expect(clock).to_be_hidden()


def test_after_three_tries_the_reason_may_be_opened(page, clean, services):
    services.answers["check"] = WRONG
    open_lesson(page, clean)
    card(page, 1).get_by_text("Tra một cuốn sổ").tap()
    card(page, 1).get_by_role("button", name="Kiểm tra").tap()
    expect(card(page, 1)).to_contain_text("Nhớ lại ví dụ.")
    expect(card(page, 1).get_by_text("Vì AI đoán chữ.")).to_be_hidden()
    card(page, 1).get_by_text("Xem vì sao").tap()
    expect(card(page, 1).get_by_text("Vì AI đoán chữ.")).to_be_visible()
