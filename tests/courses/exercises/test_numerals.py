"""Numbers and dates as Vietnamese people write them, and as phones and spreadsheets do."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.exercises.numerals import day_of, readings, said, split_unit


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
