"""The daily run with a Batch API: submit, wait visibly, collect, pay once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from autograder.calibration import Calibrated
from autograder.models import Batch, BatchCall, Spent
from autograder.openai_judge import OpenAIJudge
from courses.school.db import session as open_session
from courses.site import JudgeSettings, Price
from tests.autograder.daily.ward import DAY, later
from tests.fake_batches import FakeBatches
from tests.fake_openai import GARBAGE, Fault, by_answer

SLUG = "02-lenh-bon-phan"
PRICE = Price(prompt=1_000_000, completion=2_000_000)
NO = Fault(status=404, body='{"error": {"message": "no batches here"}}')


@pytest.fixture
def provider(expected):
    with FakeBatches(by_answer(expected)) as fake:
        yield fake


@pytest.fixture
def judge(provider):
    return lambda: OpenAIJudge(provider.base_url, "key", "fake", retries=0, price=PRICE)


@pytest.fixture
def full(ward):
    return next(sample for sample in ward.lessons[SLUG].samples if sample.role == "full")


@pytest.fixture
def set_judge(ward):
    def set_(**settings):
        known = {"batch": True, "batch_minutes": 0, "audit_share": 0}
        ward.site = ward.site.model_copy(update={"judge": JudgeSettings(**(known | settings))})

    return set_


@pytest.fixture
def hand_in(ward, full, set_judge):
    set_judge()

    def hand_in_(name, *, more="", **when):
        answers = {exercise: own.answer for exercise, own in full.expect.items()}
        if more:
            answers["lenh"] = {"text": f"{answers['lenh']['text']} {more}"}
        return ward.submit(name, SLUG, answers, case=full.case, **when)

    return hand_in_


def tomorrow(days=1):
    return DAY + timedelta(days=days)


def open_batches(ward):
    with open_session(ward.engine) as session:
        return session.scalars(select(Batch).where(Batch.state != "done")).all()


def test_answers_wait_visibly_for_their_batch_and_the_next_run_marks_them(
    ward, provider, judge, hand_in, full
):
    receipt = hand_in("lan")
    report = ward.run(judge=judge())
    assert (report.judged, report.abstained, report.waiting, report.calls) == (0, {"batch": 2}, 2, 0)
    assert {mark.reason for mark in ward.marks(receipt).values() if mark.question} == {"batch"}
    assert ward.grade("lan", "lenh")["needs"] == 1
    report = ward.run(tomorrow(), judge=judge())
    assert (report.judged, report.abstained, report.waiting, report.calls) == (2, {}, 0, 4)
    assert ward.grade("lan", "lenh")["auto"] == full.expect["lenh"].score
    assert provider.calls == 0
    assert set(provider.paid.values()) == {1}
    assert len(provider.paid) == 4  # verdicts and band of two answers


def test_a_batch_that_is_back_soon_is_used_by_the_run_that_sent_it(ward, judge, hand_in, set_judge):
    hand_in("lan")
    set_judge(batch_minutes=1)
    report = ward.run(judge=judge())
    assert (report.judged, report.abstained, report.calls) == (2, {}, 4)
    assert not open_batches(ward)


def test_a_batch_costs_its_share_and_is_counted_on_the_day_that_sent_it(ward, judge, hand_in):
    hand_in("lan")
    ward.run(judge=judge())
    report = ward.run(tomorrow(), judge=judge())
    full_price = (report.prompt_tokens * 1 + report.completion_tokens * 2) / 1
    assert report.money == full_price / 2 > 0
    with open_session(ward.engine) as session:
        (row,) = session.scalars(select(Spent)).all()
    assert (row.day, row.money, row.calls) == (DAY, report.money, 4)


def test_while_a_batch_is_under_way_nothing_of_it_is_sent_again(ward, provider, judge, hand_in):
    provider.seconds = 1000
    hand_in("lan")
    ward.run(judge=judge())
    hand_in("mai")  # the same words
    hand_in("tam", more="Viết cho thật ngắn.")
    report = ward.run(tomorrow(), judge=judge())
    assert report.abstained == {"batch": 6}
    assert len(provider.batches) == 2
    assert set(provider.paid.values()) == {1}
    provider.seconds = 0
    report = ward.run(tomorrow(2), judge=judge())
    assert (report.judged, report.identical, report.waiting) == (3, 3, 0)
    assert set(provider.paid.values()) == {1}


def test_what_a_batch_did_not_answer_goes_with_the_next_one_and_the_rest_is_not_paid_again(
    ward, provider, judge, hand_in
):
    hand_in("lan")
    provider.answered = 2
    provider.line_fault = {"response": {"status_code": 429, "body": {}}, "error": None}
    ward.run(judge=judge())
    first = [line["custom_id"] for line in provider.batches["batch_1"].lines]
    provider.answered = None
    report = ward.run(tomorrow(), judge=judge())
    assert (report.judged, report.abstained) == (1, {"batch": 1})
    assert ward.run(tomorrow(2), judge=judge()).judged == 1
    assert [provider.paid[key] for key in first] == [1, 1, 2, 2]


@pytest.mark.parametrize("ends", ["expired", "cancelled"])
def test_a_batch_that_ended_early_keeps_what_it_did(ward, provider, judge, hand_in, ends):
    hand_in("lan")
    provider.ends, provider.answered = ends, 2
    ward.run(judge=judge())
    provider.ends, provider.answered = "completed", None
    assert ward.run(tomorrow(), judge=judge()).judged == 1
    assert ward.run(tomorrow(2), judge=judge()).judged == 1


def test_a_batch_that_fails_in_the_run_that_sent_it_is_not_sent_again_and_again(
    ward, provider, judge, hand_in, set_judge
):
    set_judge(batch_minutes=1)
    provider.ends = "failed"
    hand_in("lan")
    report = ward.run(judge=judge())
    assert (report.judged, report.abstained) == (0, {"provider_error": 2})
    assert len(provider.batches) == 1
    provider.ends = "completed"
    assert ward.run(tomorrow(), judge=judge()).judged == 2


@pytest.mark.parametrize("path", ["files", "batches"])
def test_a_provider_without_batches_is_said_to_fail_and_nothing_is_lost(ward, provider, judge, hand_in, path):
    provider.refuse[path] = NO
    receipt = hand_in("lan")
    report = ward.run(judge=judge())
    assert (report.judged, report.abstained) == (0, {"provider_error": 2})
    assert ward.marks(receipt)["lenh"].score is None
    provider.refuse.clear()
    ward.run(tomorrow(), judge=judge())
    assert ward.run(tomorrow(2), judge=judge()).judged == 2
    assert set(provider.paid.values()) == {1}


def test_a_batch_of_which_we_were_not_told_is_found_by_its_mark_and_not_paid_again(
    ward, provider, judge, hand_in
):
    provider.loses_answers = True
    hand_in("lan")
    assert ward.run(judge=judge()).abstained == {"batch": 2}
    assert [own.remote_id for own in open_batches(ward)] == [""]
    provider.loses_answers = False
    assert ward.run(tomorrow(), judge=judge()).judged == 2
    assert set(provider.paid.values()) == {1}


def test_a_batch_that_never_reached_the_provider_is_sent_again(ward, provider, judge, hand_in):
    hand_in("lan")
    provider.refuse["batches"] = Fault(status=500, body="{}")  # it may have been made, as far as we know
    assert ward.run(judge=judge()).abstained == {"batch": 2}
    provider.refuse.clear()
    assert ward.run(tomorrow(), judge=judge()).abstained == {"batch": 2}
    assert ward.run(tomorrow(2), judge=judge()).judged == 2


def test_a_provider_that_is_down_leaves_the_batch_under_way(ward, provider, judge, hand_in):
    hand_in("lan")
    ward.run(judge=judge())
    provider.is_down = True
    report = ward.run(tomorrow(), judge=judge())
    assert (report.judged, report.abstained) == (0, {"batch": 2})
    provider.is_down = False
    assert ward.run(tomorrow(2), judge=judge()).judged == 2


def test_garbage_in_a_result_is_never_a_mark(ward, provider, judge, hand_in):
    hand_in("lan")
    provider.faults.extend([GARBAGE, Fault(body="", content=None, refusal="Không.")])
    ward.run(judge=judge())
    report = ward.run(tomorrow(), judge=judge())
    assert report.judged == 1
    assert set(report.abstained) <= {"unparsable", "refused"}
    provider.seconds = 1000
    hand_in("mai", more="Thêm một câu nữa.")
    ward.run(tomorrow(2), judge=judge())
    (batch,) = open_batches(ward)
    provider.seconds = 0
    told = provider.told(provider.batches[batch.remote_id])
    provider.stored[told["output_file_id"]] = (
        b'{"custom_id": 5}\nnot json\n[]\n{"custom_id": "x", "response": 3}\n' + b"[" * 9999
    )
    assert ward.run(tomorrow(3), judge=judge()).judged == 0


def test_what_an_open_batch_may_take_counts_against_the_days_budget(
    ward, provider, judge, hand_in, set_judge
):
    hand_in("lan")
    provider.seconds = 1000
    ward.run(judge=judge())
    with open_session(ward.engine) as session:
        (batch,) = session.scalars(select(Batch))
    held = batch.expected["prompt_tokens"] + batch.expected["completion_tokens"]
    set_judge(budget_tokens=held)
    hand_in("mai", more="Thêm một câu nữa.", at=later(1))
    report = ward.run(judge=judge())
    assert report.abstained == {"batch": 3, "budget": 1}
    assert len(provider.batches) == 1
    provider.seconds = 0
    report = ward.run(tomorrow(), judge=judge())
    assert (report.judged, report.abstained) == (2, {"batch": 1})


def test_samples_are_asked_at_once_for_nothing_is_judged_before_them(ward, provider, judge, hand_in):
    hand_in("lan")
    report = ward.run(judge=Calibrated(judge()))
    assert provider.calls == report.calls > 10
    assert report.abstained == {"batch": 2}
    assert len(provider.batches) == 1


def test_files_are_deleted_at_the_provider_once_they_were_read(ward, provider, judge, hand_in):
    hand_in("lan")
    ward.run(judge=judge())
    assert provider.stored
    ward.run(tomorrow(), judge=judge())
    assert not provider.stored


def test_after_a_week_nothing_is_kept_of_a_batch(ward, judge, hand_in):
    hand_in("lan")
    ward.run(judge=judge())
    ward.run(tomorrow(), judge=judge())
    with open_session(ward.engine) as session:
        session.scalars(select(Batch)).one().made_at -= timedelta(days=8)
    hand_in("mai", more="Thêm một câu nữa.")
    ward.run(tomorrow(2), judge=judge())
    with open_session(ward.engine) as session:
        assert len(session.scalars(select(Batch)).all()) == 1
        assert {call.reply for call in session.scalars(select(BatchCall))} == {None}
