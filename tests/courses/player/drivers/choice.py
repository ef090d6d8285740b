from playwright.sync_api import expect

LESSON = "21-choice-hinh"
ANSWERS = {"mot": {"chosen": ["o2"]}, "nhieu": {"chosen": ["o1", "o4"]}}


def touch(hand):
    hand.card(1).get_by_text("Ký giấy xác nhận").tap()
    hand.card(1).get_by_text("Viết nháp giấy mời").tap()
    hand.card(2).get_by_text("Gợi ý món ăn").tap()
    hand.card(2).get_by_text("Tóm tắt một bài báo dài").tap()
    hand.card(2).get_by_text("Tóm tắt một bài báo dài").tap()
    hand.card(2).get_by_text("Sửa lỗi chính tả").tap()


def mouse(hand):
    hand.card(1).get_by_text("Viết nháp giấy mời").click()
    hand.card(2).get_by_text("Gợi ý món ăn").click()
    hand.card(2).get_by_text("Sửa lỗi chính tả").click()


def keyboard(hand):
    hand.tab_to(hand.card(1).get_by_role("radio").first)
    hand.press("Space", "ArrowDown")
    hand.tab_to(hand.card(2).get_by_label("Gợi ý món ăn"))
    hand.press("Space")
    hand.tab_to(hand.card(2).get_by_label("Sửa lỗi chính tả"))
    hand.press("Space")


def nudge(hand):
    hand.card(2).get_by_text("Tóm tắt một bài báo dài").click()


def back(hand):
    expect(hand.card(1).get_by_label("Viết nháp giấy mời")).to_be_checked()
    expect(hand.card(2).get_by_role("checkbox", checked=True)).to_have_count(2)


def give(hand, number, _, answer):
    for chosen in answer["chosen"]:
        hand.card(number).locator(f"input[value='{chosen}']").check()
