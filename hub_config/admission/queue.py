"""The queue in front of the limit: first come, first served, and each can ask for their place."""

from __future__ import annotations

import asyncio
import os
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from hub_config.admission.limit import Limit, Start


def first_limit(cores: int | None = None) -> Limit:
    """Return where to begin on this machine: a start for each core, and never more than four."""
    count = cores or os.cpu_count() or 1
    return Limit(value=float(count), most=4 * count)


@dataclass(eq=False)
class Seat:
    """One start: waiting until ``let_in`` is done, then under way until it leaves.

    Attributes:
        let_in: done when it may begin.
        began: when it was let in, seconds of the queue's clock; 0 while it waits.
        together: how many were under way then, itself included.
        full: whether the limit was reached then.
    """

    let_in: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    began: float = 0.0
    together: int = 0
    full: bool = False


class Queue:
    """Everybody who wants to start. One for the whole hub, used in its event loop only.

    Args:
        limit: where to begin.
        no_room: tells whether the machine has no memory for another server; then nobody is let in while
            others are starting or ``anyone_here`` says that servers run (one server is always allowed).
        anyone_here: tells whether any server runs.
        look_again: seconds between looks while the machine has no memory for more.
        clock: seconds that never go back.
    """

    def __init__(
        self,
        limit: Limit | None = None,
        no_room: Callable[[], bool] = lambda: False,
        anyone_here: Callable[[], bool] = lambda: False,
        look_again: float = 2.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.limit = limit or first_limit()
        self.no_room = no_room
        self.anyone_here = anyone_here
        self.held = False
        """Whether the last look found no memory for more."""
        self._look_again = look_again
        self._clock = clock
        self._waiting: deque[Seat] = deque()
        self._under_way: set[Seat] = set()
        self._later: asyncio.TimerHandle | None = None

    def __deepcopy__(self, memo: object) -> Self:
        """Stay one: traitlets copies what it configures."""
        return self

    @property
    def waiting(self) -> int:
        """Return how many wait."""
        return len(self._waiting)

    @property
    def under_way(self) -> int:
        """Return how many are starting."""
        return len(self._under_way)

    def join(self) -> Seat:
        """Stand at the end; the seat may be let in at once."""
        seat = Seat()
        self._waiting.append(seat)
        self._let_in()
        return seat

    async def wait(self, seat: Seat) -> None:
        """Wait for one's turn; who gives up waiting leaves the queue."""
        try:
            await seat.let_in
        except asyncio.CancelledError:
            self.leave(seat, worked=False)
            raise

    def leave(self, seat: Seat, *, worked: bool) -> None:
        """Make room: the start is over, or whoever waited has gone. A second time does nothing."""
        if seat in self._under_way:
            self._under_way.remove(seat)
            self.limit = self.limit.after(
                Start(seat.began, self._clock(), seat.together, full=seat.full, worked=worked)
            )
        elif seat in self._waiting:
            self._waiting.remove(seat)
        self._let_in()

    def ahead(self, seat: Seat) -> int:
        """Return how many are let in before this one; 0 for the next, and for one that is under way."""
        return self._waiting.index(seat) if seat in self._waiting else 0

    def seconds_left(self, seat: Seat) -> float:
        """Return about how long until this one's server is ready; 0 while nothing is known."""
        if seat in self._waiting:
            return self.limit.seconds_until_ready(self.ahead(seat) + 1)
        return max(0.0, self.limit.usual - (self._clock() - seat.began))

    def _let_in(self) -> None:
        while self._waiting and self.under_way < self.limit.now:
            if self._no_room_now():
                self._look_later()
                return
            self._begin(self._waiting.popleft())

    def _no_room_now(self) -> bool:
        self.held = self.no_room() and bool(self._under_way or self.anyone_here())
        return self.held

    def _look_later(self) -> None:
        if self._later is None:
            self._later = asyncio.get_running_loop().call_later(self._look_again, self._look)

    def _look(self) -> None:
        self._later = None
        self._let_in()

    def _begin(self, seat: Seat) -> None:
        self._under_way.add(seat)
        seat.began, seat.together = self._clock(), self.under_way
        seat.full = self.under_way >= self.limit.now
        if not seat.let_in.done():
            seat.let_in.set_result(None)
