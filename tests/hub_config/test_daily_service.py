"""When a day is run, and that a missed one is caught up."""

import asyncio
from datetime import UTC, date, datetime, time

import pytest

from autograder.models import DayStep
from courses.clock import now
from courses.school.db import open_engine, session
from courses.site import Site, database_url
from hub_config.daily_service import due_day, is_done, run_day
from hub_config.database import prepare

TEN = time(22, 0)


def test_before_the_hour_the_day_before_is_due():
    assert due_day(datetime(2026, 11, 22, 14, 59, tzinfo=UTC), TEN) == date(2026, 11, 21)


def test_at_the_hour_the_day_itself_is_due():
    assert due_day(datetime(2026, 11, 22, 15, 0, tzinfo=UTC), TEN) == date(2026, 11, 22)


def test_after_midnight_it_is_still_the_evenings_day():
    assert due_day(datetime(2026, 11, 22, 19, 0, tzinfo=UTC), TEN) == date(2026, 11, 22)


def test_an_hour_after_midnight_belongs_to_the_programmes_day_before():
    assert due_day(datetime(2026, 11, 22, 19, 0, tzinfo=UTC), time(1, 30)) == date(2026, 11, 22)


def test_a_day_is_done_only_when_its_last_step_is(tmp_path):
    site = Site(data=tmp_path)
    prepare(site)
    day = date(2026, 11, 22)
    for step, done in (("progress", False), ("boards", True)):
        with session(open_engine(database_url(site))) as db:
            db.add(DayStep(day=day, step=step, finished_at=now(), counts={}))
        assert is_done(site, day) is done
    assert is_done(site, date(2026, 11, 21))
    assert not is_done(site, date(2026, 11, 23))


@pytest.fixture
def empty_school(tmp_path, monkeypatch):
    """A migrated site without people, as the service's environment names it."""
    monkeypatch.setenv("BDHAI_DATA", str(tmp_path))
    monkeypatch.setenv("BDHAI_AI", "none")
    site = Site(data=tmp_path)
    prepare(site)
    (tmp_path / "logs").mkdir()
    return site


def test_a_day_is_run_in_a_process_of_its_own_and_its_report_kept(empty_school):
    day = date(2026, 11, 22)
    assert asyncio.run(run_day(empty_school, day, asyncio.Event()))
    assert is_done(empty_school, day)
    assert '"day"' in (empty_school.data / "logs" / "daily.log").read_text(encoding="utf-8")


def test_a_stop_ends_the_run_too(empty_school):
    async def stopped_at_once():
        stop = asyncio.Event()
        stop.set()
        return await run_day(empty_school, date(2026, 11, 22), stop)

    assert not asyncio.run(stopped_at_once())
