from playwright.sync_api import expect

LESSON = "25-number-tinh-lai"
TYPED = {"Số gốc chưa ra búp": "420", "Tỷ lệ đã ra búp": "82,5", "Diện tích sân phơi": "300 m2"}
ANSWERS = {
    "tien-phan": {"values": {"so": "1.530.000"}},
    "so-lieu": {"values": {"con": "420", "ty-le": "82,5", "san": "300 m2"}},
}


def fields(hand):
    yield hand.card(1).get_by_label("Tiền phân bón"), "1.530.000"
    for label, text in TYPED.items():
        yield hand.card(2).get_by_label(label), text


def touch(hand):
    first = hand.card(1).get_by_label("Tiền phân bón")
    expect(first).to_have_attribute("inputmode", "decimal")
    first.tap()
    first.fill("nhiều lắm")
    first.blur()
    expect(hand.card(1)).to_contain_text("Bạn viết số, ví dụ 1.250,5.")
    for field, text in fields(hand):
        field.tap()
        field.fill(text)
    expect(hand.card(1)).not_to_contain_text("chưa đọc được thành số")


def mouse(hand):
    for field, text in fields(hand):
        field.click()
        hand.type(text)


def keyboard(hand):
    for field, text in fields(hand):
        hand.tab_to(field)
        hand.type(text)


def nudge(hand):
    hand.card(1).get_by_label("Tiền phân bón").press_sequentially("1")


def back(hand):
    for field, text in fields(hand):
        expect(field).to_have_value(text)


def give(hand, number, exercise, answer):
    ids = [one.id for one in exercise.numbers]
    for id_, text in answer["values"].items():
        hand.card(number).locator(".number-field input").nth(ids.index(id_)).fill(text)
