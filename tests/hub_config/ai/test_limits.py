"""The meter: so many a minute, a day, at once; one learner's use is nobody else's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hub_config.ai.limits import Limits, Meter, TooMany


class Time:
    def __init__(self):
        self.seconds = 0.0
        self.present = datetime(2026, 3, 2, 1, tzinfo=UTC)  # 08:00 in Vietnam

    def pass_(self, seconds):
        self.seconds += seconds
        self.present += timedelta(seconds=seconds)


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def meter(time):
    return lambda **limits: Meter(Limits(**limits), lambda: time.seconds, lambda: time.present)


def _ask(meter, user="an"):
    with meter.question(user):
        pass


def test_a_minute_has_so_many_questions_and_then_passes(meter, time):
    meter = meter(per_minute=2)
    _ask(meter)
    time.pass_(20)
    _ask(meter)
    with pytest.raises(TooMany) as told:
        _ask(meter)
    assert (told.value.code, told.value.retry_after) == ("rate_limited", 41)
    time.pass_(41)
    _ask(meter)


def test_a_day_has_so_many_questions_and_ends_at_four_in_the_morning(meter, time):
    meter = meter(per_day=1)
    _ask(meter)
    assert meter.left_today("an") == 0
    with pytest.raises(TooMany) as told:
        _ask(meter)
    assert told.value.code == "quota"
    assert told.value.retry_after == 20 * 3600 + 1
    time.pass_(told.value.retry_after)
    _ask(meter)


def test_a_refused_question_is_not_counted(meter):
    meter = meter(at_once=1, per_day=2)
    with meter.question("an"):
        with pytest.raises(TooMany):
            _ask(meter)
        assert meter.left_today("an") == 1


def test_a_question_that_failed_still_ends(meter):
    meter = meter(at_once=1)
    with pytest.raises(RuntimeError), meter.question("an"):
        raise RuntimeError
    _ask(meter)


def test_one_learners_use_is_nobody_elses(meter):
    meter = meter(per_day=1)
    _ask(meter, "an")
    _ask(meter, "binh")
