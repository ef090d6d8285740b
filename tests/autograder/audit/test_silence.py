"""Exercises fall silent by themselves or by hand, and are heard again when a person says so."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from autograder import ledger
from autograder.audit import Floor, silence
from autograder.audit.collect import blind_pairs, collect
from autograder.human_verdicts import decide
from autograder.marking import mark_submission
from autograder.models import AuditItem, AutoMark, Decision, HumanMark, Silence
from autograder.results import overrule
from courses.school.models import Group, Person

KEY = ("level1/02-lenh", "lenh")
AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
LATER = AT + timedelta(days=1)
ALL = {"vai": True, "lo": True}
NOTHING = {"vai": False, "lo": False}


@pytest.fixture
def lessons(lesson):
    return {lesson.key: lesson}


@pytest.fixture
def audited(session, lesson, submit):
    """Return a function that stores an answer, judged, and marked again by a person for the audit."""
    rubric = lesson.slot("lenh").variant("citizen").rubric

    def store(username, judge, person, at=AT, hashes=None, status="done"):
        hashes = hashes or {criterion.id: ledger.criterion_hash(criterion) for criterion in rubric}
        own = submit(username, {"lenh": {"text": "Bạn là cán bộ."}})
        verdicts = [
            {"criterion": name, "met": met, "quote": "", "reason": "", "criterion_hash": hashes[name]}
            for name, met in judge.items()
        ]
        session.add(
            AuditItem(
                submission_id=own.id, exercise="lenh", verdicts=verdicts, drawn_on=date(2026, 11, 20),
                status=status, given=person, by="thay", at=at if status == "done" else None,
            )
        )  # fmt: skip
        session.flush()
        return own

    return store


@pytest.fixture
def bad_audit(audited, session, lessons):
    """Ten answers on which judge and people do not agree at all."""
    for number in range(10):
        audited(f"n{number}", *((ALL, NOTHING) if number % 2 else (NOTHING, ALL)))
    return blind_pairs(session, lessons)


def test_a_bad_audit_silences_an_exercise_by_itself(session, bad_audit):
    assert silence.fall(session, bad_audit, Floor(), AT) == (KEY,)
    assert silence.reasons(session) == {KEY: "audit_low"}
    row = silence.open_of(session, KEY)
    assert (row.by, row.cause, row.facts["pairs"]) == ("", "audit", 10)
    assert row.facts["qwk"] < 0


def test_what_is_silent_does_not_fall_again(session, bad_audit):
    silence.fall(session, bad_audit, Floor(), AT)
    assert silence.fall(session, bad_audit, Floor(), AT) == ()
    assert session.query(Silence).count() == 1


def test_a_person_lifts_it_dated_and_signed_and_the_same_evidence_does_not_bring_it_back(session, bad_audit):
    silence.fall(session, bad_audit, Floor(), AT)
    silence.lift(session, KEY, "quan", "Đã sửa tiêu chí.", LATER)
    assert silence.reasons(session) == {}
    (row,) = silence.history(session, KEY)
    assert (row.lifted_by, row.lifted_at, row.lifted_note) == ("quan", LATER, "Đã sửa tiêu chí.")
    assert silence.fall(session, bad_audit, Floor(), LATER) == ()


def test_new_evidence_after_a_lift_silences_it_again(session, bad_audit, audited, lessons):
    silence.fall(session, bad_audit, Floor(), AT)
    silence.lift(session, KEY, "quan", at=LATER)
    for number in range(4):
        audited(f"m{number}", ALL, NOTHING, at=LATER + timedelta(hours=1))
    assert silence.fall(session, blind_pairs(session, lessons), Floor()) == (KEY,)


def test_a_person_silences_by_hand_and_says_why(session):
    silence.silence(session, KEY, "quan", "  Tiêu chí chưa rõ. ", AT)
    assert silence.reasons_of(session, "level1/02-lenh") == {"lenh": "silenced"}
    assert silence.reasons_of(session, "level1/03-khac") == {}
    assert silence.open_of(session, KEY).note == "Tiêu chí chưa rõ."
    with pytest.raises(ValueError, match="đang nghỉ"):
        silence.silence(session, KEY, "quan")
    with pytest.raises(ValueError, match="500 ký tự"):
        silence.lift(session, KEY, "quan", "x" * 501)
    silence.lift(session, KEY, "quan")
    with pytest.raises(ValueError, match="không có gì để gỡ"):
        silence.lift(session, KEY, "quan")


def test_pairs_of_an_edited_criterion_and_unfinished_ones_are_left_out(session, audited, lessons):
    audited("lan", ALL, NOTHING)
    audited("mai", ALL, NOTHING, hashes={"vai": "old", "lo": "old"})
    audited("tam", ALL, {"vai": False})
    audited("an", ALL, NOTHING, status="open")
    (pair,) = blind_pairs(session, lessons)
    assert (pair.judge_score, pair.person_score, pair.max_score, pair.source) == (3, 0, 3, "audit")
    assert blind_pairs(session, {}) == ()


def test_trainers_get_the_pairs_of_their_groups_only(session, audited, lesson):
    own = audited("lan", ALL, ALL)
    audited("mai", ALL, NOTHING)
    group = Group(code="to-1", name="Tổ 1", working_age=9)
    session.add(group)
    session.flush()
    session.get(Person, own.person_id).group_id = group.id
    session.flush()
    assert len(collect(session, [lesson])) == 2
    (pair,) = collect(session, [lesson], groups=[group.id])
    assert pair.person_score == 3
    assert collect(session, [lesson], groups=[]) == ()


def judged(session, lesson, submission):
    """Mark a submission as the judge would: the ledger knows its answer."""
    exercise = lesson.slot("lenh").variant("citizen")
    hashes = {criterion.id: ledger.criterion_hash(criterion) for criterion in exercise.rubric}
    verdicts = tuple(
        {"criterion": name, "met": met, "quote": "", "reason": "", "criterion_hash": hashes[name]}
        for name, met in ALL.items()
    )
    key = ledger.question(exercise, submission.answers["lenh"]["text"])
    ledger.append(session, key, "m", "p", ledger.Judged(outcome="judged", verdicts=verdicts))
    mark_submission(session, lesson, submission)


def test_marks_of_people_beside_a_judges_are_pairs_that_are_not_blind(session, lesson, submit):
    own = submit("lan", {"lenh": {"text": "Bạn là cán bộ xã tôi."}})
    judged(session, lesson, own)
    assert collect(session, [lesson]) == ()
    overrule(session, own, "lenh", 2, "", "thay")
    overrule(session, own, "lenh", 1, "", "thay")
    decide(session, own.id, "lenh", "marks", "vai", met=True, by="thay")
    decide(session, own.id, "lenh", "pupil", "lo", met=True, by="thay")
    (pair,) = collect(session, [lesson])
    assert (pair.source, pair.judge_score, pair.person_score) == ("mark", 3, 1)
    assert (pair.judge, pair.person) == (ALL, {"vai": True})


def test_an_undone_decision_is_no_pair(session, lesson, submit):
    own = submit("lan", {"lenh": {"text": "Bạn là cán bộ xã tôi."}})
    judged(session, lesson, own)
    decision = Decision(kind="queue", submission_id=own.id, exercise="lenh", by="thay", at=AT, undone_at=AT)
    session.add(decision)
    session.flush()
    session.add(
        HumanMark(
            submission_id=own.id,
            exercise="lenh",
            score=0,
            comment="",
            by="thay",
            at=AT,
            decision_id=decision.id,
        )
    )
    session.flush()
    assert collect(session, [lesson]) == ()
    decision.undone_at = None
    session.flush()
    assert len(collect(session, [lesson])) == 1


def test_silence_stops_marks_from_the_ledger_and_takes_none_away(session, lesson, submit):
    text = {"lenh": {"text": "Bạn là cán bộ xã tôi."}}
    before, after = submit("lan", text), submit("mai", text)
    judged(session, lesson, before)
    silence.silence(session, KEY, "quan")
    mark_submission(session, lesson, after)
    mark_submission(session, lesson, before)
    marks = {mark.submission_id: mark for mark in session.query(AutoMark).filter_by(exercise="lenh")}
    assert (marks[after.id].score, marks[after.id].reason) == (None, "silenced")
    assert (marks[before.id].score, marks[before.id].outdated) == (3, False)
    silence.lift(session, KEY, "quan")
    mark_submission(session, lesson, after)
    assert session.get(AutoMark, (after.id, "lenh"), populate_existing=True).score == 3
