"""A day's budget: what it can't pay waits visibly, and the next day goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from autograder.calibration import Calibrated
from autograder.models import Spent
from autograder.openai_judge import OpenAIJudge
from courses.school.db import session as open_session
from courses.site import JudgeSettings, Price
from tests.autograder.daily.ward import DAY, later

SLUG = "02-lenh-bon-phan"
PRICE = Price(prompt=1_000_000, completion=2_000_000)
PEOPLE = 12


@pytest.fixture
def full(ward):
    return next(sample for sample in ward.lessons[SLUG].samples if sample.role == "full")


@pytest.fixture
def hand_in(ward, full):
    def hand_in_(name, more, **when):
        answers = {"lenh": {"text": f"{full.expect['lenh'].answer['text']} {more}"}}
        return ward.submit(name, SLUG, answers, case=full.case, **when)

    return hand_in_


@pytest.fixture
def people(hand_in):
    return [hand_in(f"nguoi-{number}", f"Lần {number}.") for number in range(PEOPLE)]


@pytest.fixture
def judge(provider):
    return lambda **more: OpenAIJudge(provider.base_url, "key", "fake", retries=0, price=PRICE, **more)


@pytest.fixture
def allow(ward):
    def allow_(**settings):
        known = {"audit_share": 0}
        ward.site = ward.site.model_copy(update={"judge": JudgeSettings(**(known | settings))})

    return allow_


def spent(ward):
    with open_session(ward.engine) as session:
        return {row.day: row for row in session.scalars(select(Spent))}


def test_without_a_budget_all_are_judged_and_what_it_took_is_written_down(ward, judge, people, allow):
    allow()
    report = ward.run(judge=judge())
    assert (report.judged, report.calls, len(people)) == (PEOPLE, 2 * PEOPLE, PEOPLE)
    row = spent(ward)[DAY]
    assert (row.judge, row.calls) == ("fake", report.calls)
    assert (row.prompt_tokens, row.completion_tokens) == (report.prompt_tokens, report.completion_tokens)
    assert row.money == report.money == report.prompt_tokens + 2 * report.completion_tokens
    assert report.currency == "VND"


@pytest.mark.parametrize("kind", ["budget_tokens", "budget_money"])
def test_what_the_day_cannot_pay_waits_visibly_and_the_next_day_goes_on(ward, judge, people, allow, kind):
    allow(**{kind: 12_000})
    report = ward.run(judge=judge())
    assert 0 < report.judged < PEOPLE
    assert report.abstained == {"budget": PEOPLE - report.judged}
    waiting = [mark for receipt in people if (mark := ward.marks(receipt)["lenh"]).score is None]
    assert {mark.reason for mark in waiting} == {"budget"}
    assert len(waiting) == PEOPLE - report.judged
    days = 0
    while report.waiting:
        days += 1
        judged = report.judged
        report = ward.run(DAY + timedelta(days=days), judge=judge())
        assert report.judged or not judged
    assert days >= 1
    for row in spent(ward).values():
        taken = row.money if kind == "budget_money" else row.prompt_tokens + row.completion_tokens
        assert taken <= 12_000


def test_a_second_run_of_the_day_spends_what_the_first_one_left_and_no_more(
    ward, judge, people, allow, hand_in
):
    allow(budget_tokens=12_000)
    first = ward.run(judge=judge())
    hand_in("moi", "Bài mới nhất.", at=later(5))
    second = ward.run(judge=judge())
    assert (second.judged, second.calls) == (0, 0)
    assert second.abstained == {"budget": PEOPLE - first.judged + 1}
    allow(budget_tokens=1_000_000)
    assert ward.run(judge=judge()).waiting == 0
    assert len(people) == PEOPLE


def test_trying_the_samples_is_paid_from_the_same_budget(ward, judge, people, allow, provider):
    allow(budget_tokens=5_000)
    report = ward.run(judge=Calibrated(judge()))
    row = spent(ward)[DAY]
    assert row.calls == report.calls == provider.calls > 0
    assert row.prompt_tokens + row.completion_tokens <= 5_000
    assert (report.judged, report.abstained) == (0, {"budget": PEOPLE})
    allow()
    report = ward.run(judge=Calibrated(judge()))
    assert (report.judged, len(people)) == (PEOPLE, PEOPLE)


def test_a_budget_of_nothing_asks_nobody_but_marks_what_the_ledger_knows(
    ward, judge, people, allow, hand_in, provider
):
    allow()
    ward.run(judge=judge())
    calls = provider.calls
    allow(budget_tokens=0)
    known = hand_in("moi", "Lần 3.", at=later(5))
    new = hand_in("la", "Chưa ai viết thế này.", at=later(6))
    report = ward.run(judge=judge())
    assert (provider.calls, report.abstained) == (calls, {"budget": 1})
    assert ward.marks(known)["lenh"].score is not None
    assert ward.marks(new)["lenh"].reason == "budget"
    assert len(people) == PEOPLE
