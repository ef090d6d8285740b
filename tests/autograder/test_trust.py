"""A judge whose quotes stand in no answer loses trust, exercise by exercise, and gains it back with a new prompt."""

from __future__ import annotations

import pytest

from autograder import ledger
from autograder.trust import ENOUGH, LATEST, Meter, meter


@pytest.fixture
def judged(session, lesson):
    """Return a function that puts judgements of an exercise into the ledger."""
    exercise = lesson.slot("lenh").variant("citizen")

    def put(times, *, claims=4, lost=0, judge="j", prompt="p", begin=0):
        for number in range(begin, begin + times):
            key = ledger.question(exercise, f"Bài số {number}")
            ledger.append(
                session, key, judge, prompt, ledger.Judged(outcome="judged", claims=claims, lost_quotes=lost)
            )
        session.flush()
        return exercise

    return put


@pytest.mark.parametrize(("lost", "low"), [(0, False), (8, False), (9, True), (20, True)])
def test_more_lost_quotes_than_the_limit_allows_are_too_many(lost, low):
    assert Meter(claims=20, lost=lost).is_low(0.4) is low


def test_few_claims_tell_nothing():
    assert Meter(claims=ENOUGH - 1, lost=ENOUGH - 1).share is None
    assert not Meter(claims=ENOUGH - 1, lost=ENOUGH - 1).is_low(0)


def test_the_meter_counts_this_judge_with_this_prompt_on_this_exercise(session, judged):
    exercise = judged(6, claims=4, lost=3)
    judged(5, claims=4, lost=0, judge="other", begin=50)
    judged(5, claims=4, lost=0, prompt="new", begin=50)
    judged(5, claims=0, lost=0, begin=80)
    assert meter(session, exercise, "j", "p") == Meter(claims=24, lost=18)
    assert meter(session, exercise, "j", "new") == Meter(claims=20, lost=0)
    other = exercise.model_copy(update={"statement": "Đề khác hẳn."})
    assert meter(session, other, "j", "p") == Meter()


def test_the_meter_forgets_what_is_long_ago(session, judged):
    judged(LATEST, claims=1, lost=1)
    exercise = judged(LATEST, claims=1, lost=0, begin=LATEST)
    assert meter(session, exercise, "j", "p").lost == 0
