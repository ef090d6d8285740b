"""A score within one band of passing a level's challenge always goes to a person.

A certificate hangs on that line, and a judge may be off by a band. While exercises of the challenge wait, the score
can still become anything up to their points: as long as the line lies within that reach, people decide.
"""

from __future__ import annotations

from collections.abc import Sequence

from autograder.signals import BAND_TOLERANCE
from courses.exercises.base import Frozen
from courses.site import Site

REASON = "near_pass"


class PassLine(Frozen):
    """Which share of a challenge's points passes it, and how much of an exercise's points a judge may be off."""

    share: float = 0.8
    band: float = BAND_TOLERANCE

    @classmethod
    def of(cls, site: Site) -> PassLine:
        """Return a site's."""
        return cls(share=site.judge.challenge_pass, band=site.judge.band_tolerance)


class Decided(Frozen):
    """What the machine says of one exercise; ``score`` None: it waits."""

    exercise: str
    score: float | None
    max_score: float
    by_judge: bool


def near_the_line(marks: Sequence[Decided], line: PassLine) -> frozenset[str]:
    """Return the exercises whose judged marks are a person's to decide: all of them, or none.

    Args:
        marks: every exercise of one submission of a challenge.
        line: where passing begins.
    """
    judged = [mark for mark in marks if mark.by_judge]
    if not judged:
        return frozenset()
    low = sum(mark.score or 0 for mark in marks)
    high = low + sum(mark.max_score for mark in marks if mark.score is None)
    wanted = line.share * sum(mark.max_score for mark in marks)
    slack = line.band * max(mark.max_score for mark in judged) + 1e-9
    is_near = low - slack <= wanted <= high + slack
    return frozenset(mark.exercise for mark in judged) if is_near else frozenset()
