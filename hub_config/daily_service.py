"""``python -m hub_config.daily_service``: run the day at its hour, and catch up after a time when nobody was up."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from autograder.models import DayStep
from courses.clock import VIETNAM, now, programme_day
from courses.school.db import session
from courses.site import Site, database_url, layout, load_site
from hub_config.people import engine_for

LAST_STEP = "boards"
LOOK_EVERY = 60.0  # seconds; a machine that slept or whose clock was set is noticed at the next look
AFTER_A_FAILURE = 600.0
SETTLE = 30.0  # after a start people come first: catching up may wait until their pages are open
LAST_IN_THE_QUEUE = 10  # nice: people's pages come before marking


def due_day(moment: datetime, opening: time) -> date:
    """Return the newest programme's day whose hour has come.

    Args:
        moment: an aware time.
        opening: the hour in Vietnam at which a day is run, such as 22:00.
    """
    local = moment.astimezone(VIETNAM)
    latest = local.replace(hour=opening.hour, minute=opening.minute, second=0, microsecond=0)
    return programme_day(latest if latest <= local else latest - timedelta(days=1))


def is_done(site: Site, day: date) -> bool:
    """Tell whether a day, or a later one, was run to its end."""
    with session(engine_for(database_url(site))) as db:
        query = select(DayStep.day).where(DayStep.step == LAST_STEP, DayStep.day >= day)
        return db.scalars(query.limit(1)).first() is not None


def days_behind(db: Session, moment: datetime, opening: time) -> int | None:
    """Return how many programme days are due and not done: 0 is well; None when no day was ever run."""
    last = db.scalar(select(func.max(DayStep.day)).where(DayStep.step == LAST_STEP))
    return None if last is None else max(0, (due_day(moment, opening) - last).days)


async def watch(site: Site, stop: asyncio.Event) -> None:
    """Run each day once its hour has come, until told to stop."""
    await _wait(stop, SETTLE)
    while not stop.is_set():
        day = due_day(now(), site.opening.daily)
        pause = LOOK_EVERY
        if not await asyncio.to_thread(is_done, site, day) and not await run_day(site, day, stop):
            pause = AFTER_A_FAILURE
        await _wait(stop, pause)


async def run_day(site: Site, day: date, stop: asyncio.Event) -> bool:
    """Run one day in a process of its own, which a stop ends too; return whether all of it worked.

    What the run says is added to ``logs/daily.log``.
    """
    command = [sys.executable, "-m", "hub_config", "daily", "--date", day.isoformat(), "--json"]
    with (layout(site).logs / "daily.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log)
    os.setpriority(os.PRIO_PROCESS, process.pid, LAST_IN_THE_QUEUE)
    ended = asyncio.create_task(process.wait())
    asked = asyncio.create_task(stop.wait())
    await asyncio.wait({ended, asked}, return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    if not ended.done():
        process.terminate()  # a killed run loses nothing: the next one goes on
    return await ended == 0


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


async def main() -> None:
    """Serve until the hub ends the process."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await watch(load_site(), stop)


if __name__ == "__main__":
    asyncio.run(main())
