"""The nightly run, the portal's marks and nbgrader's agree on what is left to people near a challenge's pass line."""

from __future__ import annotations

import shutil

import pytest

from courses.lessons.build import build_all
from courses.site import REPOSITORY, JudgeSettings
from tests.autograder.daily.ward import Ward

SLUG = "02-lenh-bon-phan"


@pytest.fixture
def challenge(tmp_path):
    """A ward whose one lesson is its level's challenge."""
    lessons = tmp_path / "bai"
    shutil.copytree(REPOSITORY / "level1" / SLUG, lessons / "level1" / SLUG)
    source = lessons / "level1" / SLUG / "lesson.md"
    source.write_text(source.read_text().replace("safety: false", "safety: false\nchallenge: true", 1))
    data = tmp_path / "data"
    build_all(lessons, data / "courses")
    ward = Ward(data, lessons)
    ward.site = ward.site.model_copy(update={"judge": JudgeSettings(challenge_pass=0.7)})  # 7,7 of 11
    yield ward
    ward.engine.dispose()


def test_the_run_leaves_a_score_near_the_line_to_people(challenge, judge, provider):
    sample = next(own for own in challenge.lessons[SLUG].samples if own.name == "lo-ten-va-so-dien-thoai")
    answers = {name: own.answer for name, own in sample.expect.items()}
    receipt = challenge.submit("lan", SLUG, answers, case=sample.case)
    report = challenge.run(judge=judge())
    marks = challenge.marks(receipt)
    assert {name for name, mark in marks.items() if mark.reason == "near_pass"} == {"lenh", "day-lai"}
    assert (marks["lenh"].score, marks["lenh"].verdicts) == (None, [])
    assert marks["thieu-phan"].score == 0
    assert report.abstained["near_pass"] == 2
    assert challenge.grade("lan", "lenh")["needs"] == 1
    calls = provider.calls
    challenge.run(judge=judge())
    assert challenge.marks(receipt)["lenh"].reason == "near_pass"
    assert provider.calls == calls


def test_a_score_far_from_the_line_counts(challenge, judge):
    challenge.site = challenge.site.model_copy(update={"judge": JudgeSettings(challenge_pass=0.05)})
    sample = next(own for own in challenge.lessons[SLUG].samples if own.role == "full")
    answers = {name: own.answer for name, own in sample.expect.items()}
    receipt = challenge.submit("lan", SLUG, answers, case=sample.case)
    challenge.run(judge=judge())
    assert challenge.marks(receipt)["lenh"].score == 5
