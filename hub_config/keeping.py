"""Keep a hub going that was killed: it is started again with the same addresses, and finds its learners' servers."""

from __future__ import annotations

import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable

from hub_config import processes

LOOK_EVERY = 0.3  # seconds
BURY_EVERY = 10.0
FALLS = 5  # within ``WITHIN`` seconds: then something is wrong that a start does not mend
WITHIN = 600.0
FELL = "Phần điều khiển lớp dừng đột ngột; đang mở lại. Bàn học đang mở và bài làm vẫn giữ nguyên."


class TooManyFalls(Exception):  # noqa: N818 - what happened, told to whoever started the school
    """The hub ended by itself again and again."""


class Keeper:
    """Watches over the hub.

    Args:
        start: starts the hub.
        stop: set when the school is to be closed.
        say: prints a line for the person who started it.
        clock: seconds that never go back.
    """

    def __init__(
        self,
        start: Callable[[], subprocess.Popen[bytes]],
        stop: threading.Event,
        say: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._start, self._stop, self._say, self._clock = start, stop, say, clock
        self._falls: deque[float] = deque(maxlen=FALLS)
        self._undertaker = processes.Undertaker()
        self.hub = start()

    def keep(self) -> None:
        """Wait until the school is to be closed; start the hub again as often as it falls.

        Raises:
            TooManyFalls: it falls too often.
        """
        look = self._clock()
        while not self._stop.wait(LOOK_EVERY):
            if self.hub.poll() is not None:
                self._again()
            if self._clock() - look >= BURY_EVERY:
                look = self._clock()
                self._undertaker.look(keep={self.hub.pid})

    def _again(self) -> None:
        now = self._clock()
        if len(self._falls) == FALLS and now - self._falls[0] < WITHIN:
            raise TooManyFalls
        self._falls.append(now)
        self._say(FELL)
        processes.end_services()  # their tokens were the old hub's
        self.hub = self._start()
