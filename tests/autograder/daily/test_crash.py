"""Killing a run anywhere and running it again leaves what an undisturbed run leaves."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

from autograder import daily
from courses.lessons.build import build_all
from courses.site import REPOSITORY
from tests.autograder.daily.ward import Ward, later

MOMENTS = 20
SLUGS = ("01-ai-doan-chu", "02-lenh-bon-phan")


@pytest.fixture
def lessons(tmp_path):
    """Two lessons: what a run reads before it works is the same each time."""
    for slug in SLUGS:
        shutil.copytree(REPOSITORY / "level1" / slug, tmp_path / "lessons/level1" / slug)
    return tmp_path / "lessons"


@pytest.fixture
def day_to_come(tmp_path, lessons):
    """A ward with a past day, people's marks of both kinds, newer submissions, and no gradebook yet."""
    data = tmp_path / "template/data"
    data.mkdir(parents=True)
    build_all(lessons, data / "courses")
    ward = Ward(data, lessons)
    ward.submit_samples()
    yield ward
    ward.engine.dispose()


def trials(ward, provider, tmp_path, moments):
    out = tmp_path / "trials.jsonl"
    command = [sys.executable, "-m", "tests.autograder.daily.crashes", ward.data, ward.site.lessons]
    done = subprocess.run(
        [*map(str, command), provider.base_url, str(out), str(moments)],
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
def test_a_killed_first_run_is_made_good_by_the_next(day_to_come, provider, tmp_path):
    provider.latency = 0.01
    found = trials(day_to_come, provider, tmp_path, MOMENTS)
    boundaries = 2 * len(daily.STEPS)
    assert all(trial["killed"] for trial in found[1 : 1 + boundaries])
    assert sum(trial["killed"] for trial in found[1 + boundaries :]) == MOMENTS
    assert found[0]["state"]["ledger"]
    check(found)


@pytest.mark.timeout(1600)
def test_a_run_killed_at_any_event_keeps_peoples_marks_and_newer_submissions(day_to_come, provider, tmp_path):
    ward = day_to_come
    ward.run()
    names = {slug: [row[0] for row in ward.grades() if row[1] == slug] for slug in SLUGS}
    exercise = ward.lessons[SLUGS[0]].slots[0].id
    typed, replaced, ruled = sorted(set(names[SLUGS[0]]))[:3]
    ward.mark_in_formgrader(typed, exercise, 0.5, "Cô chấm ở nbgrader.")
    ward.mark_in_formgrader(replaced, exercise, 0.25, "Bài cũ.")
    ward.submit(replaced, SLUGS[0], {}, at=later(9))
    ward.overrule(ruled, SLUGS[0], exercise, 0.75, "Thầy chấm ở cổng.")
    found = trials(ward, provider, tmp_path, 0)
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
