"""A learner may appeal each criterion once; another person answers, and that can be undone like any decision."""

from __future__ import annotations

import pytest

from autograder.appeals import (
    LONGEST,
    WHOLE,
    AppealRefused,
    appealable,
    close,
    make_appeal,
    open_appeals,
    threads,
)
from autograder.models import Decision
from autograder.results import ExerciseResult
from courses.clock import now


@pytest.fixture
def exercise(lesson):
    return lesson.slot("lenh").variant("citizen")


def result(source="ai", score=1.0, status="partly", by="", met=()):
    verdicts = tuple(
        {"criterion": name, "met": yes, "quote": "", "reason": ""} for name, yes in dict(met).items()
    )
    given = {"source": source, "score": score, "status": status, "by": by, "verdicts": verdicts}
    return ExerciseResult(exercise="lenh", max_score=3, comment="", **given)


def decide(session, submission, by="binh"):
    decision = Decision(kind="appeal", submission_id=submission.id, exercise="lenh", by=by, at=now())
    session.add(decision)
    session.flush()
    return decision


def test_what_stands_against_the_learner_may_be_appealed(exercise):
    names = [criterion.id for criterion in exercise.rubric]
    met = {name: name == names[0] for name in names}
    assert appealable(exercise, result(met=met)) == tuple(names[1:])
    assert appealable(exercise, result(source="person", by="hung", met=met)) == tuple(names[1:])
    assert appealable(exercise, result(source="person")) == (WHOLE,)


@pytest.mark.parametrize(
    "own",
    [
        result(source="rule"),
        result(source="nobody", score=None, status="waiting"),
        result(score=3, status="right"),
    ],
)
def test_rules_what_waits_and_full_marks_are_not_appealed(exercise, own):
    assert appealable(exercise, own) == ()


def test_a_rule_kind_is_not_appealed(lesson):
    assert appealable(lesson.slot("doan").variant("citizen"), result(source="person", score=0)) == ()


@pytest.mark.parametrize(
    ("criterion", "sentence", "said"),
    [
        ("la", "Em có viết vai rồi.", "không có gì để phúc khảo"),
        ("vai", "  ", "viết một câu"),
        ("vai", "x" * (LONGEST + 1), "500 ký tự"),
    ],
)
def test_an_appeal_needs_a_criterion_and_a_sentence(session, submit, criterion, sentence, said):
    submission = submit("lan", {})
    with pytest.raises(AppealRefused, match=said):
        make_appeal(session, submission, result(), ("vai",), criterion, sentence)
    assert open_appeals(session) == ()


def test_each_criterion_is_appealed_once(session, submit):
    submission = submit("lan", {})
    make_appeal(session, submission, result(), ("vai", "viec"), "vai", "Em có ghi “bạn là cán bộ”.")
    with pytest.raises(AppealRefused, match="một lần"):
        make_appeal(session, submission, result(), ("vai", "viec"), "vai", "Em hỏi lại.")
    make_appeal(session, submission, result(), ("vai", "viec"), "viec", "Em có giao việc.")
    assert [appeal.criterion for appeal in open_appeals(session)] == ["vai", "viec"]


def test_one_decision_answers_all_open_appeals_of_the_exercise(session, submit):
    submission, other = submit("lan", {}), submit("mai", {})
    for criterion in ("vai", "viec"):
        make_appeal(session, submission, result(), ("vai", "viec"), criterion, "Em nghĩ là đạt.")
    make_appeal(session, other, result(), ("vai",), "vai", "Em cũng vậy.")
    decision = decide(session, submission)
    assert close(session, decision, "Đúng rồi, tôi đã sửa.") == 2
    assert [appeal.submission_id for appeal in open_appeals(session)] == [other.id]
    told = threads(session, submission.id)["lenh"]
    assert [(appeal.reply, own.by) for appeal, own in told] == [("Đúng rồi, tôi đã sửa.", "binh")] * 2


def test_an_undone_decision_opens_the_appeal_again(session, submit):
    submission = submit("lan", {})
    make_appeal(session, submission, result(), ("vai",), "vai", "Em nghĩ là đạt.")
    decision = decide(session, submission)
    close(session, decision, "Nhầm")
    decision.undone_at = now()
    session.flush()
    (again,) = open_appeals(session)
    assert threads(session, submission.id)["lenh"] == ((again, None),)
    assert close(session, decide(session, submission), "Đã xem kỹ") == 1
    assert open_appeals(session) == ()
