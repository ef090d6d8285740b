"""Answers with a file in the queue: looked at without the name that its learner gave it, points typed where no criteria decide."""

from __future__ import annotations

import io
import re
import zipfile
from urllib.parse import quote

import docx
import pytest
from bs4 import BeautifulSoup
from PIL import Image
from sqlalchemy import select

from autograder.models import HumanMark
from courses.school.db import session
from courses.school.submissions import find_submission
from hub_config.portal.shelf import Shelf
from tests.hub_config.portal.conftest import PREFIX
from tests.hub_config.portal.test_files import LESSON, PRODUCT

PAGES = PRODUCT.replace("{words: {min: 3}, points: 1}", "{pages: {max: 1}, points: 1}")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory) -> Shelf:
    root = tmp_path_factory.mktemp("bai")
    folder = root / LESSON
    folder.mkdir(parents=True)
    (folder / "lesson.md").write_text(PAGES.replace("image, pdf", "image"), encoding="utf-8")
    return Shelf(root, every=3600)


@pytest.fixture
def hand_in(api, engine, count_all):
    """Hand in a file whose name tells whose it is; return the queue's address of the answer."""

    def send(data, ending):
        lan = api("lan")
        name = {"X-File-Name": quote(f"Bài của Nguyễn Thị Lan.{ending}")}
        file = lan.post("api/files", content=data, headers=name).json()
        body = {"lesson": LESSON, "case": "citizen", "answers": {"tep": {"file": file}}}
        receipt = lan.post("api/submissions", json=body).json()["receipt"]
        count_all()
        with session(engine) as opened:
            return f"hang-cho/{find_submission(opened, receipt).id}/tep"

    return send


@pytest.fixture
def picture(hand_in):
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "green").save(out, "PNG")
    return hand_in(out.getvalue(), "png")


@pytest.fixture
def document(hand_in):
    """A word document that does not say how many pages it has, so that only a person can tell."""
    whole, bare = io.BytesIO(), io.BytesIO()
    made = docx.Document()
    made.add_paragraph("Mời các bác họp tổ lúc tám giờ tối thứ bảy.")
    made.save(whole)
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(bare, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(
                name, re.sub(rb"<Pages>.*?</Pages>", b"", text) if name.endswith("app.xml") else text
            )
    return hand_in(bare.getvalue(), "docx")


def test_the_file_is_shown_and_handed_out_without_its_name(browser_of, picture):
    hung = browser_of("hung")
    page = hung.get(picture)
    assert page.status_code == 200
    assert "Lan" not in page.text
    assert "Tải tệp về: bài nộp.png" in page.text
    handed = hung.get(f"{picture}/tep")
    assert handed.status_code == 200
    assert "Lan" not in handed.headers["Content-Disposition"]
    assert quote("Lan") not in handed.headers["Content-Disposition"]
    shown = BeautifulSoup(page.text, "html.parser").select_one("img.handed")["src"].removeprefix(PREFIX)
    assert hung.get(shown).headers["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize("user", ["lan", "an", "binh", "chu"])
def test_nobody_else_gets_the_file_by_the_queue(browser_of, picture, user):
    client = browser_of(user)
    assert {client.get(f"{picture}/{way}").status_code for way in ("tep", "xem")} == {404}


def test_points_are_typed_where_a_rule_could_not_decide_its_part(browser_of, document, engine):
    hung = browser_of("hung")
    page = BeautifulSoup(hung.get(document).text, "html.parser")
    assert page.select(".criterion") == []
    assert "Nêu rõ việc." in page.text
    data = {one["name"]: one["value"] for one in page.select("#cham input[type=hidden]")}
    data |= {"do": "ghi", "comment": "Thư rõ."}
    assert hung.post(document, data=data | {"score": "9"}).status_code == 422
    assert "Điểm phải từ 0 đến 3" in hung.post(document, data=data | {"score": "9"}).text
    assert "Bài 1.29, câu 1: 2,5 điểm" in hung.post(document, data=data | {"score": "2,5"}).text
    with session(engine) as opened:
        assert [(one.score, one.comment) for one in opened.scalars(select(HumanMark))] == [(2.5, "Thư rõ.")]
    form = BeautifulSoup(hung.get("hang-cho").text, "html.parser").select_one("form[action*=hoan-tac]")
    again = hung.post(form["action"].removeprefix(PREFIX), data={"_xsrf": form.input["value"]})
    assert again.url.path == f"{PREFIX}{document}"
