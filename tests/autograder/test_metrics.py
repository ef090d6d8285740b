"""Agreement figures against the textbook's matrices, and what they do where nothing is known."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.metrics import bias, bootstrap, cohen_kappa, exact, pearson, quadratic_weighted_kappa

MARKS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=40)


def textbook_kappa(pairs, weight):
    """1 − Σ w·observed / Σ w·expected over the matrix of categories (Cohen 1968)."""
    n = len(pairs)
    observed = sum(weight(a, b) for a, b in pairs) / n
    expected = sum(weight(a, b) for (a, _), (_, b) in itertools.product(pairs, pairs)) / (n * n)
    return None if expected == 0 else 1 - observed / expected


@given(MARKS)
def test_the_weighted_kappa_is_that_of_the_matrices(pairs):
    first, second = zip(*pairs, strict=True)
    found, wanted = quadratic_weighted_kappa(first, second), textbook_kappa(pairs, lambda a, b: (a - b) ** 2)
    assert (found is None) == (wanted is None)
    assert wanted is None or math.isclose(found, wanted, abs_tol=1e-9)


@given(MARKS)
def test_the_plain_kappa_is_that_of_the_matrices(pairs):
    first, second = zip(*pairs, strict=True)
    found, wanted = cohen_kappa(first, second), textbook_kappa(pairs, lambda a, b: a != b)
    assert (found is None) == (wanted is None)
    assert wanted is None or math.isclose(found, wanted, abs_tol=1e-9)


def test_a_worked_example():
    """Cohen's own 1960 layout: 50 answers, agreement 0.70, chance 0.50, κ 0.40."""
    both_yes, only_first, only_second, both_no = [20, 5, 10, 15]
    first = [True] * (both_yes + only_first) + [False] * (only_second + both_no)
    second = [True] * both_yes + [False] * only_first + [True] * only_second + [False] * both_no
    assert exact(first, second) == pytest.approx(0.70)
    assert cohen_kappa(first, second) == pytest.approx(0.40)


def test_pearson_and_bias_say_what_kappa_does_not():
    generous = [value + 2 for value in (0, 1, 2, 3)]
    assert pearson(generous, [0, 1, 2, 3]) == pytest.approx(1)
    assert bias(generous, [0, 1, 2, 3]) == pytest.approx(2)
    assert quadratic_weighted_kappa(generous, [0, 1, 2, 3]) == pytest.approx(1 - 4 / (1.25 + 1.25 + 4))


def test_where_nothing_varies_nothing_is_known():
    assert quadratic_weighted_kappa([], []) is None
    assert quadratic_weighted_kappa([3, 3], [3, 3]) is None
    assert quadratic_weighted_kappa([0.1] * 3, [0.1] * 3) is None
    assert pearson([0.1] * 3, [0.1, 0.2, 0.3]) is None
    assert cohen_kappa([True, True], [True, True]) is None
    assert pearson([1, 1, 1], [1, 2, 3]) is None
    assert exact([], []) is None
    assert bias([], []) is None


def test_marks_that_do_not_pair_up_are_refused():
    with pytest.raises(ValueError, match="zip"):
        exact([1, 2], [1])


def test_an_interval_holds_the_figure_is_repeatable_and_narrows_with_more_answers():
    first, second = [0, 1, 2, 3, 4, 5] * 5, [0, 1, 3, 3, 4, 4] * 5
    few = bootstrap(quadratic_weighted_kappa, first[:6], second[:6])
    many = bootstrap(quadratic_weighted_kappa, first, second)
    assert many == bootstrap(quadratic_weighted_kappa, first, second)
    assert many.low < many.value < many.high
    assert many.high - many.low < few.high - few.low
    assert many.n == 30


def test_an_interval_of_nothing_is_unknown():
    assert bootstrap(exact, [], []).value is None
    same = bootstrap(cohen_kappa, [True] * 5, [True] * 5)
    assert (same.value, same.low, same.high) == (None, None, None)
