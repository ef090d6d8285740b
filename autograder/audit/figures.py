"""How well judge and people agree, per exercise and per criterion, each figure with its bootstrap interval."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from autograder.audit.pairs import Pair
from autograder.metrics import Interval, bootstrap, cohen_kappa, exact, quadratic_weighted_kappa
from courses.exercises.base import Frozen

_REMEMBERED = 512  # exercises and criteria whose intervals a process need not draw again


class CriterionFigures(Frozen):
    """Agreement on one criterion, over the pairs in which both decided it."""

    criterion: str
    exact: Interval
    kappa: Interval


class Figures(Frozen):
    """Agreement on one exercise. ``exact``, ``kappa`` and ``qwk`` are of the points; ``n`` pairs."""

    n: int
    exact: Interval
    kappa: Interval
    qwk: Interval
    criteria: tuple[CriterionFigures, ...]


def figures_of(pairs: Sequence[Pair]) -> Figures:
    """Return the figures of one exercise's pairs. Criteria come in the order in which they are first met."""
    names = dict.fromkeys(name for pair in pairs for name in pair.judge if name in pair.person)
    points, kappa, qwk = _of_points(tuple((pair.judge_score, pair.person_score) for pair in pairs))
    return Figures(
        n=len(pairs),
        exact=points,
        kappa=kappa,
        qwk=qwk,
        criteria=tuple(_criterion(name, pairs) for name in names),
    )


def _criterion(name: str, pairs: Sequence[Pair]) -> CriterionFigures:
    both = (pair for pair in pairs if name in pair.judge and name in pair.person)
    equal, kappa = _of_verdicts(tuple((pair.judge[name], pair.person[name]) for pair in both))
    return CriterionFigures(criterion=name, exact=equal, kappa=kappa)


@lru_cache(maxsize=_REMEMBERED)
def _of_points(marks: tuple[tuple[float, float], ...]) -> tuple[Interval, Interval, Interval]:
    ours, theirs = [mark[0] for mark in marks], [mark[1] for mark in marks]
    return (
        bootstrap(exact, ours, theirs),
        bootstrap(cohen_kappa, ours, theirs),
        bootstrap(quadratic_weighted_kappa, ours, theirs),
    )


@lru_cache(maxsize=_REMEMBERED)
def _of_verdicts(verdicts: tuple[tuple[bool, bool], ...]) -> tuple[Interval, Interval]:
    ours, theirs = [own[0] for own in verdicts], [own[1] for own in verdicts]
    return bootstrap(exact, ours, theirs), bootstrap(cohen_kappa, ours, theirs)
