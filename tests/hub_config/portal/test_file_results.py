"""The result of work with a file: its name and size, what each check found and earned, in real Chromium, too."""

from __future__ import annotations

import io
import os
from pathlib import Path
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from PIL import Image

from autograder.ledger import Judged, question
from autograder.marking import mark_row, marking_of
from autograder.models import AutoMark
from courses.school.db import session
from courses.school.submissions import find_submission
from hub_config.portal.shelf import Shelf
from tests.hub_config.files.conftest import letter
from tests.hub_config.files.test_reader import live
from tests.hub_config.portal.conftest import PREFIX
from tests.hub_config.portal.test_files import PRODUCT

SHOTS = os.environ.get("BDHAI_SHOTS", "")  # folder for screenshots, when somebody wants to look
LESSON = "level1/29-nop-tep"
CHECKS = """checks:
  - {parts: [Kính gửi, Nơi nhận, Người ký], points: 3}
  - {pages: {max: 2}, points: 1}
  - {duration: {max_seconds: 90}, points: 1}
  - {no_personal_data: true, gate: true}
"""
HOSTILE = '"><script>alert(1)</script>' + "Ở" * 120 + ".docx"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory) -> Shelf:
    root = tmp_path_factory.mktemp("bai-tep")
    folder = root / LESSON
    folder.mkdir(parents=True)
    text = PRODUCT.replace("accept: [text, docx, image, pdf]", "accept: [text, docx, image, audio]")
    text = text.replace("checks:\n  - {words: {min: 3}, points: 1}\n", CHECKS).replace(
        "points: 3\n", "points: 7\n", 1
    )
    (folder / "lesson.md").write_text(text, encoding="utf-8")
    return Shelf(root, every=3600)


@pytest.fixture
def hand_in(api):
    """Hand in a file and return the receipt."""

    def send(data, name, beside=""):
        lan = api("lan")
        file = lan.post("api/files", content=data, headers={"X-File-Name": quote(name)})
        assert file.status_code == 201, file.text
        body = {
            "lesson": LESSON,
            "case": "citizen",
            "answers": {"tep": {"file": file.json(), "text": beside}},
        }
        return lan.post("api/submissions", json=body).json()["receipt"]

    return send


def picture():
    out = io.BytesIO()
    Image.new("RGB", (900, 700), "green").save(out, "PNG")
    return out.getvalue()


def judge(engine, shelf, receipt, *, met):
    """Write the mark that the daily run writes when the judge has decided the criterion."""
    with session(engine) as opened:
        submission = find_submission(opened, receipt)
        exercise = shelf.find(LESSON).slot("tep").variant("citizen")
        quoted = "thu gom từ 15 giờ" if met else ""
        verdict = {"criterion": "ro", "met": met, "quote": quoted, "reason": ""}
        judged = Judged(outcome="judged", verdicts=(verdict,), reason="")
        answer = exercise.parse_answer(submission.answers["tep"])
        asked = question(exercise, exercise.judged_text(answer))
        row = mark_row(submission.id, marking_of(exercise, answer, judged, asked))
        mark = opened.get_one(AutoMark, (submission.id, "tep"))
        for name, value in row.items():
            setattr(mark, name, value)


def card(reply):
    return BeautifulSoup(reply.text, "html.parser").find("h2", string="Câu 1").find_parent("section")


def lines(found):
    return [" ".join(one.text.split()) for one in found]


def headed(found, title):
    """The items of the list under a heading."""
    return lines(found.find("h3", string=title).find_next("ul").find_all("li"))


def test_the_file_is_shown_by_name_type_and_size_and_its_words_by_themselves(browser_of, hand_in):
    receipt = hand_in(letter(), "Công văn.docx", "Em gửi bài.")
    for who, where in (("lan", "ket-qua"), ("hung", "bai-nop")):
        found = card(browser_of(who).get(f"{where}/{receipt}"))
        assert found.select_one(".handed-name strong").text == "Công văn.docx"
        assert found.select_one(".handed-name .soft").text.startswith("Word (.docx) · ")
        assert found.select_one("a.btn")["href"] == f"{PREFIX}tep/{receipt}/tep"
        words = found.select_one("blockquote").text
        assert words.startswith("Em gửi bài.")
        assert "Phường đổi lịch thu gom từ 15 giờ." in words
        assert "Tệp:" not in words


WAITING = [
    "Chưa đạt: Đủ các phần: Kính gửi, Nơi nhận, Người ký: chưa thấy phần: Người ký; bạn viết thêm, hoặc ghi rõ tên phần (2/3 điểm)",
    "Đạt: Nhiều nhất 2 trang (1/1 điểm)",
    "Đạt: Nhiều nhất 90 giây (1/1 điểm)",
    "Đạt: Không có thông tin cá nhân",
]  # fmt: skip


