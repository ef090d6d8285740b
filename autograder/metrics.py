"""Agreement of two markers: exact, Cohen's κ, quadratic weighted κ, Pearson's r, bias, with bootstrap intervals.

All take two equally long sequences: the first marker's marks and the second's, answer by answer. What is undefined
(no answers; markers without any variation) is None, never 0 or 1: nothing is known then.

Own code rather than scikit-learn and SciPy: the portal and the daily run show these figures too, and would carry
over 100 MB of libraries for five sums. ``tests/autograder/test_metrics.py`` holds them against the textbook matrices.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from statistics import fmean
from typing import TypeVar

from courses.exercises.base import Frozen

RESAMPLES = 1000
SEED = 20261125
_NOTHING = 1e-12  # a variance below it is what rounding leaves of equal marks
T = TypeVar("T")
Metric = Callable[[Sequence[T], Sequence[T]], float | None]


class Interval(Frozen):
    """A figure with its bootstrap 95 % interval. ``low`` and ``high`` are None when too few resamples gave a figure."""

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0  # answers it was computed over


def exact(first: Sequence[object], second: Sequence[object]) -> float | None:
    """Return the share of equal marks, 0 to 1."""
    pairs = list(zip(first, second, strict=True))
    return fmean(one == other for one, other in pairs) if pairs else None


def cohen_kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float | None:
    """Return Cohen's κ of two markers who name categories (Cohen 1960, Educ. Psychol. Meas. 20:37)."""
    observed = exact(first, second)
    if observed is None:
        return None
    ours, theirs, n = Counter(first), Counter(second), len(first)
    by_chance = sum(ours[name] * theirs[name] for name in ours) / (n * n)
    return None if math.isclose(by_chance, 1) else (observed - by_chance) / (1 - by_chance)


def quadratic_weighted_kappa(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Return Cohen's κ weighted by squared distance (Cohen 1968, Psychol. Bull. 70:213).

    Squared weights need no list of categories: κ = 1 − E(a−b)² / (var a + var b + (mean a − mean b)²), which is
    Lin's concordance correlation (Krippendorff 1970). So points of any step are taken as they are.
    """
    if not first:
        return None
    gap = fmean(first) - fmean(second)
    by_chance = _variance(first) + _variance(second) + gap * gap
    observed = fmean((a - b) ** 2 for a, b in zip(first, second, strict=True))
    return 1 - observed / by_chance if by_chance > _NOTHING else None


def pearson(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Return Pearson's correlation."""
    if not first:
        return None
    mine, theirs = fmean(first), fmean(second)
    together = fmean((a - mine) * (b - theirs) for a, b in zip(first, second, strict=True))
    spread = math.sqrt(_variance(first) * _variance(second))
    return together / spread if spread > _NOTHING else None


def bias(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Return by how much the first marker gives more than the second, on average, in the marks' own unit."""
    differences = [a - b for a, b in zip(first, second, strict=True)]
    return fmean(differences) if differences else None


def _variance(marks: Sequence[float]) -> float:
    """Return the population variance; ``statistics.pvariance`` counts in fractions and takes five times as long."""
    mean = fmean(marks)
    return fmean((mark - mean) ** 2 for mark in marks)


def bootstrap(
    metric: Metric[T],
    first: Sequence[T],
    second: Sequence[T],
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Interval:
    """Return a metric with its percentile bootstrap 95 % interval over answers (Efron 1979).

    Args:
        metric: one of this module's.
        first: the first marker's marks.
        second: the second's.
        resamples: how often answers are drawn anew, with replacement.
        seed: same seed, same interval.
    """
    n = len(first)
    if n == 0:
        return Interval(value=None)
    draw = random.Random(seed)  # noqa: S311 - statistics, no secret
    figures = []
    for _ in range(resamples):
        chosen = draw.choices(range(n), k=n)
        figure = metric([first[i] for i in chosen], [second[i] for i in chosen])
        figures += [] if figure is None else [figure]
    low, high = _middle(sorted(figures)) if len(figures) * 2 >= resamples else (None, None)
    return Interval(value=metric(first, second), low=low, high=high, n=n)


def _middle(figures: Sequence[float]) -> tuple[float, float]:
    """Return the 2.5th and 97.5th percentiles of sorted figures."""
    last = len(figures) - 1
    return figures[math.floor(0.025 * last)], figures[math.ceil(0.975 * last)]
