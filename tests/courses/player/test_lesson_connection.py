"""Cuts, killed kernels, two windows: nothing that was typed is lost, and nobody is alarmed."""

from __future__ import annotations

import os
import signal
import time

import pytest
from playwright.sync_api import expect

from tests.courses.player.pages import card, open_lesson, saved

ASKED = "vừa được sửa ở một cửa sổ khác"
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]


@pytest.mark.parametrize("width", [390, 1280])
def test_answers_are_back_after_the_kernel_was_killed(page, clean, answers, width):
    page.set_viewport_size({"width": width, "height": 844 if width == 390 else 800})
    open_lesson(page, clean)
    card(page, 1).get_by_text("Đoán chữ").tap()
    box = card(page, 6).get_by_role("textbox")
    box.fill("AI doan chu")
    saved(page)
    for pid in clean.kernels():
        os.kill(pid, signal.SIGKILL)
    box.fill("AI doan chu, co the sai")
    saved(page)  # “Đang nối lại…” may pass in a blink here; the network cut below holds it
    expect(page.locator("#bdh-link")).to_be_empty()
    assert answers()["answers"]["day"] == {"text": "AI doan chu, co the sai"}
    expect(box).to_have_value("AI doan chu, co the sai")

    page.reload()
    expect(card(page, 6).get_by_role("textbox")).to_have_value("AI doan chu, co the sai")
    expect(card(page, 1).get_by_label("Đoán chữ")).to_be_checked()


def test_a_culled_kernel_is_replaced_without_a_reload(page, clean, answers):
    open_lesson(page, clean)
    kernel = page.evaluate("JSON.parse(document.getElementById('bdhai-kernel').textContent)")
    page.evaluate(
        """kernel => { const page = JSON.parse(document.getElementById("bdhai-page").textContent);
        return fetch(`${page.base}api/kernels/${kernel}`,
                     {method: "DELETE", headers: {"X-XSRFToken": page.xsrf}}); }""",
        kernel,
    )
    card(page, 6).get_by_role("textbox").fill("sau khi nghi trua")
    saved(page)
    assert answers()["answers"]["day"] == {"text": "sau khi nghi trua"}
    expect(page.locator("#bdh-link")).to_be_empty()


def test_words_typed_before_and_after_the_page_notices_a_cut_are_saved(page, clean, answers):
    """A whole minute for every kind: test_kinds_connection.py."""
    open_lesson(page, clean)
    box = card(page, 6).get_by_role("textbox")
    clean.process.send_signal(signal.SIGSTOP)
    try:
        box.fill("viet luc mat mang")
        expect(page.locator("#bdh-save")).to_have_text("Chưa lưu được – bài vẫn còn trên máy này")
        expect(page.locator("#bdh-link")).to_contain_text("bạn cứ làm tiếp")
        box.press_sequentially(", van go tiep")
    finally:
        clean.process.send_signal(signal.SIGCONT)
    saved(page)
    expect(page.locator("#bdh-link")).to_be_empty()
    assert answers()["answers"]["day"] == {"text": "viet luc mat mang, van go tiep"}


def test_words_typed_without_a_network_survive_a_reload(page, clean, answers):
    open_lesson(page, clean)
    page.evaluate("WebSocket.prototype.send = () => {}")
    card(page, 6).get_by_role("textbox").fill("chua kip luu")
    expect(page.locator("#bdh-save")).to_have_text("Đang lưu…")
    page.reload()
    expect(card(page, 6).get_by_role("textbox")).to_have_value("chua kip luu")
    saved(page)
    assert answers()["answers"]["day"] == {"text": "chua kip luu"}


def test_two_windows_on_one_exercise_ask_the_learner(phone, clean, answers):
    one, two = open_lesson(phone.new_page(), clean), open_lesson(phone.new_page(), clean)
    card(one, 6).get_by_role("textbox").fill("cua so mot")
    saved(one)
    two.bring_to_front()
    card(two, 6).get_by_role("textbox").fill("cua so hai")
    expect(card(two, 6)).to_contain_text(ASKED)
    assert answers()["answers"]["day"] == {"text": "cua so mot"}
    card(two, 6).get_by_role("button", name="Giữ bản ở đây").tap()
    saved(two)
    assert answers()["answers"]["day"] == {"text": "cua so hai"}
    one.bring_to_front()
    card(one, 6).get_by_role("textbox").fill("cua so mot nua")
    card(one, 6).get_by_role("button", name="Lấy bản kia").tap()
    expect(card(one, 6).get_by_role("textbox")).to_have_value("cua so hai")
    assert answers()["answers"]["day"] == {"text": "cua so hai"}


