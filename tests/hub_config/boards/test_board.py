"""What of standings.json is shown, and what is not."""

import json

import pytest

from courses.progress import Standings
from hub_config.boards import chart
from hub_config.boards.board import Board, board, parse
from tests.hub_config.boards import wards


def changed(**changes: object) -> Board:
    raw = json.loads(wards.ward())
    return board(parse(json.dumps({**raw, **changes}).encode()))


def test_groups_come_in_their_rank_with_vietnamese_figures():
    shown = board(parse(wards.ward()))
    assert [line.rank for line in shown.groups] == list(range(1, 11))
    first = shown.groups[0]
    assert (first.name, first.score, first.participation, first.of) == (
        "Tổ dân phố 3",
        "2,04",
        "6,2 %",
        "14/225",
    )
    assert shown.day == "22/11/2026"


def test_groups_under_ten_learners_are_named_without_figures():
    shown = board(parse(wards.ward()))
    assert [(line.name, line.why) for line in shown.hidden] == [
        ("Tổ dân phố 5", "chưa đủ 10 người học"),
        ("Tổ dân phố 10", "chưa đủ 10 người học"),
    ]


def test_a_pseudonym_of_a_small_group_stands_without_the_group():
    shown = board(parse(wards.ward()))
    small = [line for line in shown.people if line.pseudonym.startswith(("Búp Chè 05", "Búp Chè 10"))]
    assert small
    assert {line.group for line in small} == {""}
    assert {line.group for line in shown.people if line not in small} >= {"Tổ dân phố 1", "Tổ dân phố 12"}


def test_a_small_group_with_the_name_of_a_ranked_one_gives_no_name_either():
    raw = json.loads(wards.ward(groups=2))
    hidden = {**raw["groups"][0], "hidden": True, "why": "chưa đủ 10 người học", "rank": None, "score": None}
    shown = changed(groups=[*raw["groups"], hidden], people=raw["people"])
    assert raw["groups"][0]["name"] not in {line.group for line in shown.people}


def test_the_summary_adds_ranked_groups_only():
    summary = board(parse(wards.ward())).summary
    raw = json.loads(wards.ward())
    ranked = [row for row in raw["groups"] if not row["hidden"]]
    assert (summary.ranked, summary.groups) == (10, 12)
    assert summary.active == "140"
    assert int(summary.adults.replace(".", "")) == sum(row["n"] for row in ranked)
    assert int(summary.points.replace(".", "")) == sum(row["total"] for row in ranked)


def test_an_empty_ward_has_a_summary_of_zeros():
    summary = changed(groups=[], people=[]).summary
    assert (summary.active, summary.participation, summary.points) == ("0", "0 %", "0")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"v": 1}', b'{"day": "x"}'])
def test_a_broken_file_is_refused(content):
    with pytest.raises(ValueError, match="validation"):
        parse(content)


def test_the_file_that_the_daily_run_writes_is_understood():
    assert isinstance(parse(wards.hostile()), Standings)


def test_bars_start_at_zero_and_the_best_fills_the_width():
    assert [bar.length for bar in chart.bars([4, 2, 1, 0])] == [360, 180, 90, 0]
    assert [bar.length for bar in chart.bars([0, 0])] == [0, 0]
    assert chart.bars([]) == ()
