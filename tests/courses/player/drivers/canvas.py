from playwright.sync_api import expect

LESSON = "27-canvas-khung-viec"
SWOT = {
    "Điểm mạnh (S)": "Vườn sát mương nước",
    "Điểm yếu (W)": "Chưa ai biết ghép cành",
    "Cơ hội (O)": "Xã hỏi mua bưởi con",
    "Thách thức (T)": "Năm nay mưa về muộn",
}
WHYS = {"Chuyện đã xảy ra": "Nộp hồ sơ trễ", "Vì sao? (lần 1)": "Thiếu giấy xác nhận"}
ANSWERS = {
    "khung": {
        "fields": dict(
            zip(["strengths", "weaknesses", "opportunities", "threats"], SWOT.values(), strict=True)
        )
    },
    "vi-sao": {"fields": dict(zip(["problem", "why1"], WHYS.values(), strict=True))},
}


def fields(hand):
    for number, texts in ((1, SWOT), (2, WHYS)):
        for label, text in texts.items():
            yield hand.card(number).get_by_label(label), text


def touch(hand):
    lefts = {hand.card(1).get_by_label(label).bounding_box()["x"] for label in SWOT}
    assert len(lefts) == 1  # one column on a phone
    for field, text in fields(hand):
        field.tap()
        field.fill(text)
    expect(hand.card(1)).to_contain_text("Đã viết 4/4 ô")


def mouse(hand):
    boxes = hand.card(1).locator(".canvas-field")
    places = [boxes.filter(has=hand.page.get_by_label(label)).bounding_box() for label in SWOT]
    assert places[0]["x"] < places[1]["x"]  # drawn as two by two
    assert places[0]["y"] == places[1]["y"] < places[2]["y"]
    for field, text in fields(hand):
        field.click()
        hand.type(text)


def keyboard(hand):
    for field, text in fields(hand):
        hand.tab_to(field)
        hand.type(text)


def nudge(hand):
    hand.card(1).get_by_label("Cơ hội (O)").press_sequentially("x")


def back(hand):
    for field, text in fields(hand):
        expect(field).to_have_value(text)


def give(hand, number, exercise, answer):
    ids = [one.id for one in exercise.fields]
    for id_, text in answer["fields"].items():
        hand.card(number).locator(".canvas-field textarea").nth(ids.index(id_)).fill(text)
