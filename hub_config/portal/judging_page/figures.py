"""Numbers as the page says them: agreement with its interval, shares in per cent."""

from __future__ import annotations

from autograder.audit.figures import CriterionFigures, Figures
from autograder.metrics import Interval
from courses.clock import text_number
from courses.exercises.base import Frozen, RubricExercise

UNKNOWN = "chưa tính được"


class CriterionRow(Frozen):
    """Agreement on one criterion, in words."""

    text: str
    exact: str
    kappa: str
    pairs: int


class FiguresView(Frozen):
    """Agreement on one exercise, in words."""

    pairs: int
    qwk: str
    exact: str
    kappa: str
    criteria: tuple[CriterionRow, ...]


def figures_view(figures: Figures, exercise: RubricExercise) -> FiguresView:
    """Return figures for reading; criteria as the exercise words them today."""
    texts = {criterion.id: criterion.text for criterion in exercise.rubric}
    return FiguresView(
        pairs=figures.n,
        qwk=kappa_words(figures.qwk),
        exact=share_words(figures.exact),
        kappa=kappa_words(figures.kappa),
        criteria=tuple(_criterion(one, texts.get(one.criterion, one.criterion)) for one in figures.criteria),
    )


def _criterion(one: CriterionFigures, text: str) -> CriterionRow:
    return CriterionRow(
        text=text, exact=share_words(one.exact), kappa=kappa_words(one.kappa), pairs=one.exact.n
    )


def kappa_words(own: Interval) -> str:
    """Return ``0,62 (0,41 đến 0,78)``."""
    if own.value is None:
        return UNKNOWN
    between = "" if own.low is None or own.high is None else f" ({_two(own.low)} đến {_two(own.high)})"
    return f"{_two(own.value)}{between}"


def share_words(own: Interval) -> str:
    """Return ``80 % (62 đến 93 %)``."""
    if own.value is None:
        return UNKNOWN
    between = "" if own.low is None or own.high is None else f" ({_whole(own.low)} đến {_whole(own.high)} %)"
    return f"{percent(own.value)}{between}"


def percent(share: float | None) -> str:
    """Return a share as whole per cent."""
    return UNKNOWN if share is None else f"{_whole(share)} %"


def _two(value: float) -> str:
    return text_number(round(value, 2) + 0.0, 2)  # no −0


def _whole(share: float) -> str:
    return text_number(100 * share, 0)
