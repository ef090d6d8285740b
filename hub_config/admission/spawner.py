"""Any spawner, with a queue in front of it: ``queued(LearnerSpawner, queue)``.

JupyterHub's own limit (``concurrent_spawn_limit``) turns people away with a 429; here they wait. They wait in
``run_pre_spawn_hook``, which no time-out covers: ``start_timeout`` begins with ``start``, so it measures the start alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from jupyterhub.spawner import Spawner
from jupyterhub.utils import maybe_future

from hub_config.admission import words
from hub_config.admission.queue import Queue, Seat

LOOK_EVERY = 0.1  # seconds between looks at whether a start is over
TELL_EVERY = 0.5  # seconds between looks at what the page should say


_Base = (
    Spawner if TYPE_CHECKING else object
)  # a subclass of Spawner alone would have to start and stop servers


class Queued(_Base):  # type: ignore[misc, valid-type]  # JupyterHub has no types
    """What ``queued`` puts in front of a spawner."""

    queue: Queue
    seat: Seat | None = None

    async def run_pre_spawn_hook(self) -> None:
        """Wait for one's turn, then do what else is to be done before a start."""
        seat = self.seat = self.queue.join()
        self.log.info("%s joins the queue, %d before it", self._log_name, self.queue.ahead(seat))
        await self.queue.wait(seat)
        self.log.info("%s is let in, limit %d", self._log_name, self.queue.limit.now)
        self._watching = asyncio.create_task(self._leave_when_over(seat))
        await maybe_future(super().run_pre_spawn_hook())

    async def _leave_when_over(self, seat: Seat) -> None:
        """Give the place to the next as soon as the server is ready or has failed, whatever made it fail."""
        try:
            while self.pending == "spawn":  # noqa: ASYNC110 - JupyterHub has no event for it
                await asyncio.sleep(LOOK_EVERY)
        finally:
            self.queue.leave(seat, worked=bool(self.ready))

    def news(self) -> dict[str, Any]:
        """Return what the page says now: ``notice`` always, ``before`` while waiting, ``time`` when it is known."""
        seat = self.seat
        if seat is None:
            return _news(0, words.KEEP_OPEN)
        time = words.about(self.queue.seconds_left(seat))
        if seat.let_in.done():
            return _news(60, f"{words.YOUR_TURN} {words.KEEP_OPEN}", time=time)
        if self.queue.held:
            return _news(10, f"{words.NO_ROOM} {words.KEEP_OPEN}", before=self._before(seat))
        return _news(10, f"{words.IN_TURN} {words.KEEP_OPEN}", before=self._before(seat), time=time)

    def _before(self, seat: Seat) -> str:
        return words.before_you(self.queue.ahead(seat))

    async def progress(self) -> AsyncIterator[dict[str, Any]]:
        """Tell the page each change while waiting; after that, also what the spawner itself has to tell."""
        told: dict[str, Any] = {}
        while self.seat is None or not self.seat.let_in.done():
            if (fresh := self.news()) != told:
                yield fresh
                told = fresh
            await asyncio.sleep(TELL_EVERY)
        yield self.news()
        async with aclosing(super().progress()) as events:
            async for event in events:
                yield event


def _news(progress: int, notice: str, before: str = "", time: str = "") -> dict[str, Any]:
    return {"progress": progress, "message": notice, "notice": notice, "before": before, "time": time}


def queued(spawner: type[Spawner], queue: Queue) -> type[Spawner]:
    """Return the spawner with the queue in front of it; it is configured by its own name as before."""
    return type(f"Queued{spawner.__name__}", (Queued, spawner), {"queue": queue, "__doc__": spawner.__doc__})
