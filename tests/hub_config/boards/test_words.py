"""Names that people chose can't break the table."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_config.boards.words import LONGEST, NAMELESS, shown


@pytest.mark.parametrize("name", ["Búp Chè 27", "Tổ dân phố 7", "Nguyễn Thị Hoà", "Nhóm 👩‍🌾"])
def test_an_ordinary_name_stays_as_it_is(name):
    assert shown(name).replace("\u200d", "") == name.replace("\u200d", "")


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@x", "  =1", "\x00=1"])
def test_a_formula_stays_text_in_a_spreadsheet(name):
    assert shown(name)[0] == "\u2060"


def test_an_endless_name_ends_in_dots():
    assert shown("x" * 10_000) == "x" * LONGEST + "…"
    assert len(shown("dài " * 2500)) <= LONGEST + 1


def test_direction_and_control_signs_go():
    assert shown("\u202ea\u2066b\x00c\x07") == "abc"


def test_marks_do_not_pile_up():
    assert len(shown("a" + "\u0316" * 400)) == 3


@pytest.mark.parametrize("name", ["", "   ", "\u202e", "\n\t"])
def test_a_name_of_nothing_is_said_to_be_one(name):
    assert shown(name) == NAMELESS


@given(st.text())
def test_whatever_the_name_it_is_short_and_visible(name):
    text = shown(name)
    assert 1 <= len(text) <= LONGEST + 2
    body = text.removeprefix("\u2060")
    assert body
    assert not any(unicodedata.category(sign)[0] == "C" for sign in body)
    assert body[0] not in "=+-@" or text[0] == "\u2060"
