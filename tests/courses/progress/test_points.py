from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.clock import programme_day
from courses.progress import Check, Work, points

MONDAY = datetime(2026, 9, 7, 12, 0, tzinfo=UTC)  # 19:00 in Vietnam


PASSED = Work("lan", "a", 1, MONDAY, complete=True, score=8.0, decided=10.0, rules=(("q", False),))


def work(**changes):
    return replace(PASSED, **changes)


def total(*works, checks=()):
    found = points(works, checks)
    return found["lan"].total if "lan" in found else None


def test_a_lesson_gives_ten():
    assert total(work()) == 10


@pytest.mark.parametrize(("score", "expected"), [(7.0, 10), (6.99, 0), (0.0, 0), (10.0, 10)])
def test_seventy_per_cent_of_what_is_decided_is_enough(score, expected):
    assert total(work(score=score)) == expected


def test_an_exact_seventy_per_cent_passes_although_floats_sum_to_less():
    score, decided = 4.56 + 8.04, 18.0
    assert score < 0.7 * decided
    assert total(work(score=score, decided=decided)) == 10


def test_what_waits_for_a_person_counts_neither_way():
    assert total(work(score=3.0, decided=4.0)) == 10
    assert total(work(score=0.0, decided=0.0)) == 0


def test_every_exercise_must_be_answered():
    assert total(work(complete=False, score=10.0)) == 0


def test_whoever_submitted_has_an_entry_even_without_points():
    assert points([work(score=0)])["lan"].awards == ()
    assert points([]) == {}


def test_all_right_at_submission_without_a_check_gives_five_more():
    assert total(work(rules=(("q", True), ("r", True)))) == 15
    assert total(work(rules=(("q", True), ("r", False)))) == 10


def test_a_lesson_without_rule_marked_exercises_has_no_first_try():
    assert total(work(rules=())) == 10


BEFORE, AFTER = MONDAY - timedelta(minutes=1), MONDAY + timedelta(hours=1)


def check(*, right, at=BEFORE):
    return Check("lan", "a", "q", at, right)


def test_the_first_check_is_the_first_try():
    assert total(work(rules=(("q", True),)), checks=[check(right=False)]) == 10
    assert total(work(rules=(("q", False),)), checks=[check(right=True)]) == 15


def test_a_check_after_the_first_submission_is_no_first_try():
    assert total(work(rules=(("q", False),)), checks=[check(right=True, at=AFTER)]) == 10
    assert total(work(rules=(("q", True),)), checks=[check(right=False, at=AFTER)]) == 15


def test_a_second_submission_cannot_win_the_first_try():
    again = work(number=2, at=MONDAY + timedelta(days=1), rules=(("q", True),))
    assert total(work(rules=(("q", False),)), again) == 10


def test_repeats_give_nothing():
    works = [work(number=number, at=MONDAY + timedelta(days=number)) for number in range(1, 6)]
    assert total(*works) == 10


def test_the_last_submission_counts():
    worse = work(number=2, at=MONDAY + timedelta(days=1), score=1.0)
    assert total(work(), worse) == 0
    assert total(work(score=1.0), work(number=2, at=MONDAY + timedelta(days=1))) == 10


def test_the_day_is_the_day_of_the_first_submission_that_earned_it():
    works = [
        work(score=1.0),
        work(number=2, at=MONDAY + timedelta(days=1)),
        work(number=3, at=MONDAY + timedelta(days=2)),
    ]
    assert [award.day for award in points(works)["lan"].awards] == [date(2026, 9, 8)]


def test_a_day_gives_sixty_at_most_and_a_repeat_cannot_move_points_past_it():
    day = [work(lesson=str(n), at=MONDAY + timedelta(minutes=n)) for n in range(8)]
    assert [award.points for award in points(day)["lan"].awards] == [10] * 6 + [0, 0]
    repeats = [work(lesson=str(n), number=2, at=MONDAY + timedelta(days=1, minutes=n)) for n in range(8)]
    assert total(*day, *repeats) == 60


