"""How often things are looked at, as functions of how long they may idle."""

from __future__ import annotations

from courses.site import Idle


def tell_activity_every(idle: Idle) -> int:
    """Return after how many seconds a learner's server tells the hub of activity (only if there was some)."""
    return max(1, min(60, round(idle.server_minutes * 6)))


def late(idle: Idle) -> float:
    """Return how many seconds the hub may lag behind: servers spread what they tell by a tenth, and a hub is busy."""
    return 1.1 * tell_activity_every(idle) + 5


def cull_kernels(idle: Idle) -> tuple[str, ...]:
    """Return a learner's server's arguments that end idle kernels."""
    seconds = max(1, round(idle.kernel_minutes * 60))
    every = max(1, min(60, seconds // 2))
    return (
        f"--MappingKernelManager.cull_idle_timeout={seconds}",
        f"--MappingKernelManager.cull_interval={every}",
    )


def look_at_servers_every(idle: Idle) -> float:
    """Return seconds between looks at idle servers: once a minute, oftener for short times."""
    return min(60.0, idle.server_minutes * 60 / 2)
