"""The questions of one run that go through a Batch API."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING

from autograder.asking.book import Book
from autograder.asking.budget import Budget
from autograder.judge import Usage

if TYPE_CHECKING:
    from autograder.asking.batch import Desk
    from autograder.asking.client import Client

GRACE = 5.0  # seconds in which a provider must have listed a batch that reached it
FIRST_LOOK, LONGEST_LOOK = 2.0, 60.0  # seconds between two looks at what is under way


class Batches:
    """The desks of one run.

    Args:
        book: where everything is written down.
        budget: of the run's day.
        share: what a batch costs of the price list.
        sleep: waits between two looks.
        grace: see ``GRACE``.
    """

    def __init__(
        self,
        book: Book,
        budget: Budget,
        share: float = 1.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        grace: float = GRACE,
    ) -> None:
        self._book, self._budget, self._share = book, budget, share
        self._sleep, self._grace = sleep, grace
        self._desks: dict[str, Desk] = {}

    def desk(self, client: Client) -> Desk:
        """Return the desk of a client's model."""
        from autograder.asking.batch import Desk  # noqa: PLC0415 - openai loads only when something is judged

        if client.model not in self._desks:
            own = Desk(client, self._book, self._budget, self._share, self._grace)
            self._desks[client.model] = own
        return self._desks[client.model]

    def _each(self) -> Iterator[Desk]:
        return iter(self._desks.values())

    @property
    def used(self) -> Usage:
        """What came in this run took."""
        return sum((desk.used for desk in self._each()), Usage())

    @property
    def is_closed(self) -> bool:
        """Tell whether something that was queued could not be submitted."""
        return any(desk.closed is not None for desk in self._each())

    async def collect(self) -> bool:
        """Keep what came since the last run or look; tell whether anything did."""
        self._book.tidy()
        return any([await desk.collect() for desk in self._each()])

    async def submit(self) -> None:
        """Send what was queued."""
        for desk in self._each():
            await desk.submit()

    async def came(self, seconds: float) -> bool:
        """Wait until something came; False when nothing is under way or the time is over."""
        ends, pause = time.monotonic() + seconds, FIRST_LOOK
        while any(desk.is_waiting for desk in self._each()):
            left = ends - time.monotonic()
            if left <= 0:
                return False
            await self._sleep(min(left, pause))
            if any([await desk.collect() for desk in self._each()]):
                return True
            pause = min(LONGEST_LOOK, pause * 1.5)
        return False
