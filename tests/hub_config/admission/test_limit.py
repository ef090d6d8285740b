"""The limit of simultaneous starts, as arithmetic: it grows while starts are fast and shrinks when they aren't."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_config.admission.limit import Limit, Start

LIMIT = Limit(value=2.0, most=8, unhurried=4.0, usual=4.0)


def start(seconds, began=0.0, together=2, *, full=True, worked=True):
    return Start(began, began + seconds, together, full=full, worked=worked)


def test_fast_starts_raise_it_by_one_a_round():
    limit = LIMIT
    for _ in range(2):
        limit = limit.after(start(4.0))
    assert limit.now == 3
    for _ in range(3):
        limit = limit.after(start(4.0))
    assert limit.now == 4


def test_a_slow_start_lowers_it_at_once():
    assert Limit(value=6.0, most=8, unhurried=4.0).after(start(9.0)).value == pytest.approx(4.2)


def test_one_slow_round_lowers_it_once():
    limit = Limit(value=6.0, most=8, unhurried=4.0)
    for end in (9.0, 9.1, 9.2, 9.3):
        limit = limit.after(start(end))
    assert limit.value == pytest.approx(4.2)
    assert limit.after(start(9.0, began=9.5)).value < 4.2


def test_it_never_falls_below_one_nor_rises_above_the_most():
    limit = LIMIT
    for number in range(50):
        limit = limit.after(start(100.0, began=200.0 * number))
    assert limit.now == 1
    for number in range(500):
        limit = limit.after(start(0.1, began=20_000.0 + number))
    assert limit.now == 8


def test_a_limit_that_nobody_reaches_does_not_grow():
    assert LIMIT.after(start(4.0, full=False)).value == LIMIT.value


def test_a_failure_that_came_fast_says_nothing_and_a_late_one_counts_as_slow():
    assert LIMIT.after(start(0.2, worked=False)) == LIMIT
    assert LIMIT.after(start(300.0, worked=False)).value == pytest.approx(1.4)
    assert LIMIT.after(start(300.0, worked=False)).usual == LIMIT.usual


def test_a_machine_that_became_slow_is_learnt_from_starts_that_have_it_to_themselves():
    limit = Limit(value=1.0, most=8, unhurried=1.0, usual=1.0)
    for number in range(30):
        limit = limit.after(start(5.0, began=10.0 * number, together=1))
    assert limit.unhurried == pytest.approx(5.0, rel=0.01)
    assert limit.now > 1


def test_many_at_once_do_not_teach_that_slow_is_normal():
    limit = LIMIT
    for number in range(30):
        limit = limit.after(start(7.9, began=10.0 * number, together=4))
    assert limit.unhurried == 4.0


def test_the_time_to_go_grows_with_the_place_and_shrinks_with_the_limit():
    assert LIMIT.seconds_until_ready(0) == 4.0
    assert LIMIT.seconds_until_ready(4) == 12.0
    assert Limit(value=4.0, most=8, usual=4.0).seconds_until_ready(4) == 8.0
    assert Limit(value=4.0, most=8).seconds_until_ready(4) == 0.0


@given(
    st.lists(
        st.builds(
            Start,
            st.floats(0, 1e5),
            st.floats(1e5, 2e5),
            st.integers(1, 30),
            full=st.booleans(),
            worked=st.booleans(),
        )
    )
)
def test_whatever_happens_somebody_may_start(starts):
    limit = Limit(value=2.0, most=8)
    for each in starts:
        limit = limit.after(each)
        assert 1 <= limit.now <= 8
        assert limit.seconds_until_ready(100) >= 0
