"""What the portal adds: whether the nightly marking ran, and how much waits for people."""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor

from prometheus_client import REGISTRY, CollectorRegistry, Gauge
from sqlalchemy import Engine

from courses.clock import now
from courses.school.db import session
from courses.site import Site
from hub_config.daily_service import days_behind
from hub_config.metrics.web import Refresh


def school_numbers(
    site: Site, engine: Engine, threads: Executor, registry: CollectorRegistry = REGISTRY
) -> Refresh:
    """Return what brings the school's numbers up to date."""
    behind = Gauge(
        "bdhai_daily_days_behind",
        "Programme days whose marking is due and not done; 0 is well, -1: no day was ever run.",
        registry=registry,
    )

    def look() -> float:
        with session(engine) as db:
            days = days_behind(db, now(), site.opening.daily)
        return -1.0 if days is None else float(days)

    async def refresh() -> None:
        behind.set(await asyncio.get_running_loop().run_in_executor(threads, look))

    return refresh
