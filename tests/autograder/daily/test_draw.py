"""Drawing judged answers for the audit: a fixed share, each once, whatever happens to the run."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from autograder.daily.draw import DRAWN_WITHIN, is_drawn
from autograder.models import AuditItem
from courses.school.db import session as open_session
from courses.site import JudgeSettings
from tests.autograder.daily.ward import DAY, MORNING

SLUG = "02-lenh-bon-phan"


@pytest.fixture
def full(ward):
    return next(sample for sample in ward.lessons[SLUG].samples if sample.role == "full")


def hand_in(ward, full, *names, **more):
    answers = {name: own.answer for name, own in full.expect.items()}
    return [ward.submit(name, SLUG, answers, case=full.case, **more) for name in names]


def sharing(ward, share):
    ward.site = ward.site.model_copy(update={"judge": JudgeSettings(audit_share=share)})


def items(ward):
    with open_session(ward.engine) as session:
        return session.scalars(select(AuditItem).order_by(AuditItem.id)).all()


def drawn(report):
    return {step.step: step.counts for step in report.steps}["ledger"]["drawn"]


def test_the_judges_verdicts_are_frozen_as_they_were_when_the_answer_was_drawn(ward, judge, full):
    sharing(ward, 1)
    (receipt,) = hand_in(ward, full, "lan")
    assert drawn(ward.run(judge=judge())) == 2
    marks = ward.marks(receipt)
    assert {one.exercise: one.verdicts for one in items(ward)} == {
        name: marks[name].verdicts for name in ("lenh", "day-lai")
    }
    for one in items(ward):
        assert (one.status, one.drawn_on, one.given, one.by, one.at) == ("open", DAY, {}, "", None)


def test_drawing_again_draws_nothing_new(ward, judge, full):
    sharing(ward, 1)
    hand_in(ward, full, "lan")
    ward.run(judge=judge())
    assert drawn(ward.run(judge=judge())) == 0
    assert len(items(ward)) == 2
    hand_in(ward, full, "mai")
    assert drawn(ward.run(judge=judge())) == 2


def test_what_only_people_can_mark_or_have_marked_is_not_drawn(ward, judge, full):
    sharing(ward, 1)
    hand_in(ward, full, "lan")
    ward.run()  # no judge: everything waits
    assert items(ward) == []
    ward.overrule("lan", SLUG, "lenh", 1, "")
    ward.run(judge=judge())
    assert [one.exercise for one in items(ward)] == ["day-lai"]


def test_an_answer_that_its_learner_replaced_is_not_drawn(ward, judge, full):
    sharing(ward, 0)
    hand_in(ward, full, "lan")
    ward.run(judge=judge())
    ward.submit("lan", SLUG, {})
    sharing(ward, 1)
    ward.run(judge=judge())
    assert items(ward) == []


def test_only_what_came_in_during_the_last_month_is_looked_at(ward, judge, full):
    sharing(ward, 0)
    hand_in(ward, full, "lan", at=MORNING - DRAWN_WITHIN)
    hand_in(ward, full, "mai", at=MORNING - DRAWN_WITHIN + timedelta(days=1))
    ward.run(judge=judge())
    sharing(ward, 1)
    assert drawn(ward.run(judge=judge())) == 2
    assert {one.submission_id for one in items(ward)} == {2}


def test_the_lot_falls_on_the_sites_share_of_the_answers_and_always_on_the_same():
    many = [(number, name) for number in range(4000) for name in ("lenh", "day-lai")]
    chosen = {key for key in many if is_drawn(MORNING, *key, 0.05)}
    assert 0.04 < len(chosen) / len(many) < 0.06
    assert chosen == {key for key in many if is_drawn(MORNING, *key, 0.05)}
    another_day = {key for key in many if is_drawn(MORNING + timedelta(days=1), *key, 0.05)}
    assert len(chosen & another_day) < len(chosen) / 2
    assert {key for key in many if is_drawn(MORNING, *key, 0.1)} > chosen
    assert not any(is_drawn(MORNING, *key, 0) for key in many)
    assert all(is_drawn(MORNING, *key, 1) for key in many)


def test_a_twentieth_is_drawn_unless_the_site_says_otherwise(ward):
    assert ward.site.judge.audit_share == 0.05
