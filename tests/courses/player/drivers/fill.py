from playwright.sync_api import expect

LESSON = "24-fill-dien-cho-trong"
TYPED = (
    {"Chỗ trống 1": "Vai", "Chỗ trống 2": "dinh dang"},
    {"Chỗ trống 1, điền ngày": "28-6-2026", "Chỗ trống 2": "đình", "Chỗ trống 3, điền số": "1500"},
)
ANSWERS = {
    "bon-phan": {"filled": {"b1": "Vai", "b2": "dinh dang"}},
    "thong-bao": {"filled": {"b1": "28-6-2026", "b2": "đình", "b3": "1500"}},
}


def boxes(hand):
    for number, texts in enumerate(TYPED, 1):
        for label, text in texts.items():
            yield hand.card(number).get_by_label(label, exact=True), text


def touch(hand):
    for box, text in boxes(hand):
        box.tap()
        box.fill(text)
    expect(hand.card(2)).to_contain_text("Đã điền 3/3 chỗ trống")


def mouse(hand):
    for box, text in boxes(hand):
        box.click()
        hand.type(text)


def keyboard(hand):
    for box, text in boxes(hand):
        hand.tab_to(box)
        hand.type(text)


def nudge(hand):
    hand.card(1).get_by_label("Chỗ trống 1", exact=True).press_sequentially("x")


def back(hand):
    for box, text in boxes(hand):
        expect(box).to_have_value(text)


def give(hand, number, exercise, answer):
    blanks = [segment.id for segment in exercise.segments if segment.id]
    for id_, text in answer["filled"].items():
        hand.card(number).locator(".fill-box").nth(blanks.index(id_)).fill(text)
