import re

from playwright.sync_api import expect

LESSON = "28-chat-dung-goi-lai-bao"
WRONG = "Dạ, tôi phải làm gì bây giờ?"
FIRST = ["Tôi dừng ở đây, tôi sẽ tự gọi công an phường.", "Tôi vẫn tắt máy, và báo lại cho phường."]
SECOND = "Mẹ gọi lại số cũ của con đã."
NEXT = "Sang cuộc tiếp theo: Con gái xin tiền gấp"
ANSWERS = {"hai-cuoc-goi": {"paths": {"cong-an": ["s1r1", "s5r2"], "con-gai": ["s1r3"]}}}


def button(hand, name):
    return hand.card(1).get_by_role("button", name=name, exact=True)


def touch(hand):
    button(hand, WRONG).tap()
    expect(hand.card(1).get_by_role("log")).to_contain_text("tài khoản an toàn")
    button(hand, "Lùi một lượt").tap()
    expect(hand.card(1).get_by_role("log")).not_to_contain_text("tài khoản an toàn")
    for text in [*FIRST, NEXT, SECOND]:
        button(hand, text).tap()
    expect(hand.card(1)).to_contain_text("Cuộc trò chuyện này đã xong.")


def mouse(hand):
    for text in [*FIRST, NEXT, SECOND]:
        button(hand, text).click()
    button(hand, "Thử lại từ đầu").click()
    button(hand, SECOND).click()


def keyboard(hand):
    hand.tab_to(button(hand, FIRST[0]))
    hand.press("Enter")
    for text in [FIRST[1], NEXT, SECOND]:
        hand.tab_to(button(hand, text))
        hand.press("Space")
    expect(hand.card(1).get_by_text("Cuộc trò chuyện này đã xong.")).to_be_focused()


def nudge(hand):
    hand.card(1).locator(".chat-choice").last.click()


def back(hand):
    second = hand.card(1).get_by_role("button", name="Cuộc 2: Con gái xin tiền gấp, đã xong")
    second.click()
    expect(hand.card(1).get_by_role("log")).to_contain_text("Con gái thật nghe máy")


def give(hand, number, exercise, answer):
    for place, scene in enumerate(exercise.scenes):
        path = answer["paths"].get(scene.id, [])
        if path and place:
            hand.card(number).locator(".chat-tab").nth(place).click()
        said = {reply.id: reply.text for state in scene.states for reply in state.replies}
        for reply in path:
            choices = hand.card(number).locator(".chat-choice")
            choices.filter(has_text=re.compile(f"^{re.escape(said[reply])}$")).click()
