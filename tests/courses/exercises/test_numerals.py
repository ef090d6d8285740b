"""Numbers and dates as Vietnamese people write them, and as phones and spreadsheets do."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.exercises.numerals import day_of, numbers_in, readings, said, split_unit


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1500000", ["1500000"]),
        ("1.500.000", ["1500000"]),
        ("1,500,000", ["1500000"]),
        ("1 500 000", ["1500000"]),
        ("1\u00a0500,25", ["1500.25"]),
        ("1,5", ["1.5"]),
        ("1.5", ["1.5"]),
        (",5", ["0.5"]),
        ("1.250,5", ["1250.5"]),
        ("1,250.5", ["1250.5"]),
        ("-3,5", ["-3.5"]),
        ("\u22123.5", ["-3.5"]),
        ("0.125", ["0.125"]),
        ("1234.567", ["1234.567"]),
    ],
)
def test_what_can_be_read_in_one_way_is_read_so(text, values):
    assert readings(f" {text} ") == tuple(map(Decimal, values))


def test_three_digits_after_one_sign_may_be_thousands_or_decimals_the_vietnamese_way_first():
    assert readings("1.500") == (1500, Decimal("1.5"))
    assert readings("1,500") == (Decimal("1.5"), 1500)


@pytest.mark.parametrize(
    "text", ["", "-", "một triệu", "1.2.3", "1.500.00", "1,5,", "1e5", "٣", "1..5", "9" * 41]
)
def test_what_is_no_number_has_no_reading(text):
    assert readings(text) == ()


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=4))
def test_a_number_said_in_vietnamese_is_read_back(value):
    assert value in readings(said(value))


@given(st.decimals(min_value=0, max_value=10**6, places=3))
def test_comma_and_dot_have_the_same_readings(value):
    plain = f"{value:f}"
    assert set(readings(plain)) == set(readings(plain.replace(".", ",")))


@given(st.text(alphabet="0123456789.,-+ /\u00a0%đồ", max_size=60))
def test_reading_never_fails(text):
    assert len(readings(text)) <= 2
    assert len(split_unit(text)) == 2
    day_of(text)


def test_a_unit_stands_behind_its_number():
    assert split_unit("1.250,5 m²") == ("1.250,5", "m²")
    assert split_unit("12%") == ("12", "%")
    assert split_unit("3 nghìn đồng/kg") == ("3", "nghìn đồng/kg")


def test_days_are_read_day_first_and_impossible_ones_are_none():
    wanted = date(2026, 11, 2)
    assert [day_of(text) for text in ("2/11/2026", "02-11-2026", " 2.11.2026 ", "2026-11-02 00:00:00")] == [
        wanted
    ] * 4
    assert [day_of(text) for text in ("31/02/2026", "11/2026", "2/11/26", "hôm qua")] == [None] * 4


def found(text, **more):
    return {one.written: {*map(float, one.values)} for one in numbers_in(text, **more)}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Tổ có 245 hộ, thu 1.250,5 kg.", {"245": {245}, "1.250,5": {1250.5}}),
        ("được 3,75 triệu", {"3,75": {3.75}}),
        ("1.250 kg", {"1.250": {1250, 1.25}}),
        ("1\u00a0250\u00a0000 đồng", {"1\u00a0250\u00a0000": {1_250_000}}),
        ("15 300 hộ; 4656\u00a0936", {"15": {15}, "300": {300}, "4656": {4656}, "936": {936}}),
        ("1. Thu gom\n2) Bán 3 tạ\n- 4. Nộp", {"3": {3}}),
        ("T12, độ15, mục 1.2.3, ngày 12.11.2026, ٣ hộ", {}),
        ("9" * 41, {}),
        ("họp 19h30, về 21g5 nhé", {"19": {19}, "30": {30}, "21": {21}, "5": {5}}),
        ("90k một gói, 16tr740", {"90": {90}, "16": {16}}),
    ],
)
def test_numbers_of_a_text_are_found_and_read_as_any_other(text, numbers):
    assert found(text) == numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1,2 triệu đồng", {"1,2 triệu": {1_200_000}}),
        ("1 tỷ 250 triệu", {"1 tỷ 250 triệu": {1_250_000_000}}),
        ("3 NGHÌN TỶ và 5 ngàn", {"3 NGHÌN TỶ": {3 * 10**12}, "5 ngàn": {5000}}),
        ("2 nghìn 7 triệu", {"2 nghìn": {2000}, "7 triệu": {7_000_000}}),
        ("5 triệu, 3 nghìn", {"5 triệu": {5_000_000}, "3 nghìn": {3000}}),
        ("đạt 15 tỷ lệ; 8 triệuphú", {"15": {15}, "8": {8}}),
        ("1.2.3 triệu 5 nghìn", {"5 nghìn": {5000}}),
        ("90k một gói, 90 nghin", {"90k": {90_000}, "90 nghin": {90_000}}),
        ("16tr740 hay 16,74 tr", {"16tr740": {16_740_000}, "16,74 tr": {16_740_000}}),
        ("1tr2, 2ty5, 3 trieu 250 nghin", {"1tr2": {1.2e6}, "2ty5": {2.5e9}, "3 trieu 250 nghin": {3.25e6}}),
        ("lúc 7h30, 5 km, 3 trang, 2 kg", {"7": {7}, "30": {30}, "5": {5}, "3": {3}, "2": {2}}),
    ],
)
def test_words_of_size_belong_to_the_number_where_they_are_asked_for(text, numbers):
    assert found(text, sizes=True) == numbers


@given(st.text(alphabet="0123456789., \u00a0\ntriệunghìtỷ-", max_size=80))
def test_every_number_found_in_a_text_has_the_readings_of_what_is_written(text):
    for one in numbers_in(text):
        assert one.written in text
        assert one.values == set(readings(one.written)) != set()
    assert all(one.values for one in numbers_in(text, sizes=True))
