"""“Hôm nay bạn sẽ dạy lại”: announced at the start, done at the end."""

from __future__ import annotations

import pytest

from courses.lessons import load_lesson
from courses.lessons.announce import announcement, opening
from courses.lessons.lint import lint


@pytest.mark.parametrize(
    ("statement", "begins"),
    [
        ("Bé hỏi: “Sao dặn nhiều thế? Mệt quá!” Bạn giảng cho bé.", "Bé hỏi: “Sao dặn nhiều thế? Mệt quá!”"),
        (
            "Mai bác đi học. Bác bảo: “Đưa mã cho xong.” Bạn nói sao?",
            "Mai bác đi học. Bác bảo: “Đưa mã cho xong.”",
        ),
        ("Kể 3.5 điều\ncho cô. Viết ngắn.", "Kể 3.5 điều cho cô."),
        ("Kể cho cô\n\nĐoạn hai.", "Kể cho cô"),
        ("Bà gọi là “máy biết hết” mãi. Bạn giảng.", "Bà gọi là “máy biết hết” mãi."),
    ],
)
def test_the_opening_is_what_somebody_says(statement, begins):
    assert opening(statement) == begins


def test_the_announcement_names_the_exercise_and_quotes_its_opening(folder, facts):
    lesson = load_lesson(folder, facts)
    text = announcement(lesson)
    assert text.startswith("**Hôm nay bạn sẽ dạy lại bài này.** Ở Câu 6,")
    assert f"> {opening(lesson.teach_back.variant('').statement)}" in text


def test_a_lesson_without_teach_back_announces_none(folder, facts):
    lesson = load_lesson(folder, facts)
    without = tuple(block for block in lesson.blocks if block is not lesson.teach_back)
    assert announcement(lesson.model_copy(update={"blocks": without})) == ""


def test_an_exercise_behind_the_teach_back_is_an_error(root, facts, folder):
    file = folder / "lesson.md"
    extra = "\n:::{choice} sau-cung\n\nCâu thêm?\n\n- [x] Có\n- [ ] Không\n:::\n"
    text = file.read_text(encoding="utf-8")
    file.write_text(text + extra, encoding="utf-8")
    line = text.count("\n") + 2
    found = [str(one) for one in lint(root, [folder], facts=facts)]
    message = "choice: teach phải là bài tập cuối cùng: đưa bài này lên trước"
    assert any(one.startswith(f"level1/02-lenh-thu/lesson.md:{line}: {message}") for one in found), found
