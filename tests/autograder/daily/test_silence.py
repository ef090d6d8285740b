"""What is silent is asked of nobody in the daily run, until a person lifts it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from autograder import ledger
from autograder.audit import silence
from autograder.models import AuditItem, GateFit, Silence
from courses.school.db import session as open_session
from courses.school.models import Submission
from courses.site import JudgeSettings

SLUG = "02-lenh-bon-phan"
KEY = (f"level1/{SLUG}", "lenh")


@pytest.fixture
def full(ward):
    return next(sample for sample in ward.lessons[SLUG].samples if sample.role == "full")


@pytest.fixture
def hand_in(ward, full):
    answers = {name: own.answer for name, own in full.expect.items()}
    return lambda username: ward.submit(username, SLUG, answers, case=full.case)


def audit(ward, full, receipts):
    """Let a person find, blind, that the judge was wrong about everything."""
    rubric = ward.lessons[SLUG].slot("lenh").variant(full.case).rubric
    verdicts = [
        {"criterion": own.id, "met": True, "criterion_hash": ledger.criterion_hash(own)} for own in rubric
    ]
    with open_session(ward.engine) as session:
        for own in session.scalars(select(Submission).where(Submission.receipt.in_(receipts))):
            session.add(
                AuditItem(
                    submission_id=own.id, exercise="lenh", verdicts=verdicts, drawn_on=date(2026, 3, 2),
                    status="done", given={one.id: False for one in rubric}, by="thay",
                    at=datetime(2026, 3, 2, 5, 0, tzinfo=UTC),
                )
            )  # fmt: skip


def test_a_silent_exercise_costs_no_call_and_waits_for_people_with_the_reason(
    ward, judge, provider, full, hand_in
):
    with open_session(ward.engine) as session:
        for name in ("lenh", "day-lai"):
            silence.silence(session, (KEY[0], name), "quan")
    receipt = hand_in("lan")
    report = ward.run(judge=judge())
    assert (provider.calls, report.judged, report.waiting) == (0, 0, 2)
    assert report.abstained == {"silenced": 2}
    assert ward.marks(receipt)["lenh"].reason == "silenced"
    with open_session(ward.engine) as session:
        silence.lift(session, KEY, "quan")
    assert ward.run(judge=judge()).judged == 1
    assert ward.marks(receipt)["lenh"].score == full.expect["lenh"].score


def test_a_bad_audit_silences_the_exercise_in_the_run_that_finds_it(ward, judge, provider, full, hand_in):
    receipts = [hand_in(username) for username in ("lan", "mai", "tam", "an")]
    ward.run(judge=judge())
    scores = [ward.marks(receipt)["lenh"].score for receipt in receipts]
    audit(ward, full, receipts)
    calls = provider.calls
    later = hand_in("hoa")
    report = ward.run(judge=judge())
    assert report.abstained == {"audit_low": 1}
    assert next(step for step in report.steps if step.step == "mark").counts["silent"] == 1
    assert provider.calls == calls  # nor is the ledger heard, which knows this answer
    assert ward.marks(later)["lenh"].score is None
    assert ward.marks(later)["day-lai"].score is not None
    assert [ward.marks(receipt)["lenh"].score for receipt in receipts] == scores


def test_what_waited_for_the_judge_does_not_get_an_old_verdict_once_it_is_silent(
    ward, judge, provider, full, hand_in
):
    """A waiting mark and a ledger that knows the answer: only the silence stands between them."""
    provider.band = lambda _: 0  # the signals part: the first one waits
    first = hand_in("lan")
    ward.run(judge=judge())
    assert ward.marks(first)["lenh"].reason == "signals_disagree"
    with open_session(ward.engine) as session:
        exercise = ward.lessons[SLUG].slot("lenh").variant(full.case)
        key = ledger.question(exercise, full.expect["lenh"].answer["text"])
        verdicts = [
            {"criterion": one.id, "met": True, "criterion_hash": ledger.criterion_hash(one)}
            for one in exercise.rubric
        ]
        judged = ledger.Judged(outcome="judged", verdicts=tuple(verdicts))
        ledger.append(session, key, "other", "p", judged)
        silence.silence(session, KEY, "quan")
    ward.run()
    assert (ward.marks(first)["lenh"].score, ward.marks(first)["lenh"].reason) == (None, "silenced")
    with open_session(ward.engine) as session:
        silence.lift(session, KEY, "quan")
    ward.run()
    assert ward.marks(first)["lenh"].score == full.expect["lenh"].score


def test_a_judge_whose_quotes_stand_in_no_answer_falls_silent_until_a_person_lifts_it(
    ward, judge, provider, full, hand_in
):
    exercise = ward.lessons[SLUG].slot("lenh").variant(full.case)
    inventor = judge()
    with open_session(ward.engine) as session:
        for number in range(6):
            question = ledger.question(exercise, f"Bài cũ số {number}")
            lost = ledger.Judged(outcome="abstained", reason="too_many_lost_quotes", claims=4, lost_quotes=3)
            ledger.append(session, question, inventor.name, inventor.prompt_hash, lost)
    receipt = hand_in("lan")
    ward.run(judge=inventor)
    assert ward.marks(receipt)["lenh"].reason == "trust_low"
    assert not any("vai" in asked.criteria for asked in provider.asked)
    with open_session(ward.engine) as session:
        (row,) = session.scalars(select(Silence))
        assert (row.cause, row.facts["lost"], row.facts["claims"]) == ("trust", 18, 24)
        silence.lift(session, KEY, "quan", "Đã đổi mô hình.")
    ward.run(judge=judge())
    assert ward.marks(receipt)["lenh"].source == "ai"


def test_a_site_says_how_many_lost_quotes_are_borne(ward, judge, full, hand_in):
    exercise = ward.lessons[SLUG].slot("lenh").variant(full.case)
    asked = judge()
    with open_session(ward.engine) as session:
        for number in range(6):
            question = ledger.question(exercise, f"Bài cũ số {number}")
            half = ledger.Judged(outcome="judged", claims=4, lost_quotes=2)
            ledger.append(session, question, asked.name, asked.prompt_hash, half)
    ward.site = ward.site.model_copy(update={"judge": JudgeSettings(trust=0.5)})
    receipt = hand_in("lan")
    ward.run(judge=asked)
    assert ward.marks(receipt)["lenh"].source == "ai"


def test_each_run_fits_the_gate_for_the_judge_that_it_asked(ward, judge, hand_in):
    hand_in("lan")
    own = judge()
    ward.run(judge=own)
    with open_session(ward.engine) as session:
        row = session.scalars(select(GateFit)).one()
        assert (row.judge, row.prompt_hash, row.how) == ("fake", own.prompt_hash, "default")
        assert [point["coverage"] for point in row.curve if point["tolerance"] == row.tolerance] == [1]
    ward.run()  # without a judge there is none to fit
    with open_session(ward.engine) as session:
        assert len(session.scalars(select(GateFit)).all()) == 1
