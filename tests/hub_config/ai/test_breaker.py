"""The breaker opens after failures in a row, rests, and lets one question find out."""

from __future__ import annotations

import pytest

from hub_config.ai.breaker import Breaker, BreakerRule, Resting
from hub_config.ai.upstream import Retries

RULE = BreakerRule(failures=3, window=60, rest=30)


@pytest.fixture
def time():
    return [0.0]


@pytest.fixture
def breaker(time):
    return Breaker(RULE, lambda: time[0])


def go(breaker, *, good):
    breaker.leave(probe=breaker.enter(), good=good)


def test_failures_in_a_window_open_it_and_it_says_how_long(breaker, time):
    for _ in range(3):
        assert breaker.state == "closed"
        go(breaker, good=False)
    assert breaker.state == "open"
    time[0] = 10.5
    with pytest.raises(Resting) as told:
        breaker.enter()
    assert told.value.retry_after == 20


def test_old_failures_do_not_count(breaker, time):
    go(breaker, good=False)
    go(breaker, good=False)
    time[0] = 61
    go(breaker, good=False)
    assert breaker.state == "closed"


def test_an_answer_between_makes_it_start_anew(breaker):
    for good in (False, False, True, False, False):
        go(breaker, good=good)
    assert breaker.state == "closed"


def test_after_the_rest_one_question_finds_out_and_the_others_wait(breaker, time):
    for _ in range(3):
        go(breaker, good=False)
    time[0] = 30
    assert breaker.state == "half_open"
    probe = breaker.enter()
    assert probe
    with pytest.raises(Resting):
        breaker.enter()
    breaker.leave(probe=True, good=True)
    assert breaker.state == "closed"


def test_a_failed_probe_rests_again(breaker, time):
    for _ in range(3):
        go(breaker, good=False)
    time[0] = 30
    go(breaker, good=False)
    assert breaker.state == "open"
    time[0] = 59
    assert breaker.state == "open"
    time[0] = 60
    assert breaker.state == "half_open"


def test_a_probe_whose_caller_left_lets_another_one_try(breaker, time):
    for _ in range(3):
        go(breaker, good=False)
    time[0] = 30
    go(breaker, good=None)
    assert breaker.state == "half_open"
    assert breaker.enter()


def test_a_late_answer_to_an_old_question_does_not_close_it(breaker):
    old = breaker.enter()
    for _ in range(3):
        go(breaker, good=False)
    breaker.leave(probe=old, good=True)
    assert breaker.state == "open"


@pytest.mark.parametrize(
    ("number", "wish", "chance", "pause"),
    [
        (1, "", 1.0, 0.5),
        (1, "", 0.0, 0.25),
        (2, "", 1.0, 1.0),
        (3, "", 1.0, None),
        (1, "4", 0.0, 4.0),
        (1, "4", 1.0, 4.5),
        (1, "9", 0.0, None),
        (1, "Fri, 31 Dec 2027 23:59:59 GMT", 1.0, 0.5),
        (1, "-1", 1.0, 0.5),
    ],
)
def test_pauses_grow_by_chance_and_heed_the_provider(number, wish, chance, pause):
    assert Retries(tries=3, first=0.5, longest=8).pause(number, wish, chance) == pause
