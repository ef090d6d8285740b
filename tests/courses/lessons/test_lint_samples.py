"""bdhai lint looks at samples as the judge will: what it would stop, what says nothing, what the task does not ask."""

from __future__ import annotations

import pytest

from courses.lessons import load_lesson
from courses.lessons.lint.figures import figures
from courses.lessons.lint.finding import Common, Subject
from courses.lessons.lint.pasted import check_pasted
from courses.lessons.lint.pictures import SvgError, expect_svg
from courses.lessons.lint.understood import check_understood


@pytest.fixture
def subject(folder, facts):
    """Return a function that gives the lesson as the checks get it, after an edit of its samples."""

    def read(old="", new=""):
        file = folder / "samples.yaml"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")
        return Subject(load_lesson(folder, facts), folder, Common(facts, None, None))

    return read


def test_a_full_sample_that_is_the_model_answer_is_named_at_its_line(subject):
    assert list(check_pasted(subject())) == []
    model = "ban la ky su nong nghiep nhe. hay chi cach tri sau cai bang do co trong bep"
    again = subject("Bạn là kỹ sư. Hãy chỉ cách trị sâu trên cải cho người mới trồng.", model)
    (found,) = check_pasted(again)
    assert found.severity == "warning"
    assert found.message.startswith("du-ca: lenh: gần như chép reference")
    assert (again.folder / found.path.rpartition("/")[2]).read_text("utf-8").splitlines()[
        found.line - 1
    ].strip() == "lenh:"


@pytest.mark.usefixtures("whole")
def test_a_misconception_that_every_sample_has_understood_is_named(subject):
    assert list(check_understood(subject())) == []
    found = check_understood(subject("cang-ngan: false", "cang-ngan: true"))
    assert ["“cang-ngan” bài mẫu nào cũng ghi true" in one.message for one in found] == [True]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Nêu ít nhất hai thứ, không quá 3 câu.", {"2", "3"}),
        ("Họp thứ ba, năm 2026; giá 90.000 đồng.", {"90.000"}),
        ("Một câu, một ý.", set()),
        ("Từ năm tới mười ý.", {"5", "10"}),
    ],
)
def test_figures_are_read_in_digits_and_in_words_and_weekdays_are_none(text, found):
    assert figures(text) == found


@pytest.mark.parametrize(
    ("svg", "line", "why"),
    [
        ("<svg>\n<g>\n</svg>", 3, "thẻ đóng không khớp thẻ mở"),
        ("", 1, "tệp trống hoặc chưa trọn"),
        ("<svg>\n<text>A & B</text></svg>", 2, "có dấu đặt sai chỗ"),
        ('<svg>\n<a x="1" x="2"/></svg>', 2, "hai thuộc tính cùng tên"),
        ("<svg>&nbsp;</svg>", 1, "có ký hiệu lạ"),
        ("<html></html>", 1, "thẻ ngoài cùng là <html>, phải là <svg>"),
        ('<!DOCTYPE svg [\n<!ENTITY a "b">]><svg/>', 2, "không dùng ENTITY"),
    ],
)
def test_a_broken_picture_is_refused_with_its_line_and_what_is_wrong(svg, line, why):
    with pytest.raises(SvgError, match=why) as error:
        expect_svg(svg)
    assert error.value.line == line


def test_a_whole_picture_is_taken():
    expect_svg('<svg xmlns="http://www.w3.org/2000/svg"><title>Chè &amp; nước</title></svg>')
