"""One decision of a person: points added by code, identical answers together, undone without a trace that counts."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from autograder import human_verdicts
from autograder.human import kept
from autograder.human.decide import AlreadyDecided, Case, Ruling, decide, recent, undo
from autograder.marking import mark_submission
from autograder.models import AuditItem, AutoMark, Decision, HumanMark, KeptSample, Marked
from autograder.results import overrule, result_of
from courses.clock import now

TEXT = {"lenh": {"text": "Bạn là cán bộ xã, hãy viết giấy mời họp."}}
BOTH = Ruling(met={"vai": True, "lo": True})
ONE = Ruling(met={"vai": True, "lo": False}, comment="Thiếu một ý.")
CASE = Case(kind="queue", exercise="lenh", by="thay")


@pytest.fixture
def handed(session, submit, lesson):
    """Return what hands in an answer and marks it by rule: it waits."""

    def hand(username, answers=TEXT):
        submission = submit(username, answers)
        mark_submission(session, lesson, submission)
        return submission

    return hand


def digest(session, submission):
    return session.get_one(Marked, submission.id, populate_existing=True).content_hash


def mark(session, lesson, submission):
    return result_of(session, lesson, submission).of("lenh")


def test_code_adds_the_points_of_the_met_criteria_and_the_learner_reads_them_with_the_comment(
    session, lesson, handed
):
    lan = handed("lan")
    decide(session, lesson, CASE, ONE, [lan])
    own = mark(session, lesson, lan)
    assert (own.score, own.status, own.source, own.by) == (1, "partly", "person", "thay")
    assert own.comment == "Thiếu một ý."
    assert [(one["criterion"], one["met"]) for one in own.verdicts] == [("vai", True), ("lo", False)]


def test_identical_answers_get_their_mark_in_the_same_decision(session, lesson, handed):
    lan, mai = handed("lan"), handed("mai")
    taken = decide(session, lesson, CASE, BOTH, [lan, mai])
    assert [mark(session, lesson, own).score for own in (lan, mai)] == [3, 3]
    assert session.scalars(select(HumanMark.decision_id)).all() == [taken.id, taken.id]
    assert taken.submission_id == lan.id


def test_an_undone_decision_leaves_everything_as_it_was(session, lesson, handed):
    lan, mai = handed("lan"), handed("mai")
    before = [digest(session, own) for own in (lan, mai)]
    taken = decide(session, lesson, CASE, BOTH, [lan, mai])
    assert digest(session, lan) != before[0]
    undo(session, taken, lesson)
    assert [mark(session, lesson, own).score for own in (lan, mai)] == [None, None]
    assert [digest(session, own) for own in (lan, mai)] == before
    assert human_verdicts.decided(session, human_verdicts.MARKS) == {}
    assert len(session.scalars(select(HumanMark)).all()) == 2, "append-only: nothing is deleted"


def test_an_undone_mark_falls_back_to_the_persons_mark_before_it(session, lesson, handed):
    lan = handed("lan")
    overrule(session, lan, "lenh", 2, "Lần đầu.", "cô")
    taken = decide(session, lesson, CASE.model_copy(update={"kind": "appeal"}), BOTH, [lan], replace=True)
    assert mark(session, lesson, lan).score == 3
    undo(session, taken, lesson)
    own = mark(session, lesson, lan)
    assert (own.score, own.comment, own.by, own.verdicts) == (2, "Lần đầu.", "cô", ())


def test_an_undone_mark_falls_back_to_the_machines_mark(session, lesson, handed):
    lan = handed("lan")
    auto = session.get_one(AutoMark, (lan.id, "lenh"))
    auto.score, auto.status, auto.source, auto.verdicts = (
        1,
        "partly",
        "ai",
        [{"criterion": "vai", "met": True}],
    )
    taken = decide(session, lesson, CASE, BOTH, [lan])
    undo(session, taken, lesson)
    own = mark(session, lesson, lan)
    assert (own.score, own.source, len(own.verdicts)) == (1, "ai", 1)


def test_undoing_twice_keeps_the_first_time(session, lesson, handed):
    taken = decide(session, lesson, CASE, BOTH, [handed("lan")])
    undo(session, taken, lesson)
    first = taken.undone_at
    undo(session, taken, lesson, at=now().replace(year=2030))
    assert taken.undone_at == first


def test_who_comes_second_changes_nothing(session, lesson, handed):
    lan, mai = handed("lan"), handed("mai")
    decide(session, lesson, CASE, BOTH, [lan])
    session.commit()
    with pytest.raises(AlreadyDecided):
        decide(session, lesson, CASE, ONE, [lan, mai])
    session.rollback()
    assert mark(session, lesson, lan).score == 3
    assert mark(session, lesson, mai).score is None


def test_an_identical_answer_that_somebody_marked_meanwhile_keeps_its_mark(session, lesson, handed):
    lan, mai = handed("lan"), handed("mai")
    overrule(session, mai, "lenh", 0.5, "", "cô")
    decide(session, lesson, CASE, BOTH, [lan, mai])
    assert [mark(session, lesson, own).score for own in (lan, mai)] == [3, 0.5]


def test_points_are_typed_where_no_criteria_decide(session, lesson, handed):
    lan = handed("lan")
    decide(session, lesson, CASE, Ruling(score=2.5, comment="Được."), [lan])
    assert mark(session, lesson, lan).score == 2.5
    with pytest.raises(ValueError, match="Điểm phải từ 0 đến 3"):
        decide(session, lesson, CASE, Ruling(score=4), [handed("mai")])


def drawn(session, submission):
    item = AuditItem(
        submission_id=submission.id,
        exercise="lenh",
        verdicts=[{"criterion": "vai", "met": False}],
        drawn_on=now().date(),
        status="open",
    )
    session.add(item)
    session.flush()
    return item


def test_what_a_person_says_of_an_audited_answer_stands_beside_the_judges_frozen_verdicts(
    session, lesson, handed
):
    item = drawn(session, lan := handed("lan"))
    taken = decide(session, lesson, CASE.model_copy(update={"kind": "audit"}), ONE, [lan])
    assert (item.status, item.given, item.by, item.at) == ("done", dict(ONE.met), "thay", taken.at)
    assert item.verdicts == [{"criterion": "vai", "met": False}]
    undo(session, taken, lesson)
    assert (item.status, item.given, item.by, item.at) == ("open", {}, "", None)


def test_undoing_one_decision_leaves_the_audit_of_another(session, lesson, handed):
    lan, mai = handed("lan"), handed("mai")
    item = drawn(session, mai)
    decide(session, lesson, CASE, BOTH, [mai])
    undo(session, decide(session, lesson, CASE, BOTH, [lan]), lesson)
    assert item.status == "done"


def test_a_decision_is_kept_as_a_sample_on_request_and_let_go_when_it_is_undone(session, lesson, handed):
    lan = handed("lan")
    decide(session, lesson, CASE, BOTH, [handed("mai")])
    assert kept.Kept(session).of(lesson, "lenh") == ()
    taken = decide(session, lesson, CASE, ONE.model_copy(update={"keep": True}), [lan])
    (sample,) = kept.Kept(session).of(lesson, "lenh")
    assert (sample.text, sample.verdicts) == (TEXT["lenh"]["text"], dict(ONE.met))
    undo(session, taken, lesson)
    assert session.scalars(select(KeptSample)).all() == []


def test_recent_decisions_are_ones_own_that_stand_the_newest_first(session, lesson, handed):
    taken = [decide(session, lesson, CASE, BOTH, [handed(name)]) for name in ("lan", "mai", "tam")]
    other = CASE.model_copy(update={"by": "cô"})
    decide(session, lesson, other, BOTH, [handed("hoa")])
    undo(session, taken[1], lesson)
    assert recent(session, "thay", 10) == (taken[2], taken[0])
    assert recent(session, "thay", 1) == (taken[2],)
    assert len(session.scalars(select(Decision)).all()) == 4
