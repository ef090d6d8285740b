from playwright.sync_api import expect

LESSON = "22-sort-thu-tu"
RIGHT = {"Ảnh căn cước": "Đỏ", "Đơn xin nghỉ": "Vàng", "Giờ mở cửa": "Xanh"}
ANSWERS = {"den": {"placed": {"i1": "g2", "i2": "g3", "i3": "g1"}}}


def item(hand, number, text):
    return hand.card(number).locator(".sort-item").filter(has_text=text)


def touch(hand):
    for text, group in RIGHT.items():
        item(hand, 1, text).get_by_text(group, exact=True).tap()


def mouse(hand):
    for text, group in RIGHT.items():
        item(hand, 1, text).get_by_text(group, exact=True).click()


def keyboard(hand):
    for text, group in RIGHT.items():
        hand.tab_to(item(hand, 1, text).get_by_role("radio").first)
        hand.press("Space", *["ArrowRight"] * ["Đỏ", "Vàng", "Xanh"].index(group))


def nudge(hand):
    item(hand, 1, "Giờ mở cửa").locator(".pick:not(:has(:checked))").first.click()


def back(hand):
    expect(hand.card(1)).to_contain_text("Đã xếp 3/3")
