"""A person's mark always wins, wherever it was made."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from autograder.daily.manual import FORMGRADER
from autograder.models import Projected
from autograder.results import overrule, result_of
from courses.school.db import session as open_session
from courses.school.models import Submission
from tests.autograder.daily.ward import later

SLUG = "01-ai-doan-chu"


@pytest.fixture
def exercise(ward):
    return ward.lessons[SLUG].slots[0]


@pytest.fixture
def lan(ward, exercise):
    """A submission with every answer blank, projected once."""
    receipt = ward.submit("lan", SLUG, {})
    ward.run()
    assert ward.grade("lan", exercise.id)["auto"] == 0
    return receipt


def overrule_in_portal(ward, receipt, exercise, score, comment):
    with open_session(ward.engine) as session:
        submission = session.scalars(select(Submission).where(Submission.receipt == receipt)).one()
        overrule(session, submission, exercise, score, comment, "thay")


def result(ward, receipt, exercise):
    with open_session(ward.engine) as session:
        submission = session.scalars(select(Submission).where(Submission.receipt == receipt)).one()
        return result_of(session, ward.lessons[SLUG], submission).of(exercise)


def test_a_mark_made_in_formgrader_counts_for_the_learner_and_survives(ward, lan, exercise):
    ward.mark_in_formgrader("lan", exercise.id, 1, "Cô chấm tay.")
    ward.run()
    ward.run()
    own = result(ward, lan, exercise.id)
    assert (own.score, own.comment, own.source, own.by) == (1, "Cô chấm tay.", "person", FORMGRADER)
    assert ward.human_marks() == [(exercise.id, 1, "Cô chấm tay.", FORMGRADER)]
    grade = ward.grade("lan", exercise.id)
    assert (grade["auto"], grade["manual"], grade["needs"]) == (0, 1, 0)


def test_a_second_mark_in_formgrader_is_a_new_mark(ward, lan, exercise):
    ward.mark_in_formgrader("lan", exercise.id, 1, "Lần một.")
    ward.run()
    ward.mark_in_formgrader("lan", exercise.id, 0.5, "Lần hai.")
    ward.run()
    assert [mark[1] for mark in ward.human_marks()] == [1, 0.5]
    assert result(ward, lan, exercise.id).score == 0.5


def test_a_mark_made_in_the_portal_stands_in_the_gradebook_for_export(ward, lan, exercise):
    overrule_in_portal(ward, lan, exercise.id, 1, "Ý đúng, <b>diễn đạt</b> chưa rõ.")
    ward.run()
    grade = ward.grade("lan", exercise.id)
    assert (grade["manual"], grade["needs"]) == (1, 0)
    assert grade["manual_comment"] == "Ý đúng, ‹b>diễn đạt‹/b> chưa rõ."
    ward.run()
    assert [mark[3] for mark in ward.human_marks()] == ["thay"]  # our own hand is not pulled back


def test_a_newer_portal_mark_replaces_our_own_but_never_one_typed_meanwhile(ward, lan, exercise):
    overrule_in_portal(ward, lan, exercise.id, 1, "")
    ward.run()
    overrule_in_portal(ward, lan, exercise.id, 0.5, "")
    ward.run()
    assert ward.grade("lan", exercise.id)["manual"] == 0.5
    overrule_in_portal(ward, lan, exercise.id, 1, "")
    ward.mark_in_formgrader("lan", exercise.id, 0.25, "")
    ward.run()
    assert ward.grade("lan", exercise.id)["manual"] == 0.25
    assert result(ward, lan, exercise.id).by == FORMGRADER


def test_a_mark_typed_between_pull_and_write_stays_for_the_next_run(ward, lan, exercise):
    overrule_in_portal(ward, lan, exercise.id, 1, "")

    typed = []

    def type_now(event):  # the first time that all is prepared; the second time it is written already
        if event.step == "gradebook" and event.total and event.done == event.total and not typed:
            typed.append(event)
            ward.mark_in_formgrader("lan", exercise.id, 0.5, "Vừa chấm.")

    ward.run(progress=type_now)
    grade = ward.grade("lan", exercise.id)
    assert (grade["manual"], grade["manual_comment"]) == (0.5, "Vừa chấm.")
    ward.run()
    assert result(ward, lan, exercise.id).score == 0.5


def test_a_manual_mark_belongs_to_its_submission_only(ward, lan, exercise):
    ward.mark_in_formgrader("lan", exercise.id, 1, "Tốt.")
    ward.run()
    newer = ward.submit("lan", SLUG, {}, at=later(5))
    ward.run()
    grade = ward.grade("lan", exercise.id)
    assert (grade["auto"], grade["manual"], grade["manual_comment"]) == (0, None, None)
    assert result(ward, newer, exercise.id).source == "rule"
    assert result(ward, lan, exercise.id).score == 1


def test_a_mark_typed_just_before_a_newer_submission_is_not_lost(ward, lan, exercise):
    ward.mark_in_formgrader("lan", exercise.id, 1, "Tốt.")
    ward.submit("lan", SLUG, {}, at=later(5))
    ward.run()
    assert result(ward, lan, exercise.id).score == 1


@pytest.mark.usefixtures("lan")
def test_more_than_full_marks_in_formgrader_count_as_full(ward, exercise):
    ward.mark_in_formgrader("lan", exercise.id, 99, "")
    ward.run()
    assert ward.human_marks()[0][1] == exercise.points
    assert ward.grade("lan", exercise.id)["manual"] == exercise.points


@pytest.mark.usefixtures("lan")
def test_a_comment_alone_stays_with_nbgrader(ward, exercise):
    ward.mark_in_formgrader("lan", exercise.id, None, "Xem lại nhé.")
    with open_session(ward.engine) as session:
        for row in session.scalars(select(Projected)):
            row.content_hash = "another lesson text"
    ward.run()
    assert ward.human_marks() == []
    assert ward.grade("lan", exercise.id)["manual_comment"] == "Xem lại nhé."
