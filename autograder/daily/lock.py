"""One daily run at a time; a second one waits, and the lock ends with its process."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.daily.report import Event, Progress


class Busy(RuntimeError):  # noqa: N818 - a state, not a fault
    """Another run holds the lock, and nobody wanted to wait."""


@contextmanager
def alone(data: Path, tell: Progress, *, wait: bool = True) -> Iterator[None]:
    """Hold the lock of a data folder; tell once when another run must end first.

    Raises:
        Busy: another run is under way and ``wait`` is False.
    """
    data.mkdir(parents=True, exist_ok=True)
    handle = os.open(data / "daily.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if not wait:
                raise Busy from error
            tell(Event(step="wait"))
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
