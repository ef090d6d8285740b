"""What a check returns, and what it is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal

from courses.exercises.base import Frozen
from courses.site import Layout, Site, layout

State = Literal["ok", "warn", "bad"]


class Finding(Frozen):
    """One sentence on one thing.

    Attributes:
        check: short name, the same in every language and version: ``python``, ``disk`` …
        state: ``ok``; ``warn``: works, but not as it should; ``bad``: does not work.
        what: what was found, in Vietnamese.
        mend: what to do, in Vietnamese; empty when all is well.
    """

    check: str
    state: State
    what: str
    mend: str = ""


class Patient(Frozen):
    """The installation.

    Attributes:
        site: its settings.
        env: the environment.
        port: the port that people use.
        now: the present, aware.
        proc: ``/proc``.
        cgroup: ``/sys/fs/cgroup``.
        prefix: the virtual environment.
    """

    site: Site
    env: Mapping[str, str]
    port: int
    now: datetime
    proc: Path = Path("/proc")
    cgroup: Path = Path("/sys/fs/cgroup")
    prefix: Path

    @property
    def place(self) -> Layout:
        """Return where its data lie."""
        return layout(self.site)


Check = Callable[[Patient], Finding]


def ok(check: str, what: str) -> Finding:
    """Return that all is well."""
    return Finding(check=check, state="ok", what=what)


def warn(check: str, what: str, mend: str) -> Finding:
    """Return that something should be better."""
    return Finding(check=check, state="warn", what=what, mend=mend)


def bad(check: str, what: str, mend: str) -> Finding:
    """Return that something doesn't work."""
    return Finding(check=check, state="bad", what=what, mend=mend)
