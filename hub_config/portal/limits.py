"""How often one person may ask, so that nobody can try all answers or fill the disk."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from math import ceil


class Limiter:
    """A bucket of requests per person that refills evenly. For one event loop; not thread-safe."""

    def __init__(self, size: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Allow ``size`` requests at once and ``size`` in each ``seconds``."""
        self._size = size
        self._rate = size / seconds
        self._full_after = seconds
        self._clock = clock
        self._left: dict[Hashable, tuple[float, float]] = {}

    def wait(self, who: Hashable) -> int:
        """Take one request; return 0, or the whole seconds to wait when the bucket is empty."""
        now = self._clock()
        left, at = self._left.get(who, (float(self._size), now))
        left = min(self._size, left + (now - at) * self._rate)
        if left < 1:
            self._left[who] = (left, now)
            return max(1, ceil((1 - left) / self._rate))
        self._forget(now)
        self._left[who] = (left - 1, now)
        return 0

    def _forget(self, now: float) -> None:
        """Drop buckets that are full again, once in a while."""
        if len(self._left) > 10_000:  # noqa: PLR2004 - more people than a ward has at one time
            self._left = {
                who: (left, at) for who, (left, at) in self._left.items() if now - at < self._full_after
            }
