"""The numbers by which a judge is believed, as ``site.yaml`` sets them under ``judge:``."""

from __future__ import annotations

from autograder.signals import Gate
from autograder.verdicts import LOST_LIMIT
from courses.exercises.base import Frozen
from courses.site import Site


class Thresholds(Frozen):
    """How far a judge is believed. ``lost`` is part of its identity; the gate is fitted, see ``autograder.gate``."""

    gate: Gate = Gate()
    lost: float = LOST_LIMIT

    @classmethod
    def of(cls, site: Site) -> Thresholds:
        """Return a site's."""
        gate = Gate(band=site.judge.band_tolerance, words=site.judge.words_tolerance)
        return cls(gate=gate, lost=site.judge.lost_quotes)
