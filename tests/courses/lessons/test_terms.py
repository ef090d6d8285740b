"""Explained words: known to the glossary, plain in a notebook, kept as marks for the lesson page."""

from __future__ import annotations

import pytest

from courses.catalog.glossary import GLOSSARY, Term, load_glossary
from courses.lessons import LessonError, load_lesson, load_lessons
from courses.lessons.lint import lint
from courses.lessons.notebook import source_notebook
from courses.lessons.terms import plain
from courses.site import REPOSITORY
from courses.yaml_errors import YamlError

TURN = "Bây giờ tới lượt bạn."


def prose(lesson):
    return [cell for cell in source_notebook(lesson)["cells"] if cell["metadata"]["bdhai"]["role"] == "prose"]


def test_a_notebook_explains_a_term_at_its_first_use_only(folder, facts, edit):
    edit(TURN, "Bạn viết {term:lenh|một lệnh} rồi sửa {term:lenh}.")
    lesson = load_lesson(folder, facts)
    text = "\n".join(cell["source"] for cell in prose(lesson))
    means = lesson.terms["lenh"].means.rstrip(".")
    assert f"bạn viết lệnh ({means}) cho AI" in text
    assert "Bạn viết một lệnh rồi sửa lệnh." in text
    assert "{term:" not in text


def test_the_lesson_page_gets_the_marks_with_their_words(folder, facts):
    first, *others = prose(load_lesson(folder, facts))
    assert "{term:lenh|lệnh}" in first["metadata"]["bdhai"]["marked"]
    assert all("marked" not in cell["metadata"]["bdhai"] for cell in others)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (TURN, "Đây là {term:khong-co}.", "term “khong-co” chưa có trong courses/catalog/glossary.yaml"),
        (
            "Chạm vào chỗ AI bịa.",
            "Chạm vào chỗ {term:ai-bia}.",
            "spot: {term:ai-bia} chỉ dùng trong phần đọc: đưa ra ngoài khối bài tập",
        ),
    ],
)
def test_a_term_that_cannot_be_shown_is_named_at_its_line(folder, facts, edit, old, new, message):
    line = edit(old, new)
    with pytest.raises(LessonError) as error:
        load_lesson(folder, facts)
    assert f"level1/02-lenh-thu/lesson.md:{line}: {message}" in str(error.value)


@pytest.mark.parametrize(
    ("means", "message"),
    [
        ("Một. Hai. Ba.", "dài quá 2 câu: viết gọn lại"),
        ("Không có dấu chấm", "câu cuối thiếu dấu chấm"),
        ("", "đang bỏ trống: hãy điền vào"),
    ],
)
def test_an_explanation_is_at_most_two_sentences(tmp_path, means, message):
    file = tmp_path / "glossary.yaml"
    file.write_text(f'- id: mot\n  word: một\n  means: "{means}"\n', encoding="utf-8")
    with pytest.raises(YamlError, match=rf"^glossary\.yaml:3: means: {message}$"):
        load_glossary(file)


def test_two_terms_may_not_share_an_id(tmp_path):
    file = tmp_path / "glossary.yaml"
    entry = '- {id: mot, word: một, means: "Số một."}\n'
    file.write_text(entry * 2, encoding="utf-8")
    with pytest.raises(YamlError, match=r"glossary\.yaml:2: id “mot” có hai lần"):
        load_glossary(file)


def test_every_term_of_the_glossary_is_used_and_every_lesson_uses_one():
    used = [set(lesson.terms) for lesson in load_lessons(REPOSITORY)]
    assert all(used)
    assert set().union(*used) == set(load_glossary(GLOSSARY))


def test_an_explanation_in_brackets_has_no_full_stop_of_its_own():
    assert Term(id="x", word="x", means="Là x.").bracketed == "(Là x)"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Có {term:x|chữ x}, rồi {term:x|x}.", "Có chữ x (Là x), rồi x."),
        ("- **Ra {term:x|chữ x}.** Viết đi.", "- **Ra chữ x.** (Là x) Viết đi."),
        ("Hỏi “{term:x|chữ x} đâu?” rồi đi.", "Hỏi “chữ x đâu?” (Là x) rồi đi."),
        (
            "> Viết {term:x|chữ x}\n> nhé\n\nRồi {term:x|x}.",
            "> Viết chữ x\n> nhé\n\n*chữ x: Là x.*\n\nRồi x.",
        ),
        ("## Về {term:x|x}\n\nĐọc.", "## Về x\n\n*x: Là x.*\n\nĐọc."),
    ],
)
def test_in_a_notebook_an_explanation_makes_no_bold_quoted_or_large_words_longer(text, told):
    assert plain(text, {"x": Term(id="x", word="x", means="Là x.")}, set()) == told


def test_cards_are_three_or_lint_says_so(root, facts, folder, edit):
    line = edit(', {q: "Một lệnh tốt có mấy phần?", a: "Bốn phần."}', "")
    (found,) = [str(one) for one in lint(root, [folder], facts=facts)]
    assert found.startswith(f"level1/02-lenh-thu/lesson.md:{line}: cards: có 2 thẻ: mỗi bài cần đúng 3 thẻ")


def test_a_lesson_without_cards_is_told(root, facts, folder):
    lines = (folder / "lesson.md").read_text(encoding="utf-8").split("\n")
    kept = [line for line in lines if not line.startswith("cards:")]
    (folder / "lesson.md").write_text("\n".join(kept), encoding="utf-8")
    found = [str(one) for one in lint(root, [folder], facts=facts)]
    told = "level1/02-lenh-thu/lesson.md:1: thiếu cards: thêm đúng 3 thẻ ôn, mỗi thẻ có q và a"
    assert any(one.startswith(told) for one in found), found


def test_the_same_question_twice_and_a_page_as_answer_are_told(root, facts, folder, edit):
    edit("Một lệnh tốt có mấy phần?", "AI viết bằng cách nào?")
    edit("Nó đoán từng chữ.", "chữ " * 41)
    found = " ".join(str(one) for one in lint(root, [folder], facts=facts))
    assert "có hai thẻ cùng một câu hỏi" in found
    assert "dài quá 40 chữ" in found
