"""Killing a run anywhere and running it again leaves what an undisturbed run leaves."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from datetime import timedelta

import pytest

from autograder import daily
from courses.lessons.build import build_all
from courses.site import REPOSITORY
from tests.autograder.daily.ward import DAY, Ward, later
from tests.fake_batches import FakeBatches
from tests.fake_openai import by_answer

KILLS = 50
BATCH_KILLS = 10
AT_ONCE = 4
"""Answers that a judge of `OpenAIJudge`'s own settings is asked about at the same time."""
SLUGS = ("01-ai-doan-chu", "02-lenh-bon-phan")


@pytest.fixture
def ward_of(tmp_path):
    """Return what makes a ward in which nobody has done anything, and that has no gradebook yet.

    It has a few lessons only: what a run reads before it works is the same each time.
    """
    made = []

    def make(*slugs):
        for slug in slugs:
            shutil.copytree(REPOSITORY / "level1" / slug, tmp_path / "lessons/level1" / slug)
        data = tmp_path / "template/data"
        data.mkdir(parents=True)
        build_all(tmp_path / "lessons", data / "courses")
        made.append(Ward(data, tmp_path / "lessons"))
        return made[-1]

    yield make
    for ward in made:
        ward.engine.dispose()


@pytest.fixture
def day_to_come(ward_of):
    """Every sample of one lesson is handed in: every kind of event is there, and each kill takes two short runs."""
    ward = ward_of(SLUGS[0])
    ward.submit_samples()
    return ward


@pytest.fixture
def tonight(ward_of):
    """Every sample of one lesson is handed in, and there is a gradebook, as on any night but the first."""
    ward = ward_of(SLUGS[1])
    ward.run(DAY - timedelta(days=1))
    ward.submit_samples()
    return ward


def trials(ward, provider, tmp_path, *how):
    out = tmp_path / "trials.jsonl"
    command = [sys.executable, "-m", "tests.autograder.daily.crashes", ward.data, ward.site.lessons]
    done = subprocess.run(
        [*map(str, command), provider.base_url, str(out), *map(str, how)],
        cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=1500,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def check(found):
    first, *others = found
    assert not first["killed"]
    for trial in others:
        for part, expected in first["state"].items():
            assert trial["state"][part] == expected, (trial["trial"], part)


@pytest.mark.timeout(1600)
def test_a_first_run_that_was_killed_in_any_step_is_made_good_by_the_next(day_to_come, provider, tmp_path):
    provider.latency = 0.01
    found = trials(day_to_come, provider, tmp_path, "steps")
    assert len(found) == 1 + 2 * len(daily.STEPS)
    assert all(trial["killed"] for trial in found[1:])
    assert found[0]["state"]["ledger"]
    check(found)


@pytest.mark.timeout(1600)
def test_fifty_kills_at_any_moment_leave_what_an_undisturbed_run_leaves_and_pay_no_answer_twice(
    tonight, provider, tmp_path
):
    provider.latency = 0.02
    found = trials(tonight, provider, tmp_path, "random", KILLS)
    check(found)
    assert sum(trial["killed"] for trial in found) == KILLS
    asked = Counter((one.authorization, one.kind, one.answer) for one in provider.asked)
    undisturbed = {key[1:] for key in asked if key[0] == "Bearer 1"}
    for number, _ in enumerate(found, start=1):
        mine = {key[1:]: times for key, times in asked.items() if key[0] == f"Bearer {number}"}
        again = {answer for (_, answer), times in mine.items() if times > 1}
        assert set(mine) == undisturbed
        assert len(again) <= AT_ONCE
        assert max(mine.values()) <= 2


@pytest.mark.timeout(1600)
def test_kills_at_any_moment_of_a_run_with_batches_pay_nothing_twice(tonight, expected, tmp_path):
    with FakeBatches(by_answer(expected), latency=0.01) as provider:
        found = trials(tonight, provider, tmp_path, "batches", BATCH_KILLS)
    check(found)
    assert sum(trial["killed"] for trial in found) == BATCH_KILLS
    assert found[0]["state"]["ledger"]
    assert provider.calls == 0
    paid = {key[0]: times for key, times in provider.paid_by.items()}
    assert set(provider.paid_by.values()) == {1}, paid
    assert {key[0] for key in provider.paid_by} == {f"Bearer {n}" for n in range(1, len(found) + 1)}


@pytest.mark.timeout(1600)
def test_a_run_killed_at_any_event_keeps_peoples_marks_and_newer_submissions(day_to_come, provider, tmp_path):
    ward = day_to_come
    ward.run()
    names = {row[0] for row in ward.grades()}
    exercise = ward.lessons[SLUGS[0]].slots[0].id
    typed, replaced, ruled = sorted(names)[:3]
    ward.mark_in_formgrader(typed, exercise, 0.5, "Cô chấm ở nbgrader.")
    ward.mark_in_formgrader(replaced, exercise, 0.25, "Bài cũ.")
    ward.submit(replaced, SLUGS[0], {}, at=later(9))
    ward.overrule(ruled, SLUGS[0], exercise, 0.75, "Thầy chấm ở cổng.")
    found = trials(ward, provider, tmp_path, "events")
    assert len(found) > 2 * len(daily.STEPS)
    human = [tuple(mark) for mark in found[0]["state"]["human"]]
    assert sorted(human) == sorted(
        [
            (exercise, 0.5, "Cô chấm ở nbgrader.", "formgrader"),
            (exercise, 0.25, "Bài cũ.", "formgrader"),
            (exercise, 0.75, "Thầy chấm ở cổng.", "thay"),
        ]
    )
    check(found)
