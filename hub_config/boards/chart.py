"""Where the bars of the groups' chart lie: plain numbers for an SVG, nothing drawn here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 360  # units; a phone of 360 px shows them nearly 1:1
ROW = 48
BAR = 16
NAME = 288  # the rest of a row's first line is the score's


@dataclass(frozen=True)
class Bar:
    """One bar, in units of the drawing. ``top`` is where its row starts."""

    top: int
    length: float


def bars(values: Sequence[float]) -> tuple[Bar, ...]:
    """Return a bar per value; the longest fills the width, and all start at zero."""
    longest = max(values, default=0)
    return tuple(
        Bar(place * ROW, round(WIDTH * max(value, 0) / longest, 1) if longest > 0 else 0)
        for place, value in enumerate(values)
    )


def height(rows: int) -> int:
    """Return the drawing's height."""
    return rows * ROW
