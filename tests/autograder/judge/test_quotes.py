"""Quotes count only where they stand, in the learner's own words."""

from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.quotes import _nearly, allowed_edits, is_found, is_own, locate
from courses.exercises.pasting import fold

ANSWER = "Bạn là tổ trưởng dân phố vui tính. Hãy soạn lời mời họp tổ, viết ba câu thân mật!"


@pytest.mark.parametrize(
    "quote",
    [
        "soạn lời mời họp tổ",
        "SOẠN LỜI MỜI HỌP TỔ",
        "soan loi moi hop to",
        unicodedata.normalize("NFD", "soạn lời mời họp tổ"),
        "soạn   lời\nmời, họp tổ.",
        "“soạn lời mời” họp tổ",
        "soạn lời m\u200bời họp tổ",
        "Bạn là tổ trưởng … viết ba câu",
        "hãy soạn một lời mời họp tổ",  # one word added in six
        "hãy soạn lời mời họp dân",  # one word changed in six
    ],
)
def test_a_quote_is_found_whatever_its_dress_and_with_one_edit_in_five_words(quote):
    assert is_found(quote, ANSWER)


@pytest.mark.parametrize(
    "quote",
    [
        "",
        "…",
        "!",
        "viết",
        "viết bốn câu",
        "soạn thư mời khách",
        "nói rõ độ dài",
        "Bạn là tổ trưởng … năm câu",
    ],
)
def test_words_that_do_not_stand_in_the_answer_are_not_found(quote):
    assert not is_found(quote, ANSWER)


def test_one_word_is_enough_only_when_the_answer_is_one_word():
    assert is_found("chè", "Chè!")
    assert not is_found("là", ANSWER)


def test_a_short_quote_must_stand_exactly():
    assert allowed_edits(fold("lời mời họp tổ")) == 0
    assert not is_found("lời chào họp tổ", ANSWER)


@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_every_stretch_of_a_text_is_located(words, rng: random.Random):
    start = rng.randrange(len(words))
    end = rng.randrange(start, len(words)) + 1
    found = locate(words[start:end], words, 0)
    assert found is not None
    assert words[found[0] : found[1]] == words[start:end]


@given(
    st.lists(st.sampled_from("abc"), min_size=1, max_size=6),
    st.lists(st.sampled_from("abc"), max_size=8),
    st.integers(0, 3),
)
def test_located_means_some_stretch_is_within_the_edits(quote, text, edits):
    stretches = [text[i:j] for i in range(len(text)) for j in range(i + 1, len(text) + 1)]
    near = any(_distance(quote, stretch) <= edits for stretch in stretches)
    located = locate(quote, text, edits)
    assert (located is not None) == (near and len(quote) > edits) or len(quote) <= edits


def _distance(one: list[str], two: list[str]) -> int:
    row = list(range(len(two) + 1))
    for i, a in enumerate(one, start=1):
        previous, row[0] = row[0], i
        for j, b in enumerate(two, start=1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]


CRITERION = "Lệnh nói rõ AI đóng vai ai và phải làm việc gì."
TASK = "Tối thứ bảy tổ họp bàn chuyện lắp đèn ngõ ở nhà văn hóa. Hãy viết lệnh."


def test_a_long_passage_of_the_task_or_of_a_criterion_is_no_evidence():
    copied = f"Thưa cô, {TASK} Em xin hết ạ."
    assert not is_own("tổ họp bàn chuyện lắp đèn ngõ ở nhà văn hóa", copied, [CRITERION], [TASK])
    assert not is_own("nói rõ AI đóng vai ai", f"Đây ạ: {CRITERION} Hết.", [CRITERION], [TASK])


def test_a_short_passage_counts_inside_own_words_only():
    own = "Hãy đóng vai người quen rồi làm giúp tôi lời mời."
    assert is_own("đóng vai", own, ["Lệnh nói rõ AI đóng vai ai."], [TASK])
    assert not is_own("đóng vai", "AI đóng vai ai", ["Lệnh nói rõ AI đóng vai ai."], [TASK])


words_of_few = st.lists(st.sampled_from("abcd"), min_size=1, max_size=8)


@given(words_of_few, st.lists(st.sampled_from("abcd"), max_size=12), st.integers(0, 3))
def test_the_short_ways_of_locate_find_what_the_whole_search_finds(quote, text, edits):
    assert locate(quote, text, edits) == _nearly(quote, text, edits)
