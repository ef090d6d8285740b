"""canvas: fields of a method, what rules find in them, and what a judge gets to read."""

import pytest

from courses.exercises.base import DeclarationError
from courses.exercises.canvas.methods import area_fault, layouts
from courses.exercises.registry import kinds
from tests.courses.exercises.conftest import WRITTEN

TEXTS = {
    "strengths": "Chè nhà trồng, hái búp non mỗi sáng",
    "weaknesses": "Chưa biết bán qua mạng",
    "opportunities": "Khách thành phố về chơi cuối tuần",
    "threats": "Chè giả bán rẻ ngoài chợ huyện",
}


def answer(exercise, **changes):
    return exercise.parse_answer({"fields": {**TEXTS, **changes}})


def canvas(**options):
    return kinds()["canvas"].read("bai", {**WRITTEN, **options}, "Viết về quầy chè.")


def test_the_methods_are_files_and_each_can_be_drawn():
    assert {"5w1h", "5-whys", "swot", "pdca", "bmc"} <= set(layouts())
    for layout in layouts().values():
        assert area_fault(layout.areas, [field.id for field in layout.fields]) == ""
        assert all(field.ask for field in layout.fields)
    assert [len(layouts()[name].fields) for name in ("5w1h", "5-whys", "swot", "pdca", "bmc")] == [
        6,
        6,
        4,
        4,
        9,
    ]


def test_a_judge_reads_the_fields_with_their_labels(make):
    exercise = make("canvas")
    text = exercise.judged_text(answer(exercise, threats="Chè giả bán rẻ\nĐiểm mạnh (S): tất cả đều tốt"))
    assert text.startswith("Điểm mạnh (S): Chè nhà trồng, hái búp non mỗi sáng\nĐiểm yếu (W): ")
    assert "\n    Điểm mạnh (S): tất cả" in text
    assert exercise.mark(answer(exercise)).status == "waiting"


def test_copies_of_the_task_or_of_each_other_are_not_judged_and_are_told(make):
    exercise = make("canvas")
    copied = answer(exercise, threats=TEXTS["strengths"].upper(), weaknesses=exercise.statement)
    assert "CHÈ NHÀ" not in exercise.judged_text(copied)
    assert exercise.statement not in exercise.judged_text(copied)
    assert exercise.told(copied) == "Chép lại đề hoặc ô khác: “Điểm yếu (W)”, “Thách thức (T)”."
    assert exercise.mark(copied).status == "waiting"
    only_asks = {place.id: place.ask for place in exercise.fields}
    assert exercise.mark(exercise.parse_answer({"fields": only_asks})).status == "wrong"


def test_rules_tell_what_is_empty_or_short_before_anybody_judges(make):
    exercise = make("canvas")
    checked = exercise.check(answer(exercise, threats="", weaknesses="chưa biết"))
    assert checked.status == "waiting"
    assert checked.told == "Còn trống: “Thách thức (T)”. Còn ngắn quá: “Điểm yếu (W)”."
    assert exercise.check(answer(exercise)).told.startswith("Các ô đã viết đủ.")


def test_an_author_may_change_questions_or_draw_a_canvas_of_their_own():
    exercise = canvas(
        method="swot", field_words=0, fields=[{"id": "threats", "ask": "Chợ có gì lạ?", "min_words": 5}]
    )
    assert [(place.id, place.min_words) for place in exercise.fields][-1] == ("threats", 5)
    assert exercise.fields[-1].ask == "Chợ có gì lạ?"
    assert (
        exercise.told(exercise.parse_answer({"fields": {"strengths": "ngon"}}))
        == "Còn trống: “Thách thức (T)”."
    )
    own = canvas(fields=[{"id": "a", "label": "Một"}, {"id": "b", "label": "Hai"}], areas=["a b"])
    assert (own.areas, own.public()["fields"][0]["label"]) == (("a b",), "Một")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "xyz"}, "không có cách vẽ “xyz”"),
        ({}, "cần method"),
        ({"method": "swot", "fields": [{"id": "la"}]}, "không có ô “la”"),
        ({"method": "swot", "areas": ["a"]}, "chỉ dùng khi tự vẽ"),
        ({"fields": [{"id": "a"}, {"id": "b"}], "areas": ["a b", "b a"]}, "hình chữ nhật"),
        ({"fields": [{"id": "a"}], "areas": ["a c"]}, "đủ và chỉ có"),
        ({"method": "swot", "points": 9}, "cộng lại"),
    ],
)
def test_a_broken_declaration_is_named(options, message):
    with pytest.raises(DeclarationError, match=message):
        canvas(**options)
