"""The portal's small rules, without HTTP: states, the next lesson, limits, hidden cells, points."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.daily.context import Context
from autograder.daily.works import works
from autograder.results import ExerciseResult, Result, overrule
from courses.clock import now, programme_day
from courses.progress import points
from courses.progress.roster import first_checks
from courses.school.db import session
from courses.school.people import find_person
from courses.school.submissions import find_submission
from hub_config.portal.figures import Cell, hide
from hub_config.portal.limits import Limiter
from hub_config.portal.points import points_of
from hub_config.portal.quoting import parts
from hub_config.portal.states import Row, next_row, state_of


def result(*scores: float | None) -> Result:
    """Exercises of 10 points each."""
    own = (
        ExerciseResult(
            exercise=f"e{number}", score=score, max_score=10, status="partly", comment="", source="rule"
        )
        for number, score in enumerate(scores)
    )
    return Result(receipt="r", lesson="l", exercises=tuple(own))


@pytest.mark.parametrize(
    ("visited", "found", "counted", "state"),
    [
        (False, None, False, "chua_hoc"),
        (True, None, False, "dang_hoc"),
        (True, result(10), False, "da_nop"),
        (True, result(10), True, "da_cham"),
        (True, result(10, None), True, "da_nop"),
        (True, result(7), True, "da_cham"),
        (True, result(6.99), True, "can_xem_lai"),
        (True, result(7, None), True, "da_nop"),
        (True, result(6.99, None), False, "can_xem_lai"),
        (True, result(None), True, "da_nop"),
    ],
)
def test_a_lessons_state_follows_from_visit_result_and_daily_run(visited, found, counted, state):
    assert state_of(visited=visited, result=found, counted=counted) == state


def row(number: str, state: str) -> Row:
    return Row(
        lesson=f"level1/{number}",
        number=number,
        title="",
        minutes=1,
        level=1,
        safety=False,
        state=state,
        max_score=1,
    )


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (["chua_hoc", "dang_hoc"], "1"),
        (["da_cham", "chua_hoc", "chua_hoc"], "1"),
        (["can_xem_lai", "chua_hoc"], "1"),
        (["da_nop", "can_xem_lai"], "1"),
        (["da_nop", "da_cham"], None),
        ([], None),
    ],
)
def test_the_next_lesson_is_the_one_begun_then_a_new_one_then_one_to_review(states, expected):
    found = next_row([row(str(number), state) for number, state in enumerate(states)])
    assert (found.number if found else None) == expected


def test_a_limiter_refills_evenly_and_knows_people_apart():
    time = [0.0]
    limiter = Limiter(2, 10, clock=lambda: time[0])
    assert [limiter.wait("lan") for _ in range(3)] == [0, 0, 5]
    assert limiter.wait("an") == 0
    time[0] = 4.9
    assert limiter.wait("lan") == 1
    time[0] = 5.0
    assert limiter.wait("lan") == 0
    time[0] = 1000.0
    assert [limiter.wait("lan") for _ in range(3)] == [0, 0, 5]


@given(st.lists(st.integers(0, 20), max_size=12))
def test_no_small_cell_can_be_computed_from_the_total(counts):
    cells = hide(counts)
    assert all(cell.value is None for cell, count in zip(cells, counts, strict=True) if count < 5)
    assert sum(cell.value is None for cell in cells) != 1 or len(cells) == 1
    assert all(cell.value in {None, count} for cell, count in zip(cells, counts, strict=True))


@given(st.text(max_size=60), st.lists(st.text(max_size=8), max_size=4))
def test_marking_quotes_never_changes_the_answer(answer, quotes):
    cut = parts(answer, quotes)
    assert "".join(part.text for part in cut) == answer
    assert all(one.quoted != two.quoted for one, two in itertools.pairwise(cut))


def test_quotes_are_found_in_any_case_and_may_overlap():
    cut = parts("Bạn là CÁN BỘ phường.", ["cán bộ", "bộ phường"])
    assert [(part.text, part.quoted) for part in cut] == [
        ("Bạn là ", False),
        ("CÁN BỘ phường", True),
        (".", False),
    ]


def test_cells_say_in_words_why_there_is_no_number():
    assert [cell.words for cell in hide([3, 7, 20])] == ["dưới 5", "không hiện", "20"]
    assert Cell(value=0).words == "0"


def test_the_home_page_shows_the_points_that_the_daily_run_computes(site, engine, shelf, hand_in, api):
    check = {"lesson": "level1/01-ai-doan-chu", "exercise": "doan-chu", "case": "citizen"}
    api("an").post("api/check", json={**check, "answer": {"chosen": ["o1"]}})
    hand_in("lan", "level1/01-ai-doan-chu", "full")
    hand_in("lan", "level1/04-den-do-vang-xanh", "wrong")
    receipt = hand_in("an", "level1/01-ai-doan-chu", "full")
    hand_in("hoa", "level1/05-bat-ai-bia", "blank")
    with session(engine) as opened:
        overrule(opened, find_submission(opened, receipt), "day-lai", 5, "", "hung")
    context = Context(site, programme_day(now()) + timedelta(days=1), engine, shelf.all(), lambda _: None)
    with session(engine) as opened:
        daily = points(works(context, opened), first_checks(opened))
        mine = {
            name: points_of(opened, find_person(opened, name), shelf.all())
            for name in ("lan", "an", "hoa", "le")
        }
    assert mine == {name: daily[name].total if name in daily else 0 for name in mine}
    assert mine == {"lan": 15, "an": 10, "hoa": 0, "le": 0}
