"""Numbers as the page says them: agreement with its interval, shares in per cent."""

from __future__ import annotations

from collections.abc import Callable

from autograder.audit.figures import CriterionFigures, Figures
from autograder.metrics import Interval
from courses.clock import text_number
from courses.exercises.base import Frozen, RubricExercise

UNKNOWN = "chưa tính được"
FEWEST = 5
"""Pairs below which an interval is not told: drawing few answers anew only repeats them."""


class Told(Frozen):
    """A figure and its interval, in words; ``between`` empty: it has none."""

    value: str
    between: str = ""

    @property
    def text(self) -> str:
        """Both on one line: ``0,62 (0,41 đến 0,78)``."""
        return f"{self.value} ({self.between})" if self.between else self.value


class CriterionRow(Frozen):
    """Agreement on one criterion, in words."""

    text: str
    exact: Told
    kappa: Told
    pairs: int


class FiguresView(Frozen):
    """Agreement on one exercise, in words."""

    pairs: int
    qwk: Told
    exact: Told
    kappa: Told
    criteria: tuple[CriterionRow, ...]


def figures_view(figures: Figures, exercise: RubricExercise) -> FiguresView:
    """Return figures for reading; criteria as the exercise words them today."""
    texts = {criterion.id: criterion.text for criterion in exercise.rubric}
    return FiguresView(
        pairs=figures.n,
        qwk=kappa_told(figures.qwk),
        exact=share_told(figures.exact),
        kappa=kappa_told(figures.kappa),
        criteria=tuple(_criterion(one, texts.get(one.criterion, one.criterion)) for one in figures.criteria),
    )


def _criterion(one: CriterionFigures, text: str) -> CriterionRow:
    return CriterionRow(
        text=text, exact=share_told(one.exact), kappa=kappa_told(one.kappa), pairs=one.exact.n
    )


def kappa_told(own: Interval) -> Told:
    """Return an agreement, 1 at most."""
    if own.value is None:
        return Told(value=UNKNOWN)
    return Told(value=_two(own.value), between=_between(own, _two, ""))


def share_told(own: Interval) -> Told:
    """Return a share in per cent."""
    if own.value is None:
        return Told(value=UNKNOWN)
    return Told(value=percent(own.value), between=_between(own, _whole, " %"))


def _between(own: Interval, said: Callable[[float], str], unit: str) -> str:
    if own.low is None or own.high is None or own.n < FEWEST:
        return ""
    return f"{said(own.low)} đến {said(own.high)}{unit}"


def percent(share: float | None) -> str:
    """Return a share as whole per cent."""
    return UNKNOWN if share is None else f"{_whole(share)} %"


def _two(value: float) -> str:
    return text_number(round(value, 2) + 0.0, 2)  # no −0


def _whole(share: float) -> str:
    return text_number(100 * share, 0)
