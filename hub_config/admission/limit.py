"""How many servers may start at once: found by trying, as TCP finds its window.

Additive increase, multiplicative decrease (Chiu and Jain 1989), with the start's duration as the signal, as in TCP
Vegas: a start that takes much longer than an unhurried one says that the machine is full. What made it slow
(other starts, the nightly marking, a slow disk) does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

SLOW = 2.0  # times an unhurried start; on two cores throughput no longer grows from there on
LESS = 0.7  # of the limit is left after a slow start
NEWEST = 0.3  # weight of the newest duration in a mean
RARELY_BELOW = 0.05  # seconds; a faster start tells nothing about how full the machine is


@dataclass(frozen=True)
class Start:
    """One start that is over.

    Attributes:
        began: when it was let in, seconds of a monotonic clock.
        ended: when the server was ready, or had failed.
        together: how many starts were under way when it was let in, itself included.
        full: whether the limit was reached then. A limit that nobody reaches must not grow.
        worked: whether the server came up.
    """

    began: float
    ended: float
    together: int
    full: bool
    worked: bool = True

    @property
    def seconds(self) -> float:
        """Return how long it took."""
        return self.ended - self.began


@dataclass(frozen=True)
class Limit:
    """The limit and what it is based on; ``after`` gives the next one.

    Attributes:
        value: the limit with its fraction; ``now`` is what counts.
        most: it never exceeds this.
        unhurried: seconds of a start that has the machine to itself; 0 while unknown.
        usual: mean seconds of recent starts; 0 while unknown.
        lowered: when it was lowered last. Starts let in before that say nothing about the lower limit.
    """

    value: float
    most: int
    unhurried: float = 0.0
    usual: float = 0.0
    lowered: float = float("-inf")

    @property
    def now(self) -> int:
        """Return how many may start at once, at least 1."""
        return max(1, int(self.value))

    def after(self, start: Start) -> Limit:
        """Return the limit after one more start.

        A failure that came fast is the learner's own trouble and changes nothing; one that came late counts as slow.
        """
        if not start.worked and not self._slow(start):
            return self
        known = self._learn(start) if start.worked else self
        if known._slow(start):  # noqa: SLF001 - our own
            return known if start.began < known.lowered else known._lower(start.ended)  # noqa: SLF001 - our own
        if not start.full:
            return known
        return replace(known, value=min(float(known.most), known.value + 1 / known.now))

    def seconds_until_ready(self, ahead: int) -> float:
        """Return about how long somebody waits who has this many before them (Little's law); 0 while unknown."""
        return self.usual * (1 + max(0, ahead) / self.now)

    def _slow(self, start: Start) -> bool:
        return bool(self.unhurried) and start.seconds > SLOW * self.unhurried

    def _lower(self, moment: float) -> Limit:
        return replace(self, value=max(1.0, self.value * LESS), lowered=moment)

    def _learn(self, start: Start) -> Limit:
        return replace(
            self,
            unhurried=self._learn_unhurried(start),
            usual=_mean(self.usual, max(start.seconds, RARELY_BELOW)),
        )

    def _learn_unhurried(self, start: Start) -> float:
        seconds = max(start.seconds, RARELY_BELOW)
        if not self.unhurried:
            return seconds
        if start.together == 1:  # it had the machine to itself: the machine may have become slower, too
            return _mean(self.unhurried, seconds)
        return min(self.unhurried, seconds)


def _mean(old: float, newest: float) -> float:
    return newest if not old else old + NEWEST * (newest - old)