def test_the_award_that_reaches_sixty_is_cut():
    day = [work(lesson=str(n), at=MONDAY + timedelta(minutes=n), rules=(("q", True),)) for n in range(5)]
    assert [award.points for award in points(day)["lan"].awards] == [15, 15, 15, 15, 0]
    assert total(*day[:3], *(work(lesson=f"x{n}", at=MONDAY + timedelta(hours=1)) for n in range(2))) == 60


def test_the_day_ends_at_four_in_the_morning_in_vietnam():
    before, after = datetime(2026, 9, 7, 20, 59, tzinfo=UTC), datetime(2026, 9, 7, 21, 1, tzinfo=UTC)
    night = [work(lesson=str(n), at=before) for n in range(6)]
    assert total(*night, work(lesson="z", at=before)) == 60
    assert total(*night, work(lesson="z", at=after)) == 70


works_of_anybody = st.lists(
    st.builds(
        Work,
        person=st.sampled_from("abc"),
        lesson=st.sampled_from([f"l{n}" for n in range(9)]),
        number=st.integers(1, 4),
        at=st.datetimes(datetime(2026, 9, 1), datetime(2026, 9, 4), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
        complete=st.booleans(),
        score=st.floats(0, 10),
        decided=st.floats(0, 10),
        rules=st.lists(st.tuples(st.sampled_from("qr"), st.booleans()), max_size=2).map(tuple),
    ),
    max_size=40,
    unique_by=lambda one: (one.person, one.lesson, one.number),
)
checks_of_anybody = st.lists(
    st.builds(
        Check,
        person=st.sampled_from("abc"),
        lesson=st.sampled_from([f"l{n}" for n in range(9)]),
        exercise=st.sampled_from("qr"),
        at=st.datetimes(datetime(2026, 9, 1), datetime(2026, 9, 4), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
        right=st.booleans(),
    ),
    unique_by=lambda one: (one.person, one.lesson, one.exercise),
    max_size=20,
)


@given(works_of_anybody, checks_of_anybody, st.integers())
def test_the_order_of_the_input_never_matters_and_recomputing_gives_the_same(works, checks, seed):
    first = points(works, checks)
    chance = random.Random(seed)
    shuffled, other = works[:], checks[:]
    chance.shuffle(shuffled)
    chance.shuffle(other)
    assert points(shuffled, other) == first
    assert points(works, checks) == first


@given(works_of_anybody, checks_of_anybody)
def test_totals_caps_and_one_award_a_lesson_hold_for_anything(works, checks):
    for person, found in points(works, checks).items():
        by_day = defaultdict(int)
        for award in found.awards:
            by_day[award.day] += award.points
        assert max(by_day.values(), default=0) <= 60
        assert found.total == sum(by_day.values())
        assert len({award.lesson for award in found.awards}) == len(found.awards)
        assert {award.day for award in found.awards} <= {
            programme_day(w.at) for w in works if w.person == person
        }


@given(works_of_anybody, st.data())
def test_repeating_a_lesson_as_well_as_before_changes_nothing(works, data):
    if not works:
        return
    last = max(works, key=lambda w: (w.person, w.lesson, w.number))
    later = data.draw(st.sampled_from([last.at, last.at + timedelta(days=9)]))
    again = replace(last, number=last.number + 1, at=later)
    before = points(works)
    if again.at > max(w.at for w in works if (w.person, w.lesson) == (last.person, last.lesson)):
        assert points([*works, again]) == before


def test_teaching_back_earns_fifteen_once_when_the_pupil_of_the_counting_submission_passed():
    day_one, day_two = MONDAY, MONDAY + timedelta(days=1)
    first = work(number=1, at=day_one, taught=True, score=0)
    again = work(number=2, at=day_two, taught=True, score=0)
    (award,) = points([first, again])["lan"].awards
    assert (award.points, award.day) == (15, programme_day(day_one))
    forgotten = work(number=2, at=day_two, taught=False, score=0)
    assert points([first, forgotten])["lan"].total == 0


def test_the_lesson_and_its_teach_back_are_two_awards_under_one_cap():
    works = [work(lesson=f"level1/0{n}", taught=True) for n in range(1, 5)]
    assert points(works)["lan"].total == 60