def in_two_windows(phone, clean):
    """Let the second window ask, then go on in the first one."""
    one, two = open_lesson(phone.new_page(), clean), open_lesson(phone.new_page(), clean)
    card(one, 6).get_by_role("textbox").fill("cua so mot")
    saved(one)
    card(two, 6).get_by_role("textbox").fill("cua so hai")
    expect(card(two, 6)).to_contain_text(ASKED)
    card(two, 6).get_by_role("textbox").press_sequentially(", go tiep")
    expect(two.locator("#bdh-save")).to_have_text("Đang chờ bạn chọn bản để giữ")
    card(one, 6).get_by_role("textbox").fill("cua so mot nua")
    saved(one)
    return two


def test_words_that_wait_for_a_choice_outlive_a_reload_and_what_another_window_saves(phone, clean, answers):
    two = in_two_windows(phone, clean)
    two.reload()
    expect(card(two, 6).get_by_role("textbox")).to_have_value("cua so hai, go tiep")
    expect(card(two, 6)).to_contain_text(ASKED)
    assert answers()["answers"]["day"] == {"text": "cua so mot nua"}


def test_words_of_a_window_that_was_closed_come_back_in_the_next_one(phone, clean, answers):
    in_two_windows(phone, clean).close()
    three = open_lesson(phone.new_page(), clean)
    expect(card(three, 6).get_by_role("textbox")).to_have_value("cua so hai, go tiep")
    expect(card(three, 6)).to_contain_text(ASKED)
    card(three, 6).get_by_role("button", name="Giữ bản ở đây").tap()
    saved(three)
    assert answers()["answers"]["day"] == {"text": "cua so hai, go tiep"}


def test_the_other_windows_newest_words_are_taken(phone, clean, answers):
    two = in_two_windows(phone, clean)
    card(two, 6).get_by_role("button", name="Lấy bản kia").tap()
    expect(card(two, 6).get_by_role("textbox")).to_have_value("cua so mot nua")
    card(two, 6).get_by_role("textbox").fill("tu day viet tiep")
    saved(two)
    assert answers()["answers"]["day"] == {"text": "tu day viet tiep"}


def test_a_review_card_answered_to_a_killed_kernel_can_be_answered_again(page, clean, services):
    due = {"lesson": "level1/x", "card": 1, "title": "Bài trước", "q": "AI là gì?", "a": "Máy đoán chữ."}
    services.answers["cards"] = (200, {"learned": 1, "cards": [due], "next_on": None})
    open_lesson(page, clean)
    page.get_by_role("button", name="Ôn ngay").tap()
    page.get_by_role("button", name="Xem đáp án").tap()
    clean.kill_kernel(page)
    page.get_by_role("button", name="Nhớ", exact=True).tap()
    expect(page.locator(".bdh-review")).to_contain_text("Bạn chờ một lát rồi bấm lại.", timeout=12_000)
    card(page, 6).get_by_role("textbox").fill("trong luc cho")
    saved(page)  # the line is there again
    page.get_by_role("button", name="Nhớ", exact=True).tap()
    expect(page.locator(".bdh-review")).to_contain_text("Bạn đã ôn xong các thẻ hôm nay.")
    assert services.bodies("cards") == [{"lesson": "level1/x", "card": 1, "grade": "good"}]


def test_a_slow_portal_does_not_keep_a_save_waiting(page, clean, services, answers):
    open_lesson(page, clean)
    services.delay = 4
    card(page, 1).get_by_text("Đoán chữ").tap()
    card(page, 1).get_by_role("button", name="Kiểm tra").tap()
    expect(card(page, 1)).to_contain_text("Đang kiểm tra…")
    card(page, 2).get_by_text("AI có thể sai").tap()
    saved(page)
    assert "nhieu" in answers()["answers"]
    assert "Đang kiểm tra…" in card(page, 1).inner_text()
    expect(card(page, 1)).to_contain_text("Chưa đúng.")


def test_leaving_the_page_gives_the_kernel_back(page, clean):
    before = set(clean.kernels())
    open_lesson(page, clean)
    assert len(set(clean.kernels()) - before) == 1
    page.goto("about:blank")
    for _ in range(100):
        if not set(clean.kernels()) - before:
            return
        time.sleep(0.1)
    raise AssertionError("the kernel still runs")
