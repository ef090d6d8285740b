"""Informal writing costs nothing: the paired test set, judged by a judge who thinks the same of both texts."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from autograder.checks import hard_check
from autograder.evaluate import DatasetError
from autograder.evaluate.pairs import compare, read_pairs
from autograder.openai_judge import OpenAIJudge
from autograder.quotes import is_found
from autograder.signals import expected_share
from courses.lessons import load_lessons
from courses.site import REPOSITORY
from tests.fake_openai import FakeOpenAI, by_answer

LESSONS = load_lessons(REPOSITORY)
PAIRS = read_pairs(LESSONS)
EXPECTED = {text: pair.row.verdicts for pair in PAIRS for text in (pair.row.formal, pair.row.informal)}


def run(server, pairs=PAIRS):
    return compare(OpenAIJudge(server.base_url, "key", "fake", retries=0), pairs)


def test_there_are_at_least_forty_pairs_of_three_styles_over_every_exercise_with_a_rubric():
    assert len(PAIRS) >= 40
    assert len({pair.row.id for pair in PAIRS}) == len(PAIRS)
    assert min(Counter(pair.row.style for pair in PAIRS).values()) >= 10
    assert len({(pair.row.lesson, pair.row.exercise, pair.row.case) for pair in PAIRS}) >= 8
    assert all(set(pair.row.verdicts) == {c.id for c in pair.exercise.rubric} for pair in PAIRS)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.row.id)
def test_no_hard_check_stops_either_text(pair):
    assert hard_check(pair.exercise, pair.row.formal) is None
    assert hard_check(pair.exercise, pair.row.informal) is None


@pytest.mark.parametrize(
    "pair", [p for p in PAIRS if p.row.style == "khong-dau"], ids=lambda pair: pair.row.id
)
def test_a_quote_of_one_text_without_diacritics_stands_in_the_other(pair):
    words = pair.row.formal.split()
    for start in range(0, len(words) - 5, 5):
        quote = " ".join(words[start : start + 5])
        assert is_found(quote, pair.row.informal)


def test_the_same_verdicts_become_the_same_marks_whatever_the_writing():
    with FakeOpenAI(by_answer(EXPECTED)) as server:
        found = run(server)
    assert found.pairs == len(PAIRS)
    assert found.marked >= 0.9 * found.pairs
    assert (found.difference.value, found.absolute, found.same, found.one_silent) == (0, 0, 1, 0)
    assert all(style.difference.value == 0 for style in found.styles.values())


def test_the_vocabulary_lets_expect_about_the_same_of_both_texts():
    gaps = [
        after - before
        for pair in PAIRS
        if (before := expected_share(pair.exercise, pair.row.formal, pair.samples)) is not None
        if (after := expected_share(pair.exercise, pair.row.informal, pair.samples)) is not None
    ]
    assert len(gaps) == len(PAIRS)
    assert abs(sum(gaps) / len(gaps)) < 0.02
    assert max(map(abs, gaps)) < 0.3


def test_a_judge_who_looks_down_on_missing_diacritics_is_found_out():
    def snob(asked):
        claims = by_answer(EXPECTED)(asked)
        proper = any(letter in asked.answer for letter in "ạảãàáâậầấẩẫăắằặẳẵ")
        first = next(iter(asked.criteria))
        return claims if proper else claims | {first: (False, "")}

    with FakeOpenAI(snob) as server:
        found = run(server)
    assert found.difference.value < 0
    assert found.styles["khong-dau"].difference.value < found.styles["teencode"].difference.value
    assert found.unequal
    assert all("khong-dau" in id_ for id_ in found.unequal)


def test_a_pair_that_names_no_exercise_is_told_with_its_line(tmp_path):
    row = PAIRS[0].row.model_dump()
    path = tmp_path / "cap.jsonl"
    path.write_text(f"{json.dumps(row)}\n{json.dumps(row | {'exercise': 'khac'})}\n", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"cap\.jsonl:2: không có bài viết “khac” trong bài học"):
        read_pairs(LESSONS, path)
