import io

from docx import Document
from playwright.sync_api import expect

LESSON = "29-product-cong-van-dung-the-thuc"
TEXT = "Báo cáo tháng 11 của tổ"
# What the portal stand-in says of every file.
FILE = {
    "id": "ab" * 32,
    "name": "giay-moi.docx",
    "type": "docx",
    "size": 12,
}
CALM = "Đang gửi tệp. Bạn có thể làm tiếp câu khác."
ANSWERS = {"cong-van": {"file": FILE}, "bao-cao": {"text": TEXT}}
CHOSEN = {"name": "Giấy mời.docx", "mimeType": "application/octet-stream", "buffer": b"PK\x03\x04 chao ban"}


def _choose(hand, press):
    with hand.page.expect_file_chooser() as choosing:
        press(hand.card(1).get_by_role("button", name="Chọn tệp"))
    choosing.value.set_files(CHOSEN)
    expect(hand.card(1).get_by_text("Đã nhận:")).to_be_visible()


def touch(hand):
    _choose(hand, lambda button: button.tap())
    hand.card(2).get_by_label("Bài viết của bạn").tap()
    hand.type(TEXT)


def mouse(hand):
    _choose(hand, lambda button: button.click())
    hand.card(1).get_by_role("button", name="Bỏ tệp này").click()
    expect(hand.card(1).get_by_text("Đã nhận:")).to_be_hidden()
    _choose(hand, lambda button: button.click())
    hand.card(2).get_by_label("Bài viết của bạn").click()
    hand.type(TEXT)


def keyboard(hand):
    def press(button):
        hand.tab_to(button)
        hand.press("Enter")

    _choose(hand, press)
    hand.tab_to(hand.card(2).get_by_label("Bài viết của bạn"))
    hand.type(TEXT)


def nudge(hand):
    hand.card(2).get_by_label("Bài viết của bạn").press_sequentially("x")


def in_cut(hand):
    """The file waits on its way; the learner goes on writing."""
    with hand.page.expect_file_chooser() as choosing:
        hand.card(1).get_by_role("button", name="Chọn tệp").click()
    choosing.value.set_files(CHOSEN)
    hand.card(2).get_by_label("Bài viết của bạn").click()
    hand.type(TEXT)


def after_cut(hand):
    """The file has arrived by itself."""
    expect(hand.card(1).get_by_text("Đã nhận:")).to_be_visible()


def back(hand):
    expect(hand.card(1).get_by_text("giay-moi.docx")).to_be_visible()
    expect(hand.card(2).get_by_label("Bài viết của bạn")).to_have_value(TEXT)


def give(hand, number, _, answer):
    if answer.get("text"):
        hand.card(number).get_by_role("textbox").fill(answer["text"])
    if answer.get("file"):
        with hand.page.expect_file_chooser() as choosing:
            hand.card(number).get_by_role("button", name="Chọn tệp").click()
        choosing.value.set_files(_file(answer["file"]))
        expect(hand.card(number).get_by_text("Đã nhận:")).to_be_visible()


def _file(file):
    """Make the file that a sample describes: a Word document with its text."""
    assert file["type"] == "docx", f"samples of type {file['type']} cannot be made here yet"
    document, written = Document(), io.BytesIO()
    for line in file["facts"]["text"].splitlines():
        document.add_paragraph(line)
    document.save(written)
    return {"name": "bai-lam.docx", "mimeType": "application/octet-stream", "buffer": written.getvalue()}
