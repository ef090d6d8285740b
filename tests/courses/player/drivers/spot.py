from playwright.sync_api import expect

LESSON = "23-spot-chong"
ANSWERS = {"bia": {"marked": ["p1", "p3"]}}


def touch(hand):
    card = hand.card(1)
    card.get_by_role("button", name="được giải vàng năm 2031").tap()
    card.get_by_role("button", name="trồng trên đồi").tap()
    card.get_by_role("button", name="trồng trên đồi").tap()
    card.get_by_role("button", name="chữa khỏi mọi bệnh").tap()


def mouse(hand):
    card = hand.card(1)
    card.get_by_role("button", name="được giải vàng năm 2031").click()
    card.get_by_role("button", name="chữa khỏi mọi bệnh").click()


def keyboard(hand):
    card = hand.card(1)
    hand.tab_to(card.get_by_role("button", name="được giải vàng năm 2031"))
    hand.press("Enter")
    hand.tab_to(card.get_by_role("button", name="chữa khỏi mọi bệnh"))
    hand.press("Space")


def nudge(hand):
    hand.card(1).get_by_role("button", name="trồng trên đồi").click()


def back(hand):
    expect(hand.card(1).get_by_role("button", pressed=True)).to_have_count(2)


def give(hand, number, exercise, answer):
    for marked in answer["marked"]:
        hand.card(number).locator(".spot-passage").nth(list(exercise.pieces).index(marked)).click()
