"""One learner's whole day, in a real browser against the real school."""

import json
import os
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import DESKTOP

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]
LESSON = "level1/02-lenh-bon-phan"


@pytest.fixture
def daily(hub, provider):
    """Run the day as the scheduler does, and return its report."""

    def run():
        env = dict(os.environ) | {
            "BDHAI_DATA": str(hub.data),
            "BDHAI_SITE": str(hub.data / "site.yaml"),
            "OPENAI_BASE_URL": provider.base_url,
            "OPENAI_API_KEY": "x",
        }
        done = subprocess.run(
            [sys.executable, "-m", "hub_config", "daily", "--json"],
            env=env, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout)

    return run


@pytest.fixture
def full_answers(lessons):
    """The author's best answers to the lesson, for the setting of the demo learner."""

    def find(case):
        samples = [own for own in lessons[LESSON].samples if own.role == "full" and own.case == case]
        return {id_: own.answer for id_, own in samples[0].expect.items()}

    return find


def open_lesson(visitor):
    page = visitor.page
    page.locator(f"a.lesson[href*='{LESSON}']").tap()
    page.wait_for_url(f"**/voila/render/{LESSON}/**", timeout=120_000)
    expect(page.locator("#nop-bai")).to_be_visible()
    return page


def card(page, number):
    return page.locator(f"#bai-tap-{number}")


def test_a_learners_whole_day(visit, hub, daily, full_answers, provider):
    learner = visit()
    page = learn_and_submit(learner, full_answers)
    receipt = page.locator(".bdh-code").inner_text()

    page.get_by_role("link", name="Xem kết quả").tap()
    expect(page.get_by_text("Điểm tạm tính")).to_be_visible()
    expect(page.get_by_text("Chấm theo quy tắc")).to_be_visible()
    learner.check_page("ket-qua-tam-tinh")

    report = daily()
    assert provider.calls > 0, report
    page.reload()
    expect(page.get_by_text("AI chấm").first).to_be_visible()
    expect(page.get_by_role("heading", name="Bé Chè làm bài kiểm tra")).to_be_visible()
    expect(page.get_by_text("Bé Chè làm đúng 3/3 câu.")).to_be_visible()
    expect(page.get_by_text("Điểm tạm tính")).to_have_count(0)
    learner.check_page("ket-qua")

    overrule_the_prompt(visit(), hub, receipt)
    for _ in range(2):
        page.reload()
        expect(page.get_by_text("Huấn luyện viên chấm")).to_be_visible()
        expect(page.get_by_text("Bạn nói rõ giọng văn hơn một chút nhé.")).to_be_visible()
        daily()

    look_at_the_board(learner)
    look_at_the_board(visit(DESKTOP), sign_in=True)


def learn_and_submit(learner, full_answers):
    learner.sign_in("learner")
    learner.check_page("hom-nay")
    page = open_lesson(learner)
    learner.check_page("bai-hoc")
    case = page.locator(".bdh-case select").first.input_value()
    answers = full_answers(case)

    card(page, 1).get_by_label("Vai", exact=True).check()
    card(page, 1).get_by_role("button", name="Kiểm tra").tap()
    expect(card(page, 1).get_by_text("Chưa đúng.")).to_be_visible()
    card(page, 1).get_by_label("Bối cảnh").check()
    card(page, 1).get_by_role("button", name="Kiểm tra").tap()
    expect(card(page, 1).get_by_text("Đúng rồi.")).to_be_visible()

    card(page, 2).get_by_role("textbox").fill(answers["lenh"]["text"])
    card(page, 2).get_by_role("button", name="Thử với AI").tap()
    expect(card(page, 2).get_by_text("AI có thể sai")).to_be_visible()
    card(page, 3).get_by_role("textbox").fill(answers["day-lai"]["text"])
    card(page, 3).get_by_role("button", name="Nói với Bé Chè").tap()
    expect(card(page, 3).locator(".teach-pupil")).to_have_count(2)  # it speaks first, and then answers
    expect(page.locator("#bdh-save")).to_contain_text("Đã lưu lúc")

    page.reload()
    expect(card(page, 2).get_by_role("textbox")).to_have_value(answers["lenh"]["text"])
    page.get_by_role("button", name="Nộp bài").tap()
    expect(page.get_by_text("Đã nhận bài của bạn")).to_be_visible()
    learner.check_page("da-nop")
    return page


def overrule_the_prompt(trainer, hub, receipt):
    trainer.sign_in("trainer")
    trainer.check_page("hom-nay-huan-luyen-vien")
    page = trainer.page
    page.get_by_role("link", name="Mở lớp").tap()
    page.wait_for_url("**/portal/lop")
    trainer.check_page("lop")
    page.goto(f"{hub.address}/services/portal/bai-nop/{receipt}")
    trainer.check_page("cham-bai")
    exercise = page.locator("section#lenh")
    exercise.get_by_label("Điểm (0 đến 5)").fill("4,5")
    exercise.get_by_label("Góp ý cho người học").fill("Bạn nói rõ giọng văn hơn một chút nhé.")
    exercise.get_by_role("button", name="Ghi điểm").tap()
    expect(page.get_by_text("Đã ghi điểm")).to_be_visible()
    expect(exercise.get_by_text("4,5/5 điểm")).to_be_visible()


def look_at_the_board(visitor, *, sign_in=False):
    if sign_in:
        visitor.sign_in("official")
        visitor.check_page("hom-nay-can-bo")
    visitor.page.get_by_role("link", name="Bảng xếp hạng").click()
    visitor.page.wait_for_url("**/services/boards/**")
    expect(visitor.page.get_by_role("heading", name="Bảng xếp hạng").first).to_be_visible()
    expect(visitor.page.get_by_role("table").first).to_contain_text("Tổ")
    visitor.check_page("bang-xep-hang")
