"""The independent signals about one answer, and the gate that asks whether they agree.

Three signals, each a share of the exercise's points: the checked verdicts (quotes stand in the learner's own words),
the band (a second call that gives points without looking at criteria), and what the answer's vocabulary lets expect:
how many of the reference's words it uses, read against the author's samples. The last one needs no model and knows
nothing of meaning, but no flattery moves it. None is trusted alone; where they part, a person decides.

Measured on 2026-11-25: share of the reference's words against the human score, r = 0.57 to 0.80 for the six questions
of stita (333 answers), 0.89 for the expected scores of the first five lessons' samples (45 texts).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from statistics import fmean
from typing import Protocol, runtime_checkable

from autograder.judge import CalibrationSample, Judge, Signals
from autograder.language import spelled_out
from courses.exercises.base import Frozen, RubricExercise
from courses.exercises.pasting import fold

BAND_TOLERANCE = 0.25
"""Share of the points by which the direct band may differ from the checked verdicts: one of four or five.

Measured with the local 1.5B model over 150 human-scored answers: within one point of five, judge and
people agreed at QWK 0.65 to 0.86; beyond it at 0.23 (issue "A grader that people can trust").
"""
WORDS_TOLERANCE = 0.5
"""Share of the points by which the checked verdicts may differ from what the vocabulary lets expect."""
FEWEST_WORDS = 8
"""Different words that a reference must have before its vocabulary says anything."""
POOR, RICH = 0.1, 0.5
"""Share of the reference's words in answers worth nothing and worth full marks, where no samples tell better."""
LEAST_RISE = 0.15
"""Share by which full samples must be above worthless ones before an exercise's own samples are believed."""


class Gate(Frozen):
    """How far signals may be apart before a person decides."""

    band: float = BAND_TOLERANCE
    words: float = WORDS_TOLERANCE

    def passes(self, signals: Signals) -> bool:
        """Tell whether the signals agree. Without a band nothing agrees; without a reference, vocabulary is silent."""
        band, words = signals.gaps()
        return band is not None and _within(band, self.band) and (words is None or _within(words, self.words))


@runtime_checkable
class Gated(Protocol):
    """A judge that decides only what a gate lets through."""

    @property
    def gate(self) -> Gate:
        """Its gate."""

    def gated(self, gate: Gate) -> Judge:
        """Return the judge with another gate; what it asks, and so its prompt's hash, is the same."""


def gated(judge: Judge, gate: Gate) -> Judge:
    """Return a judge with another gate; one without any is returned as it is."""
    return judge.gated(gate) if isinstance(judge, Gated) else judge


def _within(gap: float, tolerance: float) -> bool:
    return gap <= tolerance + 1e-9


def coverage(reference: str, text: str) -> float | None:
    """Return the share of a reference's different words that a text uses, folded; None for too short a reference."""
    wanted = _vocabulary(reference)
    if len(wanted) < FEWEST_WORDS:
        return None
    return len(wanted & _vocabulary(text)) / len(wanted)


@lru_cache(maxsize=1024)  # references and samples are looked at with every answer
def _vocabulary(text: str) -> frozenset[str]:
    return frozenset(word for word in spelled_out(fold(text)) if len(word) > 1)


def expected_share(
    exercise: RubricExercise, text: str, samples: Sequence[CalibrationSample] = ()
) -> float | None:
    """Return which share of the points an answer's vocabulary lets expect, or None when it tells nothing.

    A straight line from the coverage of samples that earn nothing to that of samples that earn everything.

    Args:
        exercise: the declaration answered.
        text: the learner's text.
        samples: the author's samples; each is compared with the reference of its own setting.
    """
    share = coverage(exercise.reference, text)
    if share is None:
        return None
    poor, rich = _anchors(exercise, samples)
    return min(1.0, max(0.0, (share - poor) / (rich - poor)))


def _anchors(exercise: RubricExercise, samples: Sequence[CalibrationSample]) -> tuple[float, float]:
    nothing, everything = [], []
    for sample in samples:
        share = coverage((sample.exercise or exercise).reference, sample.text)
        if share is not None and sample.text.strip():
            nothing += [] if any(sample.verdicts.values()) else [share]
            everything += [share] if all(sample.verdicts.values()) else []
    poor = fmean(nothing) if nothing else POOR
    rich = fmean(everything) if everything else RICH
    return (poor, rich) if rich - poor >= LEAST_RISE else (POOR, RICH)
