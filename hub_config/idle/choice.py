"""Whose server is stopped: pure, so that nobody has to fill a machine to see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

ONE_SERVER = (
    100 * 2**20
)  # bytes that stopping one frees, at least about; more are stopped if that was too few


@dataclass(frozen=True)
class Desk:
    """A learner's server.

    Attributes:
        username: whose it is.
        idle: seconds since the hub last heard of activity.
        quiet: seconds since an answer was written; infinity when none ever was.
    """

    username: str
    idle: float
    quiet: float = float("inf")

    @property
    def unused(self) -> float:
        """Return for how many seconds there was no sign of life of any kind."""
        return min(self.idle, self.quiet)


def too_long(desks: Iterable[Desk], limit: float) -> list[str]:
    """Return whose servers were unused for this many seconds."""
    return [desk.username for desk in desks if desk.unused >= limit]


def to_shed(desks: Iterable[Desk], lacking: int, limit: float) -> list[str]:
    """Return whose servers are stopped when memory is lacking: longest unused first, no more than needed.

    Args:
        desks: all that run.
        lacking: bytes to free.
        limit: seconds; who was there since then, or wrote, is never chosen, however little memory is left.
    """
    idle = sorted((desk for desk in desks if desk.unused >= limit), key=lambda desk: -desk.unused)
    return [desk.username for desk in idle[: ceil(lacking / ONE_SERVER)]]
