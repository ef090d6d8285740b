from playwright.sync_api import expect

LESSON = "26-table-so-thu-chi"
ROWS = [
    ["2/11/2026", "Chè búp", "360.000"],
    ["3/11/2026", "Gạo nếp", "140.000"],
    ["5/11/2026", "Mật ong", "240.000"],
]
OWN = [["Nhà bác Tư", "32"], ["Nhà cô Sáu", "28"], ["Nhà mình", "40"]]
ANSWERS = {"so-cho": {"rows": ROWS}, "tong-hop": {"rows": OWN}}
PASTE = """(cell, text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    cell.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""


def cell(hand, number, row, name):
    return hand.card(number).get_by_label(f"{name}, dòng {row}")


def touch(hand):
    expect(
        hand.card(1).get_by_text("Vuốt ngang để xem hết.")
    ).to_be_visible()  # a finger's own way, told to the eye
    cell(hand, 1, 1, "Số tiền").fill("360.000")
    hand.card(1).get_by_role("button", name="Thêm dòng").tap()
    hand.card(1).get_by_role("button", name="Bỏ dòng 2").tap()
    expect(hand.card(1)).to_contain_text("Đã bỏ dòng 2.")
    for row, (day, goods, money) in enumerate(ROWS[1:], 2):
        if row == 3:
            hand.card(1).get_by_role("button", name="Thêm dòng").tap()
        cell(hand, 1, row, "Ngày").fill(day)
        cell(hand, 1, row, "Mặt hàng").select_option(goods)
        cell(hand, 1, row, "Số tiền").fill(money)
    for row, (_, kilos) in enumerate(OWN, 1):
        cell(hand, 2, row, "Số cân").fill(kilos)


def mouse(hand):
    text = "\r\n".join("\t".join(row) for row in ROWS)
    cell(hand, 1, 1, "Ngày").click()
    cell(hand, 1, 1, "Ngày").evaluate(PASTE, text)
    expect(hand.card(1)).to_contain_text("Đã điền 3 dòng.")
    hand.card(1).get_by_text("Máy sẽ kiểm tra những gì?").click()
    expect(hand.card(1).get_by_text("Tổng tiền khớp với lời kể")).to_be_visible()
    cell(hand, 2, 1, "Số cân").click()
    cell(hand, 2, 1, "Số cân").evaluate(PASTE, "32\n28\n40\n")


def keyboard(hand):
    hand.tab_to(cell(hand, 1, 1, "Số tiền"))
    hand.type(ROWS[0][2])
    hand.press("Enter")
    expect(cell(hand, 1, 2, "Số tiền")).to_be_focused()
    hand.type(ROWS[1][2])
    for _ in ROWS[1][2]:
        hand.press("ArrowLeft")
    hand.press("ArrowLeft")
    expect(cell(hand, 1, 2, "Mặt hàng")).to_be_focused()
    hand.press("g", "ArrowLeft")
    expect(cell(hand, 1, 2, "Ngày")).to_be_focused()
    hand.type(ROWS[1][0])
    add = hand.card(1).get_by_role("button", name="Thêm dòng")
    hand.tab_to(add)
    hand.press("Enter")
    expect(cell(hand, 1, 3, "Ngày")).to_be_focused()
    hand.type(ROWS[2][0])
    hand.press("ArrowRight", "m", "Tab")
    hand.type(ROWS[2][2])
    hand.tab_to(cell(hand, 2, 1, "Số cân"))
    for _, kilos in OWN:
        hand.type(kilos)
        hand.press("ArrowDown")


def nudge(hand):
    cell(hand, 1, 1, "Số tiền").press_sequentially("1")


def back(hand):
    for row, (day, goods, money) in enumerate(ROWS, 1):
        expect(cell(hand, 1, row, "Ngày")).to_have_value(day)
        expect(cell(hand, 1, row, "Mặt hàng")).to_have_value(goods)
        expect(cell(hand, 1, row, "Số tiền")).to_have_value(money)
    expect(hand.card(2).get_by_text("Nhà cô Sáu")).to_be_visible()
    expect(cell(hand, 2, 3, "Số cân")).to_have_value("40")


def give(hand, number, _, answer):
    for row, texts in enumerate(answer["rows"]):
        if not hand.card(number).locator(f"[data-row='{row}']").count():
            hand.card(number).get_by_role("button", name="Thêm dòng").click()
        for column, text in enumerate(texts):
            cell = hand.card(number).locator(f"[data-row='{row}'][data-column='{column}']")
            if cell.count() and cell.evaluate("it => it.tagName") == "SELECT":
                cell.select_option(text)
            elif cell.count():
                cell.fill(text)
