"""Names and answers that would do harm stay text wherever nbgrader shows them."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter
from sqlalchemy import select

from autograder.daily import DailyError
from autograder.feedback import write_feedback
from autograder.results import overrule
from courses.school.db import session as open_session
from courses.school.models import Submission

SLUG = "02-lenh-bon-phan"
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
FORMULA = '=HYPERLINK("http://evil.example","bấm")'
MARKDOWN = "[bấm](javascript:alert(3)) ![x](http://evil.example/x.png) $$\\href{javascript:alert(4)}{x}$$"
LONG = ("Đóng vai cán bộ. " * 500)[:8000]
ANSWERS = [SCRIPT, FORMULA, MARKDOWN, LONG, "\u0000\u001b[31mđỏ\u001b[0m <b>", "@@ \\u0000lenh ]"]


@pytest.fixture(params=ANSWERS, ids=["script", "formula", "markdown", "long", "control", "placeholder"])
def answer(request):
    return request.param


def exported(ward, username):
    path = ward.course / "autograded" / username / SLUG / f"{SLUG}.ipynb"
    html, _ = HTMLExporter().from_filename(str(path))
    return BeautifulSoup(html, "html.parser")


def tags(page):
    return sorted((tag.name, tuple(sorted(tag.attrs))) for tag in page.select("*"))


def test_an_answer_adds_text_and_no_element_to_the_page(ward, answer):
    ward.submit("goc", SLUG, {"lenh": {"text": "Viết thư."}})
    ward.submit("lan", SLUG, {"lenh": {"text": answer}})
    ward.run()
    page, plain = exported(ward, "lan").find("main"), exported(ward, "goc").find("main")
    assert tags(page) == tags(plain)
    words = answer.replace("\u0000", "").replace("\u001b", "").split()[:3]
    assert all(word in page.get_text() for word in words)


def test_a_hostile_display_name_never_reaches_nbgrader(ward):
    ward.submit("lan", SLUG, {}, display_name=SCRIPT + FORMULA)
    ward.run()
    assert ward.sql("select id, first_name, last_name, email from student") == [("lan", None, None, None)]
    everything = b"".join(path.read_bytes() for path in ward.course.rglob("*") if path.is_file())
    assert b"evil.example" not in everything
    assert b"onerror" not in everything


def test_a_username_that_is_no_folder_name_is_refused(ward):
    ward.submit("../../lan", SLUG, {})
    with pytest.raises(DailyError, match="tên thư mục"):
        ward.run()
    assert not (ward.course / "lan").exists()


@pytest.mark.timeout(300)
def test_hostile_comments_and_answers_are_harmless_in_feedback(ward, answer):
    receipt = ward.submit("lan", SLUG, {"lenh": {"text": answer}})
    ward.run()
    with open_session(ward.engine) as session:
        submission = session.scalars(select(Submission).where(Submission.receipt == receipt)).one()
        overrule(session, submission, "lenh", 1, f"Bài của bạn: {SCRIPT}", "thay")
    ward.run()
    (page,) = write_feedback(ward.site, SLUG, "lan")
    body = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").find("body")
    assert "alert(1)" in body.get_text()
    assert not [tag for tag in body.select("*") if any(name.startswith("on") for name in tag.attrs)]
    assert not [tag for tag in body.find_all("script") if "alert" in tag.get_text()]
    assert not body.find_all(href=lambda href: href and href.startswith("javascript:"))
    assert not body.find_all(src=lambda src: src and "evil" in src)


def test_an_answer_that_no_longer_fits_is_shown_and_waits(ward):
    receipt = ward.submit("lan", SLUG, {"lenh": {"text": "a"}, "thieu-phan": {"chosen": ["o99"]}})
    ward.run()
    mark = ward.marks(receipt)["thieu-phan"]
    assert (mark.score, mark.reason) == (None, "unreadable")
    assert ward.grade("lan", "thieu-phan")["needs"] == 1
    assert "o99" in (ward.course / "autograded/lan" / SLUG / f"{SLUG}.ipynb").read_text(encoding="utf-8")
