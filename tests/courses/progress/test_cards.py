"""Review cards: spaced by FSRS, never more than ten a day, the same for the same answers."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from courses.progress.cards import A_DAY, LONGEST_DAYS, Due, Learned, Review, next_day, schedule, today_cards

DAY = date(2026, 11, 2)
ONE = Learned("level1/01-x", DAY, 3)


def after(days):
    return DAY + timedelta(days=days)


def review(card, days, grade="good", lesson="level1/01-x"):
    return Review(lesson, card, after(days), grade)


def test_the_cards_of_a_lesson_come_up_the_day_after_it_was_handed_in():
    assert today_cards([ONE], [], DAY) == ()
    assert [due.card for due in today_cards([ONE], [], after(1))] == [1, 2, 3]


def test_a_remembered_card_goes_away_for_days_and_a_forgotten_one_is_back_tomorrow():
    given = [review(1, 1), review(2, 1, "again")]
    assert [due.card for due in today_cards([ONE], given, after(1))] == [3]
    assert next_day(DAY, given[:1]) > after(3)
    assert next_day(DAY, given[1:]) == after(2)


def test_the_pauses_grow_and_stop_at_sixty_days():
    given, days, pauses = [], 1, []
    for _ in range(8):
        given.append(review(1, days))
        pause = (next_day(DAY, given) - after(days)).days
        pauses.append(pause)
        days += pause
    assert pauses == sorted(pauses)
    assert pauses[0] < 7
    assert pauses[-1] == LONGEST_DAYS


@pytest.mark.parametrize("answered", [0, 4, 10])
def test_at_most_ten_cards_a_day_the_longest_overdue_first(answered):
    lessons = [Learned(f"level1/{n:02}-x", after(-n), 3) for n in range(1, 6)]
    queue = today_cards(lessons, [], DAY)
    assert len(queue) == A_DAY
    assert [due.lesson for due in queue[:4]] == [*["level1/05-x"] * 3, "level1/04-x"]
    given = [Review(due.lesson, due.card, DAY, "good") for due in queue[:answered]]
    assert today_cards(lessons, given, DAY) == queue[answered:]


def test_of_two_answers_of_one_day_the_first_counts_and_order_of_days_does_not_matter():
    given = [review(1, 1), review(1, 5, "again"), review(1, 6)]
    shuffled = given.copy()
    random.Random(7).shuffle(shuffled)
    assert next_day(DAY, shuffled) == next_day(DAY, given)


def test_answers_to_lessons_that_are_gone_change_nothing():
    gone = [review(1, 1, lesson="level1/99-x"), review(9, 1)]
    assert schedule([ONE], gone) == tuple(Due(after(1), ONE.lesson, card) for card in (1, 2, 3))
