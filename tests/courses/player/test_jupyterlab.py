"""The same notebook in JupyterLab, with the stock anywidget extension."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


@pytest.fixture
def lab(chromium, clean):
    (clean.folder / "answers.json").write_text(
        json.dumps({"v": 1, "lesson": "level1/x", "case": "citizen", "answers": {"mot": {"chosen": ["o1"]}}})
    )
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(60_000)
    page.goto(clean.lab)
    page.wait_for_selector(".jp-Notebook .jp-MarkdownOutput")
    page.wait_for_function(
        "jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'", timeout=60_000
    )
    page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
    yield page
    page.close()


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
