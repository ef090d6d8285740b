"""A rubric is edited: what was judged stays until a person has read what moves and applied it."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from autograder.audit import silence
from autograder.marking import mark_submission, mark_submissions
from autograder.models import AutoMark, LedgerEntry, Marked, ScoreChange, Spent
from autograder.remark import ApplyError, apply, plan
from autograder.results import overrule
from courses.lessons.model import ExerciseSlot
from courses.school.db import session as open_session
from courses.site import JudgeSettings
from tests.autograder.remark.conftest import MET, OTHER, RUBRIC, TEXT
from tests.fake_openai import BROKEN


def columns(mark):
    return {own.name: getattr(mark, own.name) for own in AutoMark.__table__.c if own.name != "outdated"}


def criteria_asked(fake):
    return [set(one.criteria) for one in fake.asked if one.kind == "verdicts"]


def test_the_daily_marking_keeps_what_an_edit_would_move_and_flags_it(session, after, judged, mark_of):
    own = judged("lan")
    old = columns(mark_of(own))
    mark_submissions(session, after, [own])
    assert (mark_of(own).outdated, columns(mark_of(own))) == (True, old)
    assert session.get(Marked, own.id).lesson_hash == after.hash


def test_an_edit_that_is_taken_back_leaves_no_flag(session, before, after, judged, mark_of):
    own = judged("lan")
    mark_submissions(session, after, [own])
    mark_submissions(session, before, [own])
    assert mark_of(own).outdated is False
    assert plan(session, before).rows == ()


def test_an_edit_beside_the_rubric_flags_nothing(session, make_lesson, judged, mark_of):
    own = judged("lan")
    other = make_lesson(RUBRIC, choice="Câu hỏi mới?\n\n- [x] Đúng\n- [ ] Sai\n")
    mark_submissions(session, other, [own])
    assert mark_of(own).outdated is False
    assert plan(session, other).rows == ()


def test_new_answers_are_marked_by_the_new_rubric(session, after, judged, submit, mark_of):
    judged("lan")
    mark_submission(session, after, new := submit("mai", {"lenh": {"text": TEXT}}))
    assert (mark_of(new).score, mark_of(new).status) == (None, "waiting")


def test_a_change_of_points_is_read_from_the_ledger_and_asks_nobody(session, make_lesson, judged):
    own = judged("lan", met={"vai": True, "viec": False, "lo": True})
    dearer = make_lesson([{**one, "points": 2 if one["id"] == "lo" else 0.5} for one in RUBRIC])
    (row,) = plan(session, dearer).rows
    assert (row.state, row.old_score, row.new_score, row.receipt) == ("moves", 2, 2.5, own.receipt)
    assert row.why == ("Đổi điểm của tiêu chí.",)


def test_an_edited_criterion_is_asked_alone_and_identical_answers_once(session, after, judged, asked, fake):
    for username in ("lan", "mai"):
        judged(username)
    judged("tam", OTHER)
    rows = plan(session, after).rows
    assert {row.state for row in rows} == {"unknown"}
    assert rows[0].why == ("Sửa tiêu chí “Lệnh nói rõ việc phải làm và độ dài.”.",)
    done = asked(after)
    assert criteria_asked(fake) == [{"viec"}] * 2
    assert [(row.receipt, row.state, row.old_score, row.new_score) for row in done.rows] == [
        ("tam-1", "moves", 3, 2)
    ]


def test_nothing_moves_before_it_is_applied_and_then_all_of_it_does(session, after, judged, asked, mark_of):
    own = judged("tam", OTHER)
    mark_submissions(session, after, [own])
    done = asked(after)
    assert (mark_of(own).score, mark_of(own).outdated) == (3, True)
    digest = session.get(Marked, own.id, populate_existing=True).content_hash
    assert [row.receipt for row in apply(session, done, "Tiêu chí nay đòi độ dài.", "quan")] == ["tam-1"]
    assert (mark_of(own).score, mark_of(own).outdated) == (2, False)
    change = session.query(ScoreChange).one()
    assert (change.old_score, change.new_score, change.by) == (3, 2, "quan")
    assert change.reason == "Tiêu chí nay đòi độ dài."
    assert session.get(Marked, own.id, populate_existing=True).content_hash != digest
    assert plan(session, after).rows == ()
    mark_submissions(session, after, [own])
    assert mark_of(own).score == 2


def test_what_breaks_on_the_way_leaves_nothing_half_applied(session, engine, after, judged, asked, mark_of):
    own = judged("tam", OTHER)
    done = asked(after)
    session.commit()
    with engine.begin() as connection:
        connection.execute(
            text("CREATE TRIGGER full BEFORE INSERT ON score_change BEGIN SELECT RAISE(ABORT, 'disk'); END")
        )
    with pytest.raises(IntegrityError), open_session(engine) as other:
        apply(other, done, "Vì thế.", "quan")
    session.rollback()
    assert mark_of(own).score == 3
    assert len(plan(session, after).of("moves")) == 1


def test_a_persons_mark_is_listed_and_never_moved(session, after, judged, asked, fake, mark_of):
    own = judged("tam", OTHER)
    overrule(session, own, "lenh", 1, "Tôi chấm.", "thay")
    (row,) = plan(session, after).rows
    assert (row.state, row.old_score) == ("kept", 3)
    done = asked(after)
    assert fake.calls == 0
    with pytest.raises(ApplyError, match="Không có điểm nào phải đổi"):
        apply(session, done, "Vì thế.", "quan")
    assert mark_of(own).score == 3
    assert session.query(ScoreChange).count() == 0


def test_while_the_ai_could_not_be_asked_nothing_is_applied(session, after, judged, asked, fake, mark_of):
    both = judged("tam", OTHER), judged("lan")
    fake.faults.extend([BROKEN])  # one of the two answers
    done = asked(after)
    assert [row.reason for row in done.of("unknown")] == ["provider_error"]
    with pytest.raises(ApplyError, match="Còn 1 điểm chưa hỏi được AI nên chưa áp dụng gì"):
        apply(session, done, "Vì thế.", "quan")
    assert [mark_of(own).score for own in both] == [3, 3]
    assert asked(after).of("unknown") == ()


def test_asking_spends_of_the_days_budget_and_stops_where_it_ends(session, after, judged, asked, fake):
    judged("tam", OTHER)
    poor = asked(after, JudgeSettings(budget_tokens=1))
    assert (fake.calls, [row.reason for row in poor.of("unknown")]) == (0, ["budget"])
    assert asked(after).of("unknown") == ()
    spent = session.query(Spent).one()
    assert (spent.judge, spent.calls) == ("fake", 2)
    assert spent.prompt_tokens > 0


def test_what_the_judge_abstains_from_becomes_a_persons_to_decide(
    session, after, judged, asked, fake, mark_of
):
    own = judged("tam", OTHER)
    fake.band = lambda _: 0
    done = asked(after)
    (row,) = done.rows
    assert (row.state, row.reason, row.new_score) == ("people", "signals_disagree", None)
    apply(session, done, "Vì thế.", "quan")
    assert (mark_of(own).score, mark_of(own).status, mark_of(own).reason) == (
        None,
        "waiting",
        "signals_disagree",
    )
    assert session.query(ScoreChange).one().new_score is None


def test_a_silent_exercise_is_not_asked_and_goes_to_people(session, after, judged, asked, fake, mark_of):
    own = judged("tam", OTHER)
    silence.silence(session, (after.key, "lenh"), "quan")
    (row,) = asked(after).rows
    assert (row.state, row.reason, fake.calls) == ("people", "silenced", 0)
    apply(session, plan(session, after), "Vì thế.", "quan")
    assert mark_of(own).reason == "silenced"


def test_other_verdicts_with_the_same_score_are_written_without_a_note(session, make_lesson, judged, mark_of):
    own = judged("lan", met={"vai": True, "viec": False, "lo": False})
    removed = make_lesson([RUBRIC[0], {**RUBRIC[2], "points": 2}])
    (row,) = plan(session, removed).rows
    assert (row.state, row.old_score, row.new_score) == ("same", 1, 1)
    assert row.why == ("Bỏ tiêu chí “viec”.",)
    assert apply(session, plan(session, removed), "Vì thế.", "quan") == ()
    assert session.query(ScoreChange).count() == 0
    assert {verdict["criterion"] for verdict in mark_of(own).verdicts} == {"vai", "lo"}


@pytest.mark.parametrize(("reason", "said"), [("  ", "một câu lý do"), ("x" * 501, "500 ký tự")])
def test_who_applies_says_why_in_a_few_words(session, after, judged, reason, said):
    judged("tam", OTHER)
    with pytest.raises(ApplyError, match=said):
        apply(session, plan(session, after), reason, "quan")


def test_the_list_is_pseudonymous_says_which_submissions_count_and_is_told_apart(session, after, judged):
    judged("tam", OTHER)
    judged("tam", TEXT)
    found = plan(session, after)
    assert [(row.pseudonym, row.newest) for row in found.rows] == [("tam", False), ("tam", True)]
    assert found.digest == plan(session, after).digest
    judged("an", TEXT)
    assert found.digest != plan(session, after).digest


def test_an_answer_that_no_longer_fits_goes_to_a_person(session, before, judged):
    own = judged("lan")
    own.answers = {"lenh": {"other": 1}}
    session.flush()
    (row,) = plan(session, before).rows
    assert (row.state, row.reason) == ("people", "unreadable")


def test_a_task_that_was_edited_is_asked_whole(session, before, judged, asked, fake):
    judged("tam", OTHER)
    slot = before.slot("lenh")
    variants = {
        case: own.model_copy(update={"statement": f"{own.statement} Viết thật kỹ."})
        for case, own in slot.variants.items()
    }
    blocks = (*before.blocks[:-1], ExerciseSlot(id=slot.id, line=slot.line, variants=variants))
    other = before.model_copy(update={"blocks": blocks, "source": "edited"})
    assert plan(session, other).rows[0].why == ("Sửa đề bài.",)
    asked(other)
    assert criteria_asked(fake) == [{"vai", "viec", "lo"}]


def test_that_there_was_no_attempt_hangs_on_the_edited_criterion_and_is_asked_with_it(
    session, after, judged, asked, fake
):
    judged("tam", OTHER, dict.fromkeys(MET, False))
    entry = session.query(LedgerEntry).one()
    entry.verdicts = [
        {**one, "reason": "no_attempt" if one["criterion"] == "lo" else ""} for one in entry.verdicts
    ]
    asked(after)
    assert criteria_asked(fake) == [{"viec", "lo"}]
