"""What a day may still cost."""

from __future__ import annotations

import asyncio

import pytest

from autograder.asking import Budget, Silent
from autograder.judge import Usage


def usage(tokens, money=0.0):
    return Usage(calls=1, prompt_tokens=tokens, money=money)


async def answer(budget, most, really=None, seconds=0.0):
    async with budget.room(most) as bill:
        await asyncio.sleep(seconds)
        if really is not None:
            bill.pay(really)


def test_without_limits_everything_fits():
    budget = Budget()
    asyncio.run(answer(budget, usage(10**9, 1e9)))
    assert budget.spent.tokens == 10**9


@pytest.mark.parametrize(
    ("limits", "fits", "does_not"),
    [({"tokens": 100}, usage(100), usage(101)), ({"money": 2.5}, usage(9, 2.5), usage(1, 2.6))],
)
def test_an_answer_begins_only_if_the_day_can_pay_it(limits, fits, does_not):
    asyncio.run(answer(Budget(**limits), fits))
    with pytest.raises(Silent, match="budget"):
        asyncio.run(answer(Budget(**limits), does_not))


def test_what_the_day_took_before_counts():
    with pytest.raises(Silent, match="budget"):
        asyncio.run(answer(Budget(tokens=100, spent=usage(60)), usage(41)))


def test_a_budget_of_nothing_lets_nothing_begin():
    with pytest.raises(Silent, match="budget"):
        asyncio.run(answer(Budget(tokens=0), usage(1)))


def test_an_answer_waits_for_the_room_that_another_one_gives_back():
    budget = Budget(tokens=100)

    async def go():
        await asyncio.gather(*(answer(budget, usage(60), usage(20), 0.01) for _ in range(3)))

    asyncio.run(go())
    assert budget.spent.tokens == 60


def test_many_at_once_never_take_more_than_the_day_has():
    budget = Budget(tokens=100)

    async def go():
        tried = (answer(budget, usage(30), usage(25), 0.001) for _ in range(10))
        return await asyncio.gather(*tried, return_exceptions=True)

    refused = [each for each in asyncio.run(go()) if isinstance(each, Silent)]
    assert (budget.spent.tokens, len(refused)) == (75, 7)  # 75 + 30 is more than the day has


def test_an_answer_that_was_paid_before_always_fits():
    asyncio.run(answer(Budget(tokens=0), Usage(), Usage()))


def test_an_answer_that_broke_took_what_was_held():
    budget = Budget(tokens=100)

    async def go():
        async with budget.room(usage(40)):
            raise KeyError

    with pytest.raises(KeyError):
        asyncio.run(go())
    assert budget.spent.tokens == 40


def test_after_the_runs_time_nothing_begins():
    budget = Budget(ends=10.0, clock=lambda: 10.0)
    with pytest.raises(Silent, match="late"):
        asyncio.run(answer(budget, usage(1)))
