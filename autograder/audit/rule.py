"""When an exercise falls silent by itself: the audit shows that judge and people do not agree on it.

With ``enough`` blind pairs the rule is the issue's own: quadratic weighted κ over points below ``agreement``. The
estimate counts, not its interval's lower end: at ten pairs the interval is about ±0.3 wide, so the lower end would
silence almost every exercise, the upper end almost none. An error costs unlike things: a judge wrongly silenced costs
a person one look, a judge wrongly heard costs learners their marks.

Ten pairs are two hundred judged answers (5 % are drawn), too many to wait for when a judge is simply wrong. With
fewer, κ says nothing yet (one pair moves it by tenths), but the share of equal points does: fewer than half equal
among at least ``few`` pairs. A judge who agrees exactly in 7 of 10 answers, as one at κ 0.70 about does, is silenced
so with a chance of 6 to 16 % (binomial: 8 % at four pairs, 16 % at five, 6 % at eight); one who agrees in 3 of 10 is
caught with 65 % at four pairs and 81 % at eight.

Only blind pairs count (``Pair.source == "audit"``). Answers from the queue, from appeals and from a second look are
a biased sample: people look where something seems wrong.
"""

from __future__ import annotations

from collections.abc import Sequence

from autograder.audit.pairs import Pair
from autograder.metrics import exact, quadratic_weighted_kappa
from courses.exercises.base import Frozen


class Floor(Frozen):
    """What agreement is too low."""

    agreement: float = 0.7  # quadratic weighted κ over points
    enough: int = 10  # pairs from which on κ decides
    few: int = 4  # pairs from which on the share of equal points decides
    exact: float = 0.5


class Finding(Frozen):
    """What the audit says of an exercise. ``qwk`` is None while it is not asked, or nobody's points vary."""

    pairs: int
    exact: float | None
    qwk: float | None
    silent: bool


def look(pairs: Sequence[Pair], floor: Floor) -> Finding:
    """Judge the judge on one exercise.

    Args:
        pairs: of one exercise; those that were not marked blind are left out.
        floor: what is too low.
    """
    blind = [pair for pair in pairs if pair.source == "audit"]
    ours, theirs = [pair.judge_score for pair in blind], [pair.person_score for pair in blind]
    equal = exact(ours, theirs)
    qwk = quadratic_weighted_kappa(ours, theirs) if len(blind) >= floor.enough else None
    return Finding(pairs=len(blind), exact=equal, qwk=qwk, silent=_is_low(len(blind), equal, qwk, floor))


def _is_low(pairs: int, equal: float | None, qwk: float | None, floor: Floor) -> bool:
    if equal is None or pairs < floor.few:
        return False
    if pairs >= floor.enough:
        return qwk is not None and qwk < floor.agreement  # None: all points the same, so all agree
    return equal < floor.exact
