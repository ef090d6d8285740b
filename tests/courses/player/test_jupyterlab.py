"""The same notebook in JupyterLab, with the stock anywidget extension."""

from __future__ import annotations

import json
import shutil

import pytest
from playwright.sync_api import expect

from tests.courses.player.lab import LabHand, close_lab, open_lab, run_cells

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

SECOND = "10-ban-sao"
NOTEBOOK = "jupyterapp.shell.currentWidget.content"


@pytest.fixture
def lab(chromium, clean):
    (clean.folder / "answers.json").write_text(
        json.dumps({"v": 1, "lesson": "level1/x", "case": "citizen", "answers": {"mot": {"chosen": ["o1"]}}})
    )
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(60_000)
    page = open_lab(context, clean)
    yield page
    close_lab(page)
    context.close()


@pytest.fixture
def hand(lab, clean):
    return LabHand(lab, clean.folder)


@pytest.fixture
def second(clean):
    """Return the path of another lesson that uses the same ids of exercises."""
    folder = clean.folder.with_name(SECOND)
    shutil.copytree(clean.folder, folder)
    (folder / f"{clean.slug}.ipynb").rename(folder / f"{SECOND}.ipynb")
    lesson = json.loads((folder / "lesson.json").read_text())
    (folder / "lesson.json").write_text(json.dumps({**lesson, "key": f"level1/{SECOND}"}))
    (folder / "answers.json").unlink(missing_ok=True)
    yield f"level1/{SECOND}/{SECOND}.ipynb"
    shutil.rmtree(folder)


def test_jupyterlab_shows_the_cards_and_saves_the_same_answers(lab, clean, services):
    first = lab.locator(".bdh-card").filter(has_text="Câu 1/6")
    expect(first.get_by_label("Tra một cuốn sổ có sẵn")).to_be_checked(timeout=60_000)
    first.get_by_label("Đoán chữ hợp nhất đứng sau").check()
    expect(first.locator(".bdh-save")).to_contain_text("Đã lưu lúc")
    answers = json.loads((clean.folder / "answers.json").read_text())["answers"]
    assert answers["mot"] == {"chosen": ["o2"]}
    first.get_by_role("button", name="Kiểm tra").click()
    expect(first).to_contain_text("Nhớ lại ví dụ bữa cơm.")
    assert services.bodies("check")[0]["answer"] == {"chosen": ["o2"]}


def test_the_look_of_the_cards_does_not_leak_into_jupyterlab(lab):
    expect(lab.locator(".bdh-card").first).to_be_visible(timeout=60_000)
    size = "getComputedStyle(document.querySelector('{}')).fontSize"
    assert lab.evaluate(size.format("html")) == "16px"
    assert lab.evaluate(size.format(".bdh-card")) == "18px"
    assert lab.evaluate("getComputedStyle(document.querySelector('.bdh-card .btn')).minHeight") == "48px"
    select = lab.locator(".bdh-card select")
    expect(select).to_be_visible()
    select.select_option("trader")
    expect(lab.locator(".bdh-card").filter(has_text="Câu 4/6")).to_contain_text("chữa khỏi mọi bệnh")


def test_keys_on_a_card_are_no_commands_of_the_notebook(lab, hand):
    cells, before = f"{NOTEBOOK}.widgets.map(cell => cell.model.type + cell.model.executionCount)", "đầu dòng"
    shape = lab.evaluate(cells)
    hand.card(1).get_by_role("button", name="Kiểm tra").focus()
    hand.press("b", "a", "y", "Shift+Enter", "d", "d")
    box = hand.card(5).get_by_role("textbox")
    box.click()
    hand.type(before)
    hand.press("Shift+Enter", "x", "Escape", "m")
    expect(box).to_have_value(f"{before}\nxm")
    assert lab.evaluate(cells) == shape
    hand.press("Control+s")
    lab.wait_for_function("!jupyterapp.shell.currentWidget.context.model.dirty")


def test_a_right_click_on_a_card_gets_the_browsers_menu_which_can_paste(lab, hand):
    menu = lab.locator(".lm-Menu")
    lab.locator(".jp-MarkdownOutput").first.click(button="right")
    expect(menu).to_be_visible()
    hand.press("Escape")
    hand.card(5).get_by_role("textbox").click(button="right")
    expect(menu).to_be_hidden()


def open_beside(lab, path):
    lab.evaluate(f"void jupyterapp.commands.execute('docmanager:open', {{path: '{path}'}})")
    expect(lab.get_by_role("tab", name=SECOND, selected=True)).to_be_visible()
    run_cells(lab)


def test_two_lessons_side_by_side_in_jupyterlab_leave_each_other_alone(lab, clean, second):
    front, submit = lab.locator(".jp-Notebook:visible .bdh-card"), lab.locator(".card-main")
    place = front.filter(has_text="Câu 4/6")
    place.get_by_label("Tình huống dành cho").select_option("official")
    expect(place).to_contain_text("Chạm vào chỗ AI bịa (cán bộ).")
    open_beside(lab, second)
    expect(front.and_(submit)).to_contain_text("Câu 1: chưa làm")
    front.filter(has_text="Câu 2/6").get_by_label("AI có thể sai").check()
    place.get_by_label("Tình huống dành cho").select_option("trader")
    expect(place).to_contain_text("Chạm vào chỗ AI bịa (buôn bán).")
    lab.get_by_role("tab", name=clean.slug).click()
    expect(front.and_(submit)).to_contain_text("Câu 2: chưa làm")
    second_card = front.filter(has_text="Câu 2/6")
    second_card.get_by_label("AI luôn đúng").check()
    expect(second_card.locator(".bdh-save")).to_contain_text(
        "Đã lưu lúc"
    )  # all that was asked before is done
    expect(place).to_contain_text("Chạm vào chỗ AI bịa (cán bộ).")


def test_a_lesson_is_handed_in_although_another_one_beside_it_cannot_be_saved(lab, hand, clean, second):
    answers = clean.folder / "answers.json"
    answers.write_text(answers.read_text().replace("o1", "o3"))
    hand.card(1).get_by_label("Đoán chữ hợp nhất đứng sau").check()
    expect(hand.card(1)).to_contain_text("vừa được sửa ở một cửa sổ khác")
    open_beside(lab, second)
    submit = lab.locator(".jp-Notebook:visible .card-main")
    submit.get_by_role("button", name="Nộp bài").click()
    submit.get_by_role("button", name="Vẫn nộp").click()
    expect(submit).to_contain_text("Đã nhận bài của bạn")
