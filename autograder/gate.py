"""The gate fitted on people's marks: how far the signals about an answer may part before a person decides.

One number, the tolerance: how far the direct band may be from the checked verdicts, as a share of the points; what the
vocabulary lets expect may be farther away in the proportion that the site sets (twice as far by default). So what is
decided at a tolerance is decided at every wider one, and agreement can be drawn against coverage.

The rule of ``fit``, from the curve of agreement over pairs of judge and person:

1. **Wider** than the default where the lower end of the bootstrap 95 % interval of the weighted κ reaches the target,
   and the answers that it adds agree as well, taken alone: believing more answers must be proved, the widest of many
   tolerances that merely look good would be picked by luck, and good answers within must not pay for bad ones beyond.
2. The **default** while fewer than ``Aim.pairs`` pairs tell anything of it, or its own κ reaches the target.
3. **Narrower** where the default's own κ does not: the widest narrower tolerance whose κ does; the **narrowest**
   (signals equal) where none does.

It follows that a higher target never gives a wider gate.

What the pairs are: audited answers, drawn at random among those that were decided, and marked blind; and answers that
the judge left to people, all of them. So answers beyond the tolerance of the day are over-represented, which makes
the curve fall sooner than in truth: the error is on the safe side. But whoever decides an answer from the queue sees
which way the judge leaned, which may draw them to it: that error is not, and is why a wider gate asks for the lower
end of the interval. Marks that corrected the judge (appeals, a second look) are left out: people look where something
seems wrong. Each different answer counts once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from autograder.judge import Signals
from autograder.metrics import Interval, bootstrap, exact, quadratic_weighted_kappa
from autograder.signals import Gate
from courses.exercises.base import Frozen

STEP = 0.05
"""Between tolerances that are tried, as a share of the points: finer ones would follow chance."""
RESAMPLES = 400
_NEVER = float("inf")
_SLACK = 1e-9

How = Literal["default", "kept", "wider", "narrower", "narrowest"]
"""``default``: too little is known. ``kept``: the default was measured, and holds."""


class Aim(Frozen):
    """What agreement is wanted of answers that are not abstained, and from how many pairs on it is believed."""

    target: float = 0.75
    pairs: int = 30
    added: int = 10  # pairs beyond the default's tolerance, of these


class Evidence(Frozen):
    """One answer that a person decided: how far the signals part, and both marks as shares of the points."""

    distance: float
    judge: float
    person: float


class Point(Frozen):
    """What is known of one tolerance.

    Attributes:
        tolerance: see the module.
        coverage: share of answers that it decides, 0 to 1; None without any answers.
        pairs: pairs within it.
        exact: share of these with equal marks.
        qwk: their weighted κ.
        added: the weighted κ of those beyond the default's tolerance, and their number; no interval.
    """

    tolerance: float
    coverage: float | None
    pairs: int
    exact: float | None
    qwk: Interval
    added: Interval = Interval(value=None)


class Fit(Frozen):
    """The gate that was chosen, why, and the curve that it was chosen from."""

    tolerance: float
    how: How
    curve: tuple[Point, ...] = ()

    def gate(self, default: Gate) -> Gate:
        """Return the gate at this tolerance, vocabulary in the default's proportion."""
        return scaled(default, self.tolerance)


def scaled(default: Gate, tolerance: float) -> Gate:
    """Return a gate of another tolerance in the same proportion."""
    return Gate(band=tolerance, words=min(1.0, tolerance * _ratio(default)))


def _ratio(default: Gate) -> float:
    return default.words / default.band if default.band > 0 else 1.0


def distance(signals: Signals, default: Gate) -> float:
    """Return the smallest tolerance at which an answer is decided; infinite where no band was heard."""
    band, words = signals.gaps()
    if band is None:
        return _NEVER
    if words is None or _ratio(default) == 0:
        return band if words is None or words <= _SLACK else _NEVER
    return max(band, words / _ratio(default))


def curve(evidence: Sequence[Evidence], distances: Iterable[float], default: Gate) -> tuple[Point, ...]:
    """Return agreement and coverage at each tolerance from 0 to 1.

    Args:
        evidence: answers that people decided.
        distances: of all answers that this judge was asked about; infinite where no tolerance decides one.
        default: the gate that the site sets; its own tolerance is among those that are tried.
    """
    everything = list(distances)
    return tuple(_point(t, evidence, everything, default.band) for t in tolerances(default))


def tolerances(default: Gate) -> tuple[float, ...]:
    """Return the tolerances that are tried."""
    steps = (round(step * STEP, 6) for step in range(round(1 / STEP) + 1))
    return tuple(sorted({*steps, round(default.band, 6)}))


def _point(tolerance: float, evidence: Sequence[Evidence], distances: Sequence[float], start: float) -> Point:
    inside = [own for own in evidence if own.distance <= tolerance + _SLACK]
    beyond = [own for own in inside if own.distance > start + _SLACK]
    decided = sum(own <= tolerance + _SLACK for own in distances)
    ours, theirs = _both(inside)
    return Point(
        tolerance=tolerance,
        coverage=decided / len(distances) if distances else None,
        pairs=len(inside),
        exact=exact(ours, theirs),
        qwk=bootstrap(quadratic_weighted_kappa, ours, theirs, resamples=RESAMPLES),
        added=Interval(value=quadratic_weighted_kappa(*_both(beyond)), n=len(beyond)),
    )


def _both(evidence: Sequence[Evidence]) -> tuple[list[float], list[float]]:
    return [own.judge for own in evidence], [own.person for own in evidence]


def fit(points: Sequence[Point], default: Gate, aim: Aim) -> Fit:
    """Choose the widest tolerance that the module's rule allows.

    Args:
        points: see ``curve``.
        default: the gate that the site sets.
        aim: what is wanted.
    """
    start = round(default.band, 6)
    told = [point for point in points if point.pairs >= aim.pairs]
    wider = [own.tolerance for own in told if own.tolerance > start and _is_proved(own, aim)]
    if wider:
        return Fit(tolerance=max(wider), how="wider", curve=tuple(points))
    own = next((point for point in told if point.tolerance == start), None)
    if own is None or own.qwk.value is None or _reaches(own.qwk.value, aim):
        how: How = "default" if own is None or own.qwk.value is None else "kept"
        return Fit(tolerance=start, how=how, curve=tuple(points))
    holds = [one.tolerance for one in told if one.tolerance < start and _reaches(one.qwk.value, aim)]
    chosen, how = (max(holds), "narrower") if holds else (0.0, "narrowest")
    return Fit(tolerance=chosen, how=how, curve=tuple(points))


def _is_proved(point: Point, aim: Aim) -> bool:
    added = point.added.n >= aim.added and _reaches(point.added.value, aim)
    return added and _reaches(point.qwk.low, aim)


def _reaches(value: float | None, aim: Aim) -> bool:
    return value is not None and value >= aim.target
