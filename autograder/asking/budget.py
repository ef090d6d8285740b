"""What a day may still cost: nobody begins an answer that it can't pay.

An answer holds room for the most that its calls may take, and gives back what it did not use. So a day goes past its
limit at most by what the lengths of texts under-estimate. Numbers come back from the database (`courses.site` says
how much a day may cost, `autograder.daily.spending` what it has).
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from autograder.asking.call import Silent
from autograder.asking.pace import Waiters
from autograder.judge import Usage


class Bill:
    """What an answer really took. Never paid: it took what was held."""

    def __init__(self, held: Usage) -> None:
        self.usage = held

    def pay(self, usage: Usage) -> None:
        """Say what it took."""
        self.usage = usage


class Budget:
    """The rest of a day. Without limits everything fits. For one event loop at a time.

    Args:
        tokens: of the day, prompt and completion together; None: no limit.
        money: of the day; None: no limit.
        spent: what the day has taken already.
        ends: after this moment of ``clock`` nothing is begun; None: no end.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        tokens: int | None = None,
        money: float | None = None,
        spent: Usage | None = None,
        *,
        ends: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tokens, self._money = tokens, money
        self.spent, self._held, self._open = spent or Usage(), Usage(), 0
        self._ends, self._clock = ends, clock
        self._waiters = Waiters()

    @asynccontextmanager
    async def room(self, most: Usage) -> AsyncIterator[Bill]:
        """Hold room for an answer; while others may still give some back, wait for it.

        Raises:
            Silent: ``budget``, the day is spent; ``late``, the run's time is over.
        """
        while not self._fits(most):
            if not self._open:
                raise Silent("budget")
            await self._waiters.wait()
        self._held += most
        self._open += 1
        bill = Bill(most)
        try:
            yield bill
        finally:
            self._open -= 1
            self._held = self._held.less(most)
            self.spent += bill.usage
            self._waiters.wake()

    def _fits(self, most: Usage) -> bool:
        if not most.calls:
            return True  # it is paid already
        if self._ends is not None and self._clock() >= self._ends:
            raise Silent("late")
        taken = self.spent + self._held + most
        tokens_fit = self._tokens is None or taken.tokens <= self._tokens
        return tokens_fit and (self._money is None or taken.money <= self._money)
