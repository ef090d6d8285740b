"""samples.yaml: authors write what a person reads; the loader stores what the portal stores."""

import pytest

from courses.lessons import LessonError, load_lesson

NAME = "level1/02-lenh-thu/samples.yaml"


def test_answers_are_stored_as_the_player_would_store_them(folder, facts):
    lesson = load_lesson(folder, facts)
    full = lesson.samples[0]
    assert [sample.role for sample in lesson.samples] == ["full", "partial", "blank", "wrong"]
    assert full.expect["viec-tot"].answer == {"chosen": ["o1", "o2"]}
    assert full.expect["bia"].answer == {"marked": ["p1", "p3"]}
    for exercise, expected in full.expect.items():
        variant = lesson.slot(exercise).variant(full.case)
        assert not variant.is_blank(variant.parse_answer(expected.answer))


def test_a_lesson_without_samples_still_loads(folder, facts):
    (folder / "samples.yaml").unlink()
    assert load_lesson(folder, facts).samples == ()


@pytest.mark.parametrize(
    "case",
    [
        ("- name: mot-phan", "- name: du-ca", "tên “du-ca” có hai lần"),
        ("role: partial", "role: half", "role: chỉ được là một trong"),
        ("case: official", "case: farmer", "case: chỉ được là một trong"),
        (
            "doan-chu: {answer: {chosen: [1]}",
            "doan-chu: {answer: {chosen: [9]}",
            "mot-phan: doan-chu: chosen phải",
        ),
        ("day-be-che:", "day-ai:", "du-ca: day-ai: bài học không có bài “day-ai”"),
        ('marked: ["300 vạn dân"]', 'marked: ["300 nghìn dân"]', "bài không có đoạn “300 nghìn dân”"),
        (
            "doan-chu: {answer: {chosen: [1]}",
            "doan-chu: {answer: {chosen: [1, 2]}",
            "Câu này chỉ chọn một phương án.",
        ),
        ("- name: mot-phan", "- nam: mot-phan", "name: thiếu mục này"),
    ],
)
def test_a_fault_in_the_samples_is_named_with_its_line(folder, facts, edit, case):
    old, new, message = case
    line = edit(old, new, "samples.yaml")
    with pytest.raises(LessonError) as caught:
        load_lesson(folder, facts)
    assert any(str(f).startswith(f"{NAME}:{line}: ") and message in str(f) for f in caught.value.faults), (
        caught.value
    )
