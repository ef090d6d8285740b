"""A circuit breaker: a provider that keeps failing is left alone for a while, then tried with one question."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from typing import Literal

from courses.exercises.base import Frozen

State = Literal["closed", "open", "half_open"]


class BreakerRule(Frozen):
    """When it opens and for how long."""

    failures: int = 5
    window: float = 60.0  # seconds in which so many failures count
    rest: float = 30.0  # seconds without any question, then one probe


class Resting(Exception):  # noqa: N818 - a state, not a fault
    """The provider is not to be asked now. ``retry_after`` in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__()
        self.retry_after = retry_after


class Breaker:
    """Decides whether a question may go to a provider.

    Args:
        rule: when to open.
        clock: seconds that only grow.
    """

    def __init__(self, rule: BreakerRule | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._rule, self._clock = rule or BreakerRule(), clock
        self._failed: deque[float] = deque()
        self._opened: float | None = None
        self._probing = False

    @property
    def state(self) -> State:
        """Closed: all is well. Open: nobody asks. Half open: one question finds out."""
        if self._opened is None:
            return "closed"
        return "open" if self._clock() < self._opened + self._rule.rest else "half_open"

    def enter(self) -> bool:
        """Ask for leave to ask; True when this question is the probe. `leave` must follow.

        Raises:
            Resting: not now.
        """
        if self.state == "closed":
            return False
        if self.state == "open" or self._probing:
            raise Resting(self._wait())
        self._probing = True
        return True

    def leave(self, *, probe: bool, good: bool | None) -> None:
        """Tell how it went; None when the provider is neither blamed nor cleared (the caller left)."""
        if probe:
            self._probing = False
        if good is False:
            self._fail(probe=probe)
        elif good and (probe or self._opened is None):
            self._opened = None
            self._failed.clear()

    def _fail(self, *, probe: bool) -> None:
        present = self._clock()
        self._failed.append(present)
        while self._failed[0] <= present - self._rule.window:
            self._failed.popleft()
        if probe or (self._opened is None and len(self._failed) >= self._rule.failures):
            self._opened = present

    def _wait(self) -> int:
        left = (self._opened or 0.0) + self._rule.rest - self._clock()
        return max(1, math.ceil(left))
