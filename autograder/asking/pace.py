"""How many calls may be under way: the one place that decides.

Additive increase, multiplicative decrease, as TCP does it: each good answer adds ``1 / limit`` (one more call a round
trip), a sign of overload (429, 503, any Retry-After, a time-out) halves the limit, once a round trip. Between the
signs all calls wait: as long as the provider asked for, else ½, 1, 2 … up to 30 s. A provider that asks for more
than ``LONGEST_WAIT``, or gives ``SIGNS`` such signs (a time-out counts twice) or loses ``LOST`` calls with no answer
between them, is left alone for ``REST`` seconds: all who wait are told so at once.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from autograder.asking.call import Silent
from autograder.judge import Reason, Usage

CUT = 0.5
FIRST_PAUSE = 0.5  # seconds
LONGEST_PAUSE = 30.0
LONGEST_WAIT = 120.0
SIGNS = 8
LOST = 5
REST = 60.0


class Waiters:
    """Tasks that wait for a change, in the order in which they came. Bound to no event loop."""

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def wait(self, seconds: float | None = None) -> None:
        """Wait to be woken, or so many seconds."""
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await asyncio.wait((place,), timeout=seconds)
        finally:
            place.cancel()

    def wake(self, number: int | None = None) -> None:
        """Wake so many, or all."""
        woken = 0
        while self._waiting and (number is None or woken < number):
            place = self._waiting.popleft()
            if not place.done() and not place.get_loop().is_closed():
                place.set_result(None)
                woken += 1


class Pace:
    """Lets calls go. For one event loop at a time.

    Args:
        most: calls under way at most.
        clock: seconds that only grow.
        chance: from 0 to 1; spreads pauses, so that two runs don't come back together.
    """

    def __init__(
        self,
        most: int,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._most, self._clock, self._chance = most, clock, chance
        self.limit = float(most)
        self._under_way = 0
        self._cut_at = self._resume = float("-inf")
        self._signs = self._lost = 0
        self._stopped: tuple[float, Reason] | None = None  # until when, and why
        self._waiters = Waiters()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[float]:
        """Hold one of the places; yields the moment it was given.

        Raises:
            Silent: the provider is left alone for a while.
        """
        while not self._may_go():
            await self._waiters.wait(max(0.0, self._resume - self._clock()) or None)
        self._under_way += 1
        try:
            yield self._clock()
        finally:
            self._under_way -= 1
            self._waiters.wake(1)

    def _may_go(self) -> bool:
        now = self._clock()
        if self._stopped is not None:
            if now < self._stopped[0]:
                raise Silent(self._stopped[1], Usage())
            self._stopped = None
        return now >= self._resume and self._under_way < int(self.limit)

    def answered(self) -> None:
        """Tell that the provider answered."""
        self._signs = self._lost = 0
        self.limit = min(float(self._most), self.limit + 1 / self.limit)
        self._waiters.wake(1)

    def overloaded(self, began: float, reason: Reason, wish: float | None) -> None:
        """Tell of a sign of overload.

        Args:
            began: when the call got its turn; one from before the last cut says nothing new.
            reason: what those are told who wait if the provider wants to be left alone.
            wish: seconds that the provider asked for.
        """
        now = self._clock()
        if began >= self._cut_at:
            self.limit, self._cut_at = max(1.0, self.limit * CUT), now
            self._signs += 2 if reason == "timeout" else 1
        if wish is not None and wish > LONGEST_WAIT:
            self.stop(reason, wish)
        elif self._signs >= SIGNS:
            self.stop(reason)
        else:
            self._resume = max(self._resume, now + (self._pause() if wish is None else wish))

    def _pause(self) -> float:
        doubled = FIRST_PAUSE * float(2 ** max(0, self._signs - 1))
        return min(LONGEST_PAUSE, doubled) * (0.5 + self._chance() / 2)

    def lost(self, reason: Reason) -> None:
        """Tell that a call is given up; many in a row mean that nobody is there."""
        self._lost += 1
        if self._lost >= LOST:
            self.stop(reason)

    def stop(self, reason: Reason, seconds: float = REST) -> None:
        """Let nobody go for a while; all who wait are told why."""
        self._stopped = (self._clock() + seconds, reason)
        self._signs = self._lost = 0
        self._waiters.wake()
