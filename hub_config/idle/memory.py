"""How much memory the machine still has for learners, as the kernel tells it; a container's own limit counts too."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ENV = "BDHAI_MEMINFO"  # another file in the format of /proc/meminfo, e.g. of a machine around this one
_LIMITS = (  # version 2, version 1: limit, use, and what of it the kernel gives back when asked
    ("memory.max", "memory.current", "inactive_file"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "total_inactive_file"),
)


@dataclass(frozen=True)
class Memory:
    """Bytes."""

    total: int
    available: int

    @property
    def share(self) -> float:
        """Return the share that is available, from 0 to 1."""
        return self.available / self.total if self.total else 1.0

    def lacking(self, share: float) -> int:
        """Return how many bytes must be freed until this share is available; 0 when it is."""
        return max(0, int(share * self.total) - self.available)


def read(meminfo: Path = Path("/proc/meminfo"), cgroup: Path = Path("/sys/fs/cgroup")) -> Memory | None:
    """Return the scarcer of machine and container; None when the machine doesn't tell."""
    try:
        machine = _machine(meminfo.read_text(encoding="ascii"))
    except (OSError, ValueError, KeyError):
        return None
    return min((machine, *_containers(cgroup, machine.total)), key=lambda each: each.share)


def from_env(env: Mapping[str, str] = os.environ) -> Memory | None:
    """Read the machine's memory, or the file that ``BDHAI_MEMINFO`` names (then alone)."""
    return read(Path(env[ENV]), Path(os.devnull)) if env.get(ENV) else read()


@dataclass
class Watch:
    """Tells whether memory is low; looks at most once a second, because a queue asks often.

    Attributes:
        share: below it memory is low.
        look: reads the memory.
    """

    share: float
    look: Callable[[], Memory | None] = from_env
    _low: bool = False
    _at: float = field(default=float("-inf"))

    def is_low(self) -> bool:
        """Tell whether less than the share is available; False while unknown."""
        now = time.monotonic()
        if now - self._at > 1:
            found = self.look()
            self._low, self._at = found is not None and found.share < self.share, now
        return self._low


def _machine(text: str) -> Memory:
    values = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    total, available = (int(values[name].split()[0]) * 1024 for name in ("MemTotal", "MemAvailable"))
    return Memory(total, available)


def _containers(cgroup: Path, machine_total: int) -> tuple[Memory, ...]:
    return tuple(
        found
        for limit, use, spare in _LIMITS
        if (found := _container(cgroup / limit, cgroup / use, spare)) and found.total < machine_total
    )


def _container(limit: Path, use: Path, spare: str) -> Memory | None:
    try:
        total, used = int(limit.read_text(encoding="ascii")), int(use.read_text(encoding="ascii"))
        lines = limit.with_name("memory.stat").read_text(encoding="ascii").splitlines()
        back = next((int(line.split()[1]) for line in lines if line.split()[0] == spare), 0)
    except (OSError, ValueError):  # no such limit, or "max"
        return None
    return Memory(total, max(0, total - used + back))
