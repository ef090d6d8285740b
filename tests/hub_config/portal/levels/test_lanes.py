"""The lanes beside the map: every need is drawn from its lesson to the one that needs it, and lanes never share a place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.catalog.programme import load_courses
from courses.catalog.syllabus import load_syllabus
from hub_config.portal.levels.lanes import lanes, shortest


def drawn(needs):
    return {number: [(lane.place, lane.piece) for lane in beside] for number, beside in lanes(needs).items()}


def test_a_lane_runs_from_a_lesson_to_the_last_that_needs_it():
    assert drawn({"a": [], "b": ["a"], "c": [], "d": ["a"]}) == {
        "a": [(1, "starts")],
        "b": [(1, "joins")],
        "c": [(1, "passes")],
        "d": [(1, "ends")],
    }


def test_two_lanes_stand_side_by_side_and_a_free_place_is_used_again():
    assert drawn({"a": [], "b": [], "c": ["a"], "d": [], "e": ["b", "d"]}) == {
        "a": [(1, "starts")],
        "b": [(1, "passes"), (2, "starts")],
        "c": [(1, "ends"), (2, "passes")],
        "d": [(1, "starts"), (2, "passes")],
        "e": [(1, "ends"), (2, "ends")],
    }


def test_a_lane_does_not_begin_where_another_ends_in_the_same_row():
    assert drawn({"a": [], "b": ["a"], "c": ["b"]})["b"] == [(1, "ends"), (2, "starts")]


def test_what_another_need_has_anyway_is_not_drawn_nor_what_is_not_on_the_map():
    assert shortest({"a": [], "b": ["a"], "c": ["a", "b", "x"]}) == {"a": (), "b": ("a",), "c": ("b",)}


@st.composite
def maps(draw):
    size = draw(st.integers(1, 9))
    return {n: [m for m in range(n) if draw(st.booleans())] for n in range(size)}


@given(maps())
def test_following_the_lanes_leads_from_each_need_to_its_lesson_and_nowhere_else(needs):
    running, reached = {}, {number: set() for number in needs}
    for number, beside in lanes(needs).items():
        assert len({lane.place for lane in beside}) == len(beside)
        for lane in beside:
            if lane.piece == "starts":
                running[lane.place] = number
            elif lane.piece in {"joins", "ends"}:
                reached[number].add(running[lane.place])
                if lane.piece == "ends":
                    del running[lane.place]
    assert reached == {number: set(own) for number, own in needs.items()}
    assert running == {}


@pytest.mark.parametrize("course", sorted(load_courses()))
@pytest.mark.parametrize("level", range(1, 6))
def test_every_map_of_the_programme_fits_beside_a_phones_text(course, level):
    syllabus = load_syllabus()
    own = [one for one in load_courses()[course].lessons if syllabus[one].level == level]
    map_ = lanes(shortest({one: syllabus[one].needs for one in own}))
    assert max((lane.place for beside in map_.values() for lane in beside), default=0) <= 6
