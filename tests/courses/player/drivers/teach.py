from playwright.sync_api import expect

from tests.courses.player.services import PUPIL

LESSON = "20-teach-be-che"
FIRST = "Nhờ người lạ đi chợ mà không dặn thì họ phải đoán"
SECOND = "AI cũng thế, thiếu chỗ nào nó đoán chỗ ấy"
REPLY = {"by": "pupil", "text": PUPIL["reply"]}
ANSWERS = {
    "giang": {
        "turns": [{"by": "you", "text": FIRST}, REPLY, {"by": "you", "text": SECOND}, REPLY],
        "text": "",
    }
}
CALM = "Đang mất kết nối. Lời bạn vừa nói vẫn còn; có mạng lại, Bé Chè nghe tiếp."
IN_CUT = {"giang": {"turns": [{"by": "you", "text": FIRST}, REPLY], "text": SECOND}}


def parts(hand):
    return hand.card(1).get_by_role("textbox"), hand.card(1).get_by_role("button", name="Nói với Bé Chè")


def heard(hand, number):
    """Wait for the pupil's answer of that number; the place to type has the focus again."""
    expect(hand.card(1).locator(".teach-pupil")).to_have_count(number + 1)  # it speaks first
    expect(parts(hand)[0]).to_be_focused()
    expect(parts(hand)[0]).to_have_value("")


def touch(hand):
    box, button = parts(hand)
    expect(hand.card(1)).to_contain_text("Con nghe đây ạ.")
    button.tap()
    expect(hand.card(1)).to_contain_text("Bạn viết lời giảng trước")
    for number, text in enumerate((FIRST, SECOND), 1):
        box.tap()
        box.fill(text)
        button.tap()
        heard(hand, number)


def mouse(hand):
    box, button = parts(hand)
    for number, text in enumerate((FIRST, SECOND), 1):
        box.click()
        hand.type(text)
        button.click()
        heard(hand, number)


def keyboard(hand):
    box, button = parts(hand)
    hand.tab_to(box)
    for number, text in enumerate((FIRST, SECOND), 1):
        hand.type(text)
        hand.tab_to(button)
        hand.press("Enter")
        heard(hand, number)


def nudge(hand):
    parts(hand)[0].press_sequentially("x")


def in_cut(hand):
    """One turn is said that nobody hears, the next is typed and not said."""
    box, button = parts(hand)
    box.click()
    hand.type(FIRST)
    button.click()
    box.click()
    hand.type(SECOND)


def after_cut(hand):
    """The first turn was heard by itself; what is typed is still there, and can be said."""
    box, button = parts(hand)
    expect(hand.card(1).locator(".teach-pupil")).to_have_count(2)
    expect(box).to_have_value(SECOND)
    button.click()
    heard(hand, 2)


def back(hand):
    expect(hand.card(1).locator(".teach-turn")).to_have_count(5)
    expect(hand.card(1)).to_contain_text("Bé Chè: Dạ, con nghe rồi ạ.")
    expect(hand.card(1)).to_contain_text("Bạn còn 11 lượt nói.")
    expect(hand.card(1)).to_contain_text("Bé Chè hỏi theo lời soạn sẵn")


def give(hand, number, _, answer):
    own = [turn["text"] for turn in answer.get("turns", ()) if turn["by"] == "you"] or [answer["text"]]
    for place, text in enumerate(own, 1):
        hand.card(number).get_by_role("textbox").fill(text)
        hand.card(number).get_by_role("button", name="Nói với Bé Chè").click()
        expect(hand.card(number).locator(".teach-pupil")).to_have_count(place + 1)  # it speaks first
