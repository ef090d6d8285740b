from playwright.sync_api import expect

LESSON = "30-prompt-viet-lenh"
TEXT = "Ban la nguoi ban che, viet mot cau moi khach"
CALM = "Đang mất kết nối. Bài của bạn vẫn còn trên máy này. Bạn chờ một lát rồi bấm lại."
ANSWERS = {"lenh": {"text": TEXT}}


def parts(hand):
    return hand.card(1).get_by_role("textbox"), hand.card(1).get_by_role("button", name="Thử với AI")


def tried(hand):
    """No AI is set up here: the recorded reply is shown as what it is."""
    expect(hand.card(1)).to_contain_text("Câu trả lời mẫu (chưa có AI)")
    expect(hand.card(1)).to_contain_text("Mời bác thử chè mới, hái sáng nay.")


def touch(hand):
    box, button = parts(hand)
    button.tap()
    expect(hand.card(1)).to_contain_text("Bạn viết lệnh trước")
    box.tap()
    box.fill(TEXT)
    button.tap()
    tried(hand)


def mouse(hand):
    box, button = parts(hand)
    box.click()
    hand.type(TEXT)
    button.click()
    tried(hand)


def keyboard(hand):
    box, button = parts(hand)
    hand.tab_to(box)
    hand.type(TEXT)
    hand.tab_to(button)
    hand.press("Enter")
    tried(hand)


def nudge(hand):
    parts(hand)[0].press_sequentially("x")


def in_cut(hand):
    box, button = parts(hand)
    box.click()
    hand.type(TEXT)
    button.click()


def after_cut(hand):
    expect(hand.card(1)).to_contain_text(CALM)
    parts(hand)[1].click()
    tried(hand)


def back(hand):
    expect(parts(hand)[0]).to_have_value(TEXT)


def give(hand, number, _, answer):
    hand.card(number).get_by_role("textbox").fill(answer["text"])
