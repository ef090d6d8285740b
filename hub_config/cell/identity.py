"""A process by number and time of birth: a number alone is given to somebody else later."""

from __future__ import annotations

import os
import signal as signals

from hub_config.cell import linux


def began(pid: int) -> int:
    """Return when a process began (0: it is gone)."""
    try:
        return linux.started(pid)
    except ProcessLookupError:
        return 0


def is_running(pid: int, birth: int) -> bool:
    """Tell whether that very process runs."""
    return pid > 0 and birth > 0 and began(pid) == birth


def signal(pid: int, birth: int, number: int) -> bool:
    """Signal that very process; return whether it still ran. Number 0 only looks."""
    try:
        handle = os.pidfd_open(pid)
    except (OSError, OverflowError):
        return False
    try:
        if not is_running(pid, birth):
            return False
        signals.pidfd_send_signal(handle, number)
    except ProcessLookupError:
        return False
    finally:
        os.close(handle)
    return True
