"""A machine's clock that is set: for a while nobody's idle time can be believed."""

from __future__ import annotations

import time
from collections.abc import Callable

NOTICED = 30.0  # seconds; clocks that are kept by the net move by less


class Calendar:
    """Compares the clock on the wall with one that is never set.

    Args:
        wall: seconds since 1970, as the machine believes.
        steady: seconds that never jump.
    """

    def __init__(
        self, wall: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic
    ) -> None:
        self._wall, self._steady = wall, steady
        self._offset = wall() - steady()
        self._jumped = float("-inf")

    def steady_for(self) -> float:
        """Return for how many seconds the clock was not set; infinity when it never was."""
        offset, now = self._wall() - self._steady(), self._steady()
        if abs(offset - self._offset) > NOTICED:
            self._jumped = now
        self._offset = offset
        return now - self._jumped
