"""Whatever the provider does, the run ends, marks nothing wrongly, and the next run goes on."""

from __future__ import annotations

import time

import pytest

from autograder.calibration import Calibrated, FileStore
from autograder.judge import PASSING
from autograder.openai_judge import OpenAIJudge
from tests.autograder.daily.ward import DAY, later
from tests.fake_openai import (
    BROKEN,
    CUT_OFF,
    GARBAGE,
    NOT_JSON,
    QUOTA,
    RATE_LIMITED,
    REFUSED,
    FakeOpenAI,
    Fault,
)

SLUG = "02-lenh-bon-phan"
SLOW = Fault(latency=60)
DRIPS = Fault(drip=5)
CUT = Fault(cut=40)
SOON = Fault(status=429, body="{}", headers={"Retry-After": "0"})
MUCH_LATER = Fault(status=429, body="{}", headers={"Retry-After": "3600"})
PASSES = [BROKEN, SLOW, DRIPS, CUT, SOON, MUCH_LATER, RATE_LIMITED, QUOTA]
STAYS = [GARBAGE, NOT_JSON, CUT_OFF, REFUSED, Fault(body="\x00\xff"), Fault(body="[" * 5000)]


@pytest.fixture
def full(ward):
    return next(sample for sample in ward.lessons[SLUG].samples if sample.role == "full")


@pytest.fixture
def people(ward, full):
    """Twenty people hand in twenty different answers that deserve full marks."""
    receipts = {}
    for number in range(20):
        answers = {name: own.answer for name, own in full.expect.items()}
        answers["lenh"] = {"text": f"{answers['lenh']['text']} Lần {number}."}
        receipts[f"nguoi-{number}"] = ward.submit(f"nguoi-{number}", SLUG, answers, case=full.case)
    return receipts


@pytest.fixture
def judge(provider):
    return lambda **options: OpenAIJudge(
        provider.base_url, "key", "fake", **({"timeout": 0.5, "retries": 1} | options)
    )


def scores(ward, people, exercise="lenh"):
    return [ward.marks(receipt)[exercise].score for receipt in people.values()]


def run(ward, **more):
    started = time.monotonic()
    report = ward.run(**more)
    assert time.monotonic() - started < 60
    return report


@pytest.mark.parametrize("fault", PASSES)
def test_a_provider_that_fails_ends_the_asking_and_the_next_run_marks_all(
    ward, people, judge, provider, full, fault
):
    provider.always = fault
    report = run(ward, judge=judge())
    assert (report.judged, report.waiting) == (0, 21 + 19)  # twenty answers, and the same second one of all
    assert set(report.abstained) <= PASSING
    assert sum(report.abstained.values()) == report.waiting
    assert set(scores(ward, people)) == {None}
    assert provider.calls < 21 * 2
    provider.always = None
    again = run(ward, judge=judge())
    assert (again.judged, again.waiting) == (21, 0)
    assert set(scores(ward, people)) == {full.expect["lenh"].score}


@pytest.mark.parametrize("fault", STAYS)
def test_nonsense_goes_to_people_and_is_not_asked_again(ward, people, judge, provider, fault):
    provider.always = fault
    report = run(ward, judge=judge())
    assert (report.judged, report.waiting) == (0, 40)
    assert not set(report.abstained) & PASSING
    assert set(scores(ward, people)) == {None}
    calls = provider.calls
    provider.always = None
    again = run(ward, judge=judge())
    assert (again.judged, again.waiting, provider.calls) == (0, 40, calls)


@pytest.mark.parametrize("fault", [BROKEN, CUT, SOON, RATE_LIMITED, GARBAGE])
def test_where_one_call_in_three_fails_what_is_marked_is_marked_rightly(
    ward, people, judge, provider, full, fault
):
    provider.faults.extend([Fault(), fault, Fault()] * 30)
    run(ward, judge=judge(timeout=5))
    assert set(scores(ward, people)) <= {None, full.expect["lenh"].score}
    assert full.expect["lenh"].score in scores(ward, people)
    provider.faults.clear()
    report = run(ward, judge=judge(timeout=5))
    if fault is not GARBAGE:
        assert report.waiting == 0
        assert set(scores(ward, people)) == {full.expect["lenh"].score}


def test_nobody_listening_leaves_all_for_the_next_run(ward, people, full, provider):
    with FakeOpenAI() as gone:
        pass
    report = run(ward, judge=OpenAIJudge(gone.base_url, "key", "fake"))
    assert (report.judged, report.abstained) == (0, {"provider_error": 40})
    assert run(ward, judge=OpenAIJudge(provider.base_url, "key", "fake")).judged == 21
    assert set(scores(ward, people)) == {full.expect["lenh"].score}


def test_a_provider_that_bears_two_calls_marks_all_of_them_in_one_run(ward, people, judge, provider, full):
    provider.bears, provider.too_many, provider.latency = 2, SOON, 0.02
    report = run(ward, judge=judge(timeout=5, retries=3, concurrency=12))
    assert (report.judged, report.waiting) == (21, 0)
    assert set(scores(ward, people)) == {full.expect["lenh"].score}


def test_a_fault_while_samples_are_tried_leaves_the_exercise_uncalibrated_and_tried_again(
    ward, people, judge, provider, full, tmp_path
):
    def calibrated():
        return Calibrated(judge(timeout=5), FileStore(tmp_path / "calibration.json"))

    provider.always = BROKEN
    assert run(ward, judge=calibrated()).abstained == {"provider_error": 40}
    provider.always = None
    assert run(ward, judge=calibrated()).judged == 21
    assert set(scores(ward, people)) == {full.expect["lenh"].score}


def test_what_failed_yesterday_is_asked_after_what_is_new(ward, people, judge, provider, full):
    provider.always = BROKEN
    run(ward, judge=judge())
    provider.always = None
    answers = {name: own.answer for name, own in full.expect.items()}
    answers["lenh"] = {"text": f"{answers['lenh']['text']} Bài mới nhất."}
    ward.submit("moi", SLUG, answers, case=full.case, at=later(5))
    provider.asked.clear()
    run(ward, judge=judge(concurrency=1), day=DAY)
    first = [one.answer for one in provider.asked][:4]  # verdicts and band of two answers
    assert any("Bài mới nhất." in answer for answer in first)
    assert len(people) == 20
