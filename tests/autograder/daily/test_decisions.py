"""What people decide in the portal, and take back, against the night's runs and nbgrader's gradebook."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from autograder.calibration import Calibrated
from autograder.human.decide import Case, Ruling, decide, undo
from autograder.models import Decision
from autograder.results import result_of
from courses.school.db import session as open_session
from courses.school.models import Person, Submission

SLUG = "02-lenh-bon-phan"


@pytest.fixture
def full(ward):
    return next(sample for sample in ward.lessons[SLUG].samples if sample.role == "full")


def hand_in(ward, full, username):
    answers = {name: own.answer for name, own in full.expect.items()}
    return ward.submit(username, SLUG, answers, case=full.case)


def rule(ward, username, *, met, comment="", keep=False, exercise="lenh"):
    lesson = ward.lessons[SLUG]
    with open_session(ward.engine) as session:
        query = select(Submission).join(Person).where(Person.username == username)
        submission = session.scalars(query.order_by(Submission.id.desc())).first()
        rubric = lesson.slot(exercise).variant(submission.case).rubric
        ruling = Ruling(met={one.id: met for one in rubric}, comment=comment, keep=keep)
        return decide(
            session, lesson, Case(kind="queue", exercise=exercise, by="thay"), ruling, [submission]
        ).id


def take_back(ward, decision):
    with open_session(ward.engine) as session:
        undo(session, session.get_one(Decision, decision), ward.lessons[SLUG])


def points(full):
    return full.expect["lenh"].score


def test_a_decision_survives_every_run_and_an_undone_one_leaves_the_gradebook(ward, full):
    hand_in(ward, full, "lan")
    ward.run()
    decision = rule(ward, "lan", met=True, comment="Tốt.")
    for _ in range(2):
        ward.run()
        grade = ward.grade("lan", "lenh")
        assert (grade["manual"], grade["manual_comment"], grade["needs"]) == (points(full), "Tốt.", 0)
    take_back(ward, decision)
    for _ in range(2):
        ward.run()
        grade = ward.grade("lan", "lenh")
        assert (grade["manual"], grade["manual_comment"], grade["needs"]) == (None, None, 1)
    assert [mark[3] for mark in ward.human_marks()] == ["thay"], "it was not taken for formgrader's"


def test_an_undone_decision_gives_the_answer_back_to_the_judge(ward, judge, full):
    hand_in(ward, full, "lan")
    ward.run()
    decision = rule(ward, "lan", met=False)
    ward.run(judge=judge())
    assert ward.grade("lan", "lenh")["auto"] is None
    take_back(ward, decision)
    ward.run(judge=judge())
    grade = ward.grade("lan", "lenh")
    assert (grade["auto"], grade["manual"]) == (full.expect["lenh"].score, None)


def test_the_judges_mark_stays_beside_the_persons_and_counts_again_after_undo(ward, judge, full):
    hand_in(ward, full, "lan")
    ward.run(judge=judge())
    decision = rule(ward, "lan", met=False)
    ward.run(judge=judge())
    grade = ward.grade("lan", "lenh")
    assert (grade["auto"], grade["manual"]) == (full.expect["lenh"].score, 0)
    take_back(ward, decision)
    ward.run(judge=judge())
    assert ward.grade("lan", "lenh")["manual"] is None


def test_the_board_counts_what_stands(ward, judge, full):
    hand_in(ward, full, "lan")
    ward.run(judge=judge())

    def board():
        return [row["points"] for row in ward.canonical()["standings"]["people"]]

    before = board()
    decisions = [rule(ward, "lan", met=False, exercise=name) for name in ("lenh", "day-lai")]
    ward.run(judge=judge())
    assert board() != before
    for decision in decisions:
        take_back(ward, decision)
    ward.run(judge=judge())
    assert board() == before


def test_what_somebody_types_in_formgrader_after_an_undo_is_theirs_even_when_it_is_the_same(ward, full):
    hand_in(ward, full, "lan")
    ward.run()
    decision = rule(ward, "lan", met=True)
    ward.run()
    take_back(ward, decision)
    ward.run()
    ward.mark_in_formgrader("lan", "lenh", points(full), None)
    ward.run()
    assert [mark[3] for mark in ward.human_marks()] == ["thay", "formgrader"]
    assert ward.grade("lan", "lenh")["manual"] == points(full)


def test_a_mark_typed_in_formgrader_over_an_undone_one_stays(ward, full):
    hand_in(ward, full, "lan")
    ward.run()
    decision = rule(ward, "lan", met=True)
    ward.run()
    take_back(ward, decision)
    ward.mark_in_formgrader("lan", "lenh", 0.5, "Xem lại.")
    ward.run()
    assert ward.grade("lan", "lenh")["manual"] == 0.5
    with open_session(ward.engine) as session:
        submission = session.scalars(select(Submission)).one()
        assert result_of(session, ward.lessons[SLUG], submission).of("lenh").by == "formgrader"


def test_a_judge_that_contradicts_a_kept_sample_is_silent_on_that_exercise_until_it_is_let_go(
    ward, judge, full
):
    answers = {name: own.answer for name, own in full.expect.items()}
    for number, username in enumerate(("mai", "tam")):
        text = answers["lenh"]["text"].replace("ân cần", "vui tính") + " Viết ngắn." * number
        ward.submit(username, SLUG, {**answers, "lenh": {"text": text}}, case=full.case)
    ward.run()
    decision = rule(ward, "mai", met=False, keep=True)  # the judge would say yes to everything
    assert ward.run(judge=Calibrated(judge())).abstained == {"not_calibrated": 1}
    assert ward.grade("tam", "lenh")["auto"] is None
    take_back(ward, decision)
    assert ward.run(judge=Calibrated(judge())).abstained == {}
    assert ward.grade("tam", "lenh")["auto"] == full.expect["lenh"].score


def test_where_the_author_judged_the_same_words_the_author_is_right(ward, judge, full):
    hand_in(ward, full, "lan")
    ward.run()
    rule(ward, "lan", met=False, keep=True)
    hand_in(ward, full, "mai")
    assert ward.run(judge=Calibrated(judge())).abstained == {}
