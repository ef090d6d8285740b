"""number: tolerance, units shown and typed, decimal styles, and what is told of a number that nobody can read."""

import json

import pytest

from courses.exercises.base import AnswerError, DeclarationError
from courses.exercises.registry import kinds


def one(**options):
    return kinds()["number"].read("bai", {"points": 2, **options}, "Bao nhiêu?")


def status(exercise, text):
    name = exercise.numbers[0].id
    return exercise.mark(exercise.parse_answer({"values": {name: text}})).status


@pytest.mark.parametrize(
    "text", ["1500000", "1.500.000", "1,500,000", "1 500 000", "1.500.000 đồng", " 1500000đồng "]
)
def test_every_usual_way_to_write_a_sum_is_right(text):
    assert status(one(answer="1500000", unit="đồng"), text) == "right"


def test_a_dot_before_three_digits_fits_either_as_thousands_or_as_decimals():
    assert [status(one(answer="1500"), text) for text in ("1.500", "1,500", "1500", "1,5")] == [
        "right", "right", "right", "wrong",
    ]  # fmt: skip
    assert [status(one(answer="1,5"), text) for text in ("1.500", "1,500", "1.5", "15")] == [
        "right", "right", "right", "wrong",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("tolerance", "right", "wrong"),
    [
        ("2%", ["98", "102", "101,9"], ["97,9", "102,1"]),
        ("0,5", ["99,5", "100.5"], ["99,4", "101"]),
        ("0", ["100"], ["100,1"]),
    ],
)
def test_tolerance_is_absolute_or_a_percentage(tolerance, right, wrong):
    exercise = one(answer=100, tolerance=tolerance)
    assert {status(exercise, text) for text in right} == {"right"}
    assert {status(exercise, text) for text in wrong} == {"wrong"}


def test_a_typed_unit_is_converted_and_a_missing_or_foreign_one_is_told():
    exercise = one(answer="0,5", unit="ha", units={"m²": "0,0001", "sào Bắc Bộ": "0,036"}, tolerance="1%")
    assert [
        status(exercise, text) for text in ("0,5 ha", "5.000 m²", "5000m2", "5000 M2", "13,9 sào bắc bộ")
    ] == ["right"] * 5
    assert [status(exercise, text) for text in ("0,5", "5000 ha", "0,5 km")] == ["wrong"] * 3
    told = [exercise.told(exercise.parse_answer({"values": {"so": text}})) for text in ("0,5", "0,5 km")]
    assert "thiếu đơn vị" in told[0]
    assert "ha, m², sào Bắc Bộ" in told[1]


def test_a_wrong_unit_after_a_shown_one_is_no_right_answer():
    assert [status(one(answer=12, unit="%"), text) for text in ("12", "12%", "12 %", "12 kg")] == [
        "right", "right", "right", "wrong",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["một triệu rưỡi", "khoảng 5", "1.2.3", "?"])
def test_an_unreadable_number_is_told_kindly_and_marked_wrong(text):
    exercise = one(answer=5)
    answer = exercise.parse_answer({"values": {"so": text}})
    assert exercise.mark(answer).status == "wrong"
    assert "bạn viết số bằng chữ số, ví dụ 1.250,5" in exercise.told(answer)


def test_several_numbers_earn_the_share_that_is_right(make):
    exercise = make("number")
    mark = exercise.mark(exercise.parse_answer({"values": {"tien": "1.500.000", "ty-le": "13"}}))
    assert (mark.score, mark.status) == (1, "partly")
    assert exercise.told(exercise.parse_answer({"values": {"tien": "1"}})) == "Bạn viết đúng 0/3 số."


def test_a_learner_sees_labels_and_units_and_no_number(make):
    public = json.dumps(make("number").public(), ensure_ascii=False)
    for shown in ("Tổng tiền", "đồng", "sào"):
        assert shown in public
    for secret in ("1500000", "12.5", "0.036", "tolerance", "key"):
        assert secret not in public


def test_text_is_an_answer_and_anything_else_is_malformed():
    with pytest.raises(AnswerError, match="phải là chữ"):
        one(answer=5).parse_answer({"values": {"so": 5}})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "cần answer"),
        ({"answer": 1, "numbers": [{"id": "a", "label": "A", "answer": 1}]}, "không dùng cả hai"),
        ({"answer": "năm"}, "phải là số"),
        ({"answer": 1, "tolerance": "-2%"}, "số âm"),
        ({"answer": 1, "units": {"m2": 1}}, "đơn vị gốc"),
        ({"numbers": [{"id": "a", "label": "A", "answer": 1}] * 2}, "có hai lần"),
    ],
)
def test_a_broken_declaration_is_named(options, message):
    with pytest.raises(DeclarationError, match=message):
        one(**options)


def test_samples_are_what_is_typed(make):
    assert one(answer="0,5").sample_answer({"value": 0.5}) == {"values": {"so": "0,5"}}
    assert make("number").sample_answer({"values": {"tien": "1 triệu"}}) == {"values": {"tien": "1 triệu"}}
    with pytest.raises(DeclarationError, match="các id: tien"):
        make("number").sample_answer({"values": {"la": "1"}})