def test_each_check_is_shown_with_what_it_earned_before_and_after_somebody_judges(
    browser_of, hand_in, engine, shelf
):
    receipt = hand_in(letter(), "a.docx")
    lan = browser_of("lan")
    found = card(lan.get(f"ket-qua/{receipt}"))
    assert headed(found, "Máy đã kiểm") == WAITING
    judge(engine, shelf, receipt, met=True)
    found = card(lan.get(f"ket-qua/{receipt}"))
    assert headed(found, "Máy đã kiểm") == WAITING, "the checks are half of the mark"
    assert headed(found, "Nội dung") == ["Đạt: Nêu rõ việc. Chỗ trong bài: thu gom từ 15 giờ"]
    assert [mark.text for mark in found.select("mark")] == ["thu gom từ 15 giờ"]
    assert "6/7 điểm" in found.text


def test_what_the_machine_could_not_measure_is_said_to_wait_for_a_person(browser_of, hand_in):
    receipt = hand_in(live(), "ghi âm.webm", "Kính gửi. Nơi nhận. Người ký.")
    found = card(browser_of("lan").get(f"ket-qua/{receipt}"))
    told = headed(found, "Máy đã kiểm")
    assert told[2] == "Chưa đo được: Nhiều nhất 90 giây: máy chưa đo được, người chấm sẽ xem."
    assert "Đang chờ chấm" in found.text


def test_a_gate_that_fails_says_why_nothing_counts_and_is_said_once(browser_of, hand_in):
    receipt = hand_in(letter(), "a.docx", "Gọi 0912 345 678")
    found = card(browser_of("lan").get(f"ket-qua/{receipt}"))
    assert "0/7 điểm" in found.text
    told = headed(found, "Máy đã kiểm")
    assert told[0].endswith("(0/3 điểm)")
    assert told[3].endswith("– điều này bắt buộc, sửa xong bài mới có điểm")
    assert found.text.count("hình như có số điện thoại") == 1


def test_a_persons_mark_stands_beside_what_the_machine_found_without_the_machines_points(browser_of, hand_in):
    receipt = hand_in(letter(), "a.docx")
    hung = browser_of("hung")
    page = BeautifulSoup(hung.get(f"bai-nop/{receipt}").text, "html.parser")
    form = {"_xsrf": page.find("input", {"name": "_xsrf"})["value"], "exercise": "tep", "score": "4"}
    hung.post(f"bai-nop/{receipt}", data={**form, "comment": "Bác xem lại chỗ ký."})
    found = card(browser_of("lan").get(f"ket-qua/{receipt}"))
    assert "Bác xem lại chỗ ký." in found.text
    assert headed(found, "Máy đã kiểm")[2] == "Đạt: Nhiều nhất 90 giây"


def test_a_hostile_name_is_text_wherever_it_stands(browser_of, hand_in):
    receipt = hand_in(letter(), HOSTILE)
    receipt_of_picture = hand_in(picture(), HOSTILE)
    for who, where in (("lan", "ket-qua"), ("hung", "bai-nop")):
        for one in (receipt, receipt_of_picture):
            page = BeautifulSoup(browser_of(who).get(f"{where}/{one}").text, "html.parser")
            assert page.find("script") is None
            assert "script" in page.select_one(".handed-name strong").text
    assert page.select_one("img.handed")["alt"].startswith("Ảnh đã nộp: ")


@pytest.mark.parametrize("kind", ["name", "docx", "picture"])
def test_a_stored_name_is_escaped_even_if_it_was_never_tidied(browser_of, hand_in, engine, kind):
    receipt = hand_in(picture() if kind == "picture" else letter(), "a.docx")
    name = "<b onclick=alert(1)>'\"&amp;</b>"
    with session(engine) as opened:
        submission = find_submission(opened, receipt)
        answers = {**submission.answers}
        answers["tep"] = {**answers["tep"], "file": {**answers["tep"]["file"], "name": name}}
        submission.answers = answers
    found = card(browser_of("lan").get(f"ket-qua/{receipt}"))
    assert found.select_one(".handed-name strong").text == name
    assert found.find("b") is None
    if kind == "picture":
        assert found.select_one("img.handed")["alt"] == f"Ảnh đã nộp: {name}"


SIZES = {"phone": (390, 844), "desk": (1280, 800)}


@pytest.mark.e2e
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("who", "where"), [("lan", "ket-qua"), ("hung", "bai-nop")])
@pytest.mark.parametrize("work", ["judged", "waiting-picture"])
def test_the_pages_of_a_file_are_accessible_and_fit_the_screen(
    chromium, portal, hub, hand_in, engine, shelf, work, who, where, size, scheme
):
    receipt = hand_in(letter(), HOSTILE) if work == "judged" else hand_in(picture(), "Sân nhà văn hóa.png")
    if work == "judged":
        judge(engine, shelf, receipt, met=True)
    width, height = SIZES[size]
    context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{hub.url}/login/{who}")
    page.goto(f"{portal.url}{PREFIX}{where}/{receipt}")
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/tep-{where}-{work}-{size}-{scheme}.png", full_page=True)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if work != "judged":
        assert page.locator("img.handed").evaluate("it => it.complete && it.naturalWidth") > 0
    context.close()
