import re

from playwright.sync_api import expect

LESSON = "22-sort-thu-tu"
RIGHT = {"Ảnh căn cước": "Đỏ", "Đơn xin nghỉ": "Vàng", "Giờ mở cửa": "Xanh"}
PAIRS = {
    "Sổ khám bệnh": "Chuyện sức khỏe, không đưa lên",
    "Thư con gửi": "Có chuyện riêng, che bớt đã",
    "Lịch phun thuốc": "Loa đã đọc, đưa được",
}
ANSWERS = {
    "den": {"placed": {"i1": "g2", "i2": "g3", "i3": "g1"}},
    "trinh-tu": {"order": ["i5", "i1", "i4", "i3", "i2"]},
    "ghep": {"placed": {"i1": "g2", "i2": "g1", "i3": "g3"}},
}


def item(hand, number, text):
    return hand.card(number).locator(".sort-item").filter(has_text=text)


def grip(hand, number, text):
    return hand.card(number).get_by_role("button", name=f"Cầm: {text}")


def spot(hand, number, text):
    return hand.card(number).locator(".sort-spot").filter(has_text=text)


def step(hand, text):
    return hand.card(2).locator(".sort-step").filter(has_text=text)


def up(hand, text):
    return hand.card(2).get_by_role("button", name=f"Lên: {text}")


def touch(hand):
    first, *rest = RIGHT.items()
    hand.swipe(grip(hand, 1, first[0]), spot(hand, 1, first[1]))
    for text, group in rest:
        item(hand, 1, text).get_by_text(group, exact=True).tap()
    hand.card(2).get_by_text("Nhìn đèn").tap()
    hand.card(2).get_by_text("Viết lệnh").tap()
    up(hand, "Đọc chậm").tap()
    up(hand, "Đọc chậm").tap()
    hand.swipe(grip(hand, 2, "Sửa rồi"), step(hand, "Kiểm lại"))
    for text, pair in PAIRS.items():
        grip(hand, 3, text).tap()
        spot(hand, 3, pair).tap()


def mouse(hand):
    first, *rest = RIGHT.items()
    hand.drag(grip(hand, 1, first[0]), spot(hand, 1, first[1]))
    for text, group in rest:
        item(hand, 1, text).get_by_text(group, exact=True).click()
    hand.drag(grip(hand, 2, "Nhìn đèn"), step(hand, "Viết lệnh"))
    hand.drag(grip(hand, 2, "Sửa rồi"), step(hand, "Đọc chậm"))
    up(hand, "Đọc chậm").click()
    for text, pair in PAIRS.items():
        hand.drag(grip(hand, 3, text), spot(hand, 3, pair))


def keyboard(hand):
    for text, group in RIGHT.items():
        hand.tab_to(item(hand, 1, text).get_by_role("radio").first)
        hand.press("Space", *["ArrowRight"] * ["Đỏ", "Vàng", "Xanh"].index(group))
    for text, steps in (("Nhìn đèn", 4), ("Đọc chậm", 2), ("Kiểm lại", 1)):
        hand.tab_to(grip(hand, 2, text))
        hand.press(*["ArrowUp"] * steps)
    # Each option on the way is taken, and from the item that had it: the way avoids those.
    for text, keys in (("Thư con gửi", "c"), ("Lịch phun thuốc", "l"), ("Sổ khám bệnh", ["End", "ArrowUp"])):
        hand.tab_to(item(hand, 3, text).get_by_role("combobox"))
        hand.press(*keys)


def nudge(hand):
    item(hand, 1, "Giờ mở cửa").locator(".pick:not(:has(:checked))").first.click()


def back(hand):
    for text, group in RIGHT.items():
        expect(item(hand, 1, text).get_by_label(group, exact=True)).to_be_checked()
    steps = ["Nhìn đèn", "Viết lệnh", "Đọc chậm", "Kiểm lại", "Sửa rồi"]
    lines = [re.compile(rf"{number}\.{text}") for number, text in enumerate(steps, 1)]
    expect(hand.card(2).locator(".sort-line")).to_have_text(lines)
    for text, pair in PAIRS.items():
        expect(item(hand, 3, text).get_by_role("combobox").locator("option:checked")).to_have_text(pair)


def give(hand, number, exercise, answer):
    if "order" in answer:
        _in_order(hand, number, exercise, answer["order"])
    for id_, group in answer.get("placed", {}).items():
        text = next(one.text for one in exercise.items if one.id == id_)
        name = hand.page.locator("legend, label[for]").filter(has_text=re.compile(f"^{re.escape(text)}$"))
        row = hand.card(number).locator(".sort-item").filter(has=name)
        if row.locator("select").count():
            row.locator("select").select_option(group)
        else:
            row.locator(f"input[value='{group}']").check()


def _in_order(hand, number, exercise, order):
    texts = {one.id: one.text for one in exercise.items}
    for place, id_ in enumerate(order):
        shown = hand.card(number).locator(".sort-words").all_inner_texts()
        for _ in range(shown.index(texts[id_]) - place):
            hand.card(number).get_by_role("button", name=f"Lên: {texts[id_]}", exact=True).click()
