"""How much one learner may ask: so many questions a minute, a day, and at once.

Minutes are kept in memory: a restart forgives them. A day's count comes back from the database (`Meter.remember`).
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

from courses.clock import day_end, now, programme_day
from courses.exercises.base import Frozen

MINUTE = 60.0


class Limits(Frozen):
    """What one learner may do; see ``ai:`` in site.yaml."""

    per_minute: int = 12
    per_day: int = 200
    at_once: int = 2


class TooMany(Exception):  # noqa: N818 - a decision, not a fault
    """The learner must wait. ``retry_after`` in seconds; ``code`` is told to programs."""

    def __init__(self, code: str, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.code, self.message, self.retry_after = code, message, retry_after


class Unanswered(Exception):  # noqa: N818 - no fault of the learner
    """The AI gave no answer to a question that it was asked."""


@dataclass
class _Used:
    day: date
    today: int = 0
    open: int = 0
    recent: deque[float] = field(default_factory=deque)


class Meter:
    """Counts the questions of everybody.

    Args:
        limits: what is allowed.
        clock: seconds that only grow.
        present: the present, for the day.
    """

    def __init__(
        self,
        limits: Limits,
        clock: Callable[[], float] = time.monotonic,
        present: Callable[[], datetime] = now,
    ) -> None:
        self._limits, self._clock, self._present = limits, clock, present
        self._used: dict[str, _Used] = {}

    def remember(self, day: date, asked: Mapping[str, int]) -> None:
        """Take over what people have asked on a day before this process began."""
        self._used |= {user: _Used(day, count) for user, count in asked.items()}

    @contextmanager
    def question(self, user: str) -> Iterator[None]:
        """Count one question, for as long as it is being answered; what was not answered costs no day's share.

        Raises:
            TooMany: the question may not be asked now; it is not counted.
            Unanswered: passed on from the block.
        """
        used = self._today(user)
        self._require(used)
        used.recent.append(self._clock())
        used.today += 1
        used.open += 1
        try:
            yield
        except Unanswered:
            used.today = max(0, used.today - 1)
            raise
        finally:
            used.open -= 1

    def left_today(self, user: str) -> int:
        """Return how many questions the learner may still ask today."""
        return self._limits.per_day - self._today(user).today

    def _today(self, user: str) -> _Used:
        day = programme_day(self._present())
        used = self._used.setdefault(user, _Used(day))
        if used.day != day:
            used.day, used.today = day, 0
        while used.recent and used.recent[0] <= self._clock() - MINUTE:
            used.recent.popleft()
        return used

    def _require(self, used: _Used) -> None:
        if used.today >= self._limits.per_day:
            seconds = int((day_end(used.day) - self._present()).total_seconds()) + 1
            raise TooMany(
                "quota", "Hôm nay bạn đã hỏi AI đủ số lượt rồi. Mai mình lại hỏi tiếp nhé.", seconds
            )
        if used.open >= self._limits.at_once:
            raise TooMany("rate_limited", "AI đang trả lời câu trước của bạn. Bạn đợi một chút nhé.", 2)
        if len(used.recent) >= self._limits.per_minute:
            seconds = max(1, int(MINUTE - (self._clock() - used.recent[0])) + 1)
            message = f"Bạn hỏi nhanh quá, AI theo không kịp. Bạn nghỉ {seconds} giây rồi hỏi tiếp nhé."
            raise TooMany("rate_limited", message, seconds)
