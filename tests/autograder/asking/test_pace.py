"""How many calls may be under way."""

from __future__ import annotations

import asyncio
import contextlib
import time

import pytest

from autograder.asking import Pace, Silent
from autograder.asking.pace import LONGEST_WAIT, LOST, REST, SIGNS


class Clock:
    """Seconds that the test moves."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def pace(clock):
    return Pace(8, clock, chance=lambda: 1.0)


def enter(pace):
    async def go():
        async with pace.turn() as began:
            return began

    return asyncio.run(go())


def test_no_more_calls_are_under_way_than_the_limit():
    pace, under_way, most = Pace(3), 0, 0

    async def one():
        nonlocal under_way, most
        async with pace.turn():
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0.001)
            under_way -= 1

    async def go():
        await asyncio.gather(*(one() for _ in range(20)))

    asyncio.run(go())
    assert most == 3


def test_a_sign_of_overload_halves_the_limit_and_the_others_of_the_same_round_trip_say_nothing_new(
    pace, clock
):
    began = enter(pace)
    clock.now += 1
    for _ in range(3):
        pace.overloaded(began, "rate_limited", 0)
    assert pace.limit == 4
    pace.overloaded(enter(pace), "rate_limited", 0)
    assert pace.limit == 2


def test_the_limit_never_falls_below_one_call(pace, clock):
    for _ in range(5):
        clock.now += 1
        pace.overloaded(clock.now, "rate_limited", 0)
    assert pace.limit == 1


def test_good_answers_raise_the_limit_by_one_call_a_round_trip_up_to_the_most(pace, clock):
    pace.overloaded(clock.now, "rate_limited", 0)
    for _ in range(4):
        pace.answered()
    assert 4.8 < pace.limit < 5
    for _ in range(100):
        pace.answered()
    assert pace.limit == 8


def test_all_wait_as_long_as_the_provider_asked_for():
    pace = Pace(8)
    pace.overloaded(time.monotonic(), "rate_limited", 0.3)

    async def go():
        started = time.monotonic()
        async with contextlib.AsyncExitStack() as stack:
            for _ in range(4):
                await stack.enter_async_context(pace.turn())
        return time.monotonic() - started

    assert 0.29 <= asyncio.run(go()) < 0.6


def test_without_a_wish_the_pauses_double(pace, clock):
    pauses = []
    for _ in range(4):
        pace.overloaded(clock.now, "rate_limited", None)
        pauses.append(pace._resume - clock.now)  # noqa: SLF001 - how long the next one would wait
        clock.now = pace._resume  # noqa: SLF001 - as above
    assert pauses == [0.5, 1, 2, 4]


def test_a_provider_that_asks_for_too_long_is_left_alone_and_all_are_told_at_once(pace, clock):
    pace.overloaded(clock.now, "rate_limited", LONGEST_WAIT + 1)
    with pytest.raises(Silent, match="rate_limited"):
        enter(pace)
    clock.now += LONGEST_WAIT + 1
    assert enter(pace) == clock.now


@pytest.mark.parametrize(("reason", "signs"), [("rate_limited", SIGNS), ("timeout", SIGNS // 2)])
def test_signs_without_an_answer_between_them_end_the_asking(pace, clock, reason, signs):
    for _ in range(signs - 1):
        pace.overloaded(clock.now, reason, 0)
        assert enter(pace)
        clock.now += 1
    pace.overloaded(clock.now, reason, 0)
    with pytest.raises(Silent, match=reason):
        enter(pace)


def test_lost_calls_in_a_row_end_the_asking_for_a_while(pace, clock):
    for _ in range(LOST - 1):
        pace.lost("provider_error")
    pace.answered()
    for _ in range(LOST - 1):
        pace.lost("provider_error")
    assert enter(pace)
    pace.lost("provider_error")
    with pytest.raises(Silent, match="provider_error"):
        enter(pace)
    clock.now += REST
    assert enter(pace)


def test_those_who_wait_are_told_when_the_asking_ends():
    pace = Pace(1)

    async def wait():
        async with pace.turn():
            pytest.fail("nobody goes any more")

    async def go():
        async with pace.turn():
            waiting = [asyncio.create_task(wait()) for _ in range(3)]
            await asyncio.sleep(0.01)
            pace.stop("quota")
            return await asyncio.gather(*waiting, return_exceptions=True)

    assert [silent.reason for silent in asyncio.run(go())] == ["quota"] * 3


def test_one_pace_serves_one_event_loop_after_another():
    pace = Pace(1)

    async def go():
        async def hold():
            async with pace.turn():
                await asyncio.sleep(0.01)

        await asyncio.gather(hold(), hold())

    asyncio.run(go())
    asyncio.run(go())
    assert pace.limit == 1
