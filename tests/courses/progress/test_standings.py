from __future__ import annotations

import json
import random
from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from courses.progress import GroupFacts, PersonFacts, standings, to_json_bytes
from courses.progress.standings import FEW, NO_COUNT, shrunken_score

DAY = date(2026, 9, 7)


def ward(*groups):
    """Make a ward of (number, adults, points of each learner)."""
    facts, people, earned = [], [], {}
    for number, adults, each in groups:
        facts.append(GroupFacts(f"to-{number}", f"Tổ dân phố {number}", adults))
        for place, total in enumerate(each):
            name = f"g{number}-{place}"
            people.append(
                PersonFacts(name, f"Búp Chè {number:02d}{place:02d}", f"to-{number}", on_board=place < 2)
            )
            if total is not None:
                earned[name] = total
    return facts, people, earned


def board(*groups, **more):
    return standings(*ward(*groups), DAY, **more)


def test_the_score_is_the_formula():
    best, other = board((1, 300, [10] * 12), (2, 500, [25] * 10)).groups
    mean = 370 / 800
    assert (other.code, other.score) == ("to-1", round((120 + 200 * mean) / 500, 4))
    assert (best.code, best.score) == ("to-2", round((250 + 200 * mean) / 700, 4))
    assert (best.rank, best.total, best.n, best.active, best.participation) == (1, 250, 500, 10, 0.02)
    assert (best.hidden, best.why) == (False, "")


def test_a_tiny_group_is_pulled_to_the_mean_and_a_huge_one_is_not():
    mean = Fraction(1, 2)
    assert abs(shrunken_score(20, 5, mean) - mean) < Fraction(1, 10)
    assert abs(shrunken_score(40_000, 10_000, mean) - 4) < Fraction(1, 10)


@given(st.integers(0, 10**6), st.integers(1, 10**5), st.fractions(0, 60))
def test_shrinking_stays_between_the_groups_own_mean_and_the_wards(total, n, mean):
    own = Fraction(total, n)
    assert min(own, mean) <= shrunken_score(total, n, mean) <= max(own, mean)


def test_under_ten_active_people_nothing_of_a_group_is_shown():
    hidden = board((1, 300, [10] * 10), (2, 200, [50] * 9 + [None])).groups[-1]
    assert (hidden.code, hidden.hidden, hidden.why) == ("to-2", True, FEW)
    assert (hidden.rank, hidden.score, hidden.total, hidden.active, hidden.participation) == (None,) * 5


def test_people_who_submitted_without_earning_points_are_active():
    assert not board((1, 300, [0] * 10)).groups[0].hidden


def test_a_group_whose_adults_are_unknown_is_not_ranked_and_not_in_the_mean():
    known, unknown = board((1, 300, [10] * 10), (2, 0, [60] * 30)).groups
    assert (unknown.hidden, unknown.why, unknown.n) == (True, NO_COUNT, None)
    assert known.score == round(100 / 300, 4)


def test_a_ward_without_any_number_of_adults_has_no_score():
    assert [group.why for group in board((1, 0, [10] * 10)).groups] == [NO_COUNT]
    assert board().groups == ()


def test_hidden_groups_still_count_for_the_ward_mean():
    with_hidden = board((1, 300, [10] * 10), (2, 100, [60])).groups[0]
    assert with_hidden.score == round((100 + 200 * 160 / 400) / 500, 4)


def test_more_learners_than_adults_is_full_participation():
    assert board((1, 5, [10] * 12)).groups[0].participation == 1.0


def test_ties_share_a_rank_and_stand_in_vietnamese_order():
    rows = board(*((number, 300, [10] * 10) for number in (10, 2, 1)), (3, 300, [0] * 10)).groups
    assert [(row.rank, row.name) for row in rows] == [
        (1, "Tổ dân phố 1"),
        (1, "Tổ dân phố 2"),
        (1, "Tổ dân phố 10"),
        (4, "Tổ dân phố 3"),
    ]


def test_only_people_who_opted_in_are_shown_and_only_by_pseudonym():
    facts, people, earned = ward((1, 300, [10, 40, 60]))
    shown = standings(facts, people, earned, DAY)
    assert [(row.rank, row.pseudonym, row.points, row.group) for row in shown.people] == [
        (1, "Búp Chè 0101", 40, "Tổ dân phố 1"),
        (2, "Búp Chè 0100", 10, "Tổ dân phố 1"),
    ]
    assert b"g1-" not in to_json_bytes(shown)


def test_a_person_without_group_or_points_has_a_place_too():
    shown = standings([], [PersonFacts("x", "Nắng Sớm 01", None, on_board=True)], {}, DAY)
    assert [(row.rank, row.points, row.group) for row in shown.people] == [(1, 0, "")]


def test_people_with_equal_points_stand_in_vietnamese_order():
    names = ["Đá Cuội 02", "Diều Giấy 07", "Ong Thợ 80", "Đồi Chè 11"]
    people = [PersonFacts(str(place), name, None, on_board=True) for place, name in enumerate(names)]
    shown = standings([], people, {}, DAY).people
    assert [row.pseudonym for row in shown] == ["Diều Giấy 07", "Đá Cuội 02", "Đồi Chè 11", "Ong Thợ 80"]
    assert {row.rank for row in shown} == {1}


groups_of_any_ward = st.lists(
    st.tuples(
        st.integers(1, 11), st.integers(0, 700), st.lists(st.none() | st.integers(0, 300), max_size=14)
    ),
    max_size=6,
    unique_by=lambda group: group[0],
)


@given(groups_of_any_ward, st.integers())
def test_the_same_facts_in_any_order_give_the_same_bytes(groups, seed):
    facts, people, earned = ward(*groups)
    first = to_json_bytes(standings(facts, people, earned, DAY))
    chance = random.Random(seed)
    entries = list(earned.items())
    for each in (facts, people, entries):
        chance.shuffle(each)
    assert to_json_bytes(standings(facts, people, dict(entries), DAY)) == first


def test_the_file_says_its_day_and_whether_it_is_sample_data():
    read = json.loads(to_json_bytes(board((1, 300, [10] * 10), sample=True)))
    assert (read["v"], read["day"], read["sample"]) == (1, "2026-09-07", True)
    assert set(read) == {"v", "day", "sample", "groups", "people"}
    assert "Tổ dân phố 1".encode() in to_json_bytes(board((1, 300, [10] * 10)))
