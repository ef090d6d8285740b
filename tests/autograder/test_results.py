from __future__ import annotations

import pytest

from autograder.marking import mark_submission
from autograder.models import HumanMark, Marked
from autograder.results import overrule, result_of

ANSWERS = {"doan": {"chosen": ["o1"]}, "bia": {"marked": ["p1"]}, "lenh": {"text": "Bạn là cán bộ."}}


@pytest.fixture
def marked(session, lesson, submit):
    submission = submit("lan", ANSWERS)
    mark_submission(session, lesson, submission)
    return submission


def test_a_result_counts_only_what_is_decided(session, lesson, marked):
    result = result_of(session, lesson, marked)
    assert (result.score, result.decided_max_score, result.max_score, result.waiting) == (4, 6, 9, 1)
    assert [own.exercise for own in result.exercises] == ["doan", "bia", "lenh"]


def test_the_newest_mark_of_a_person_wins_over_machine_and_older_marks(session, lesson, marked):
    overrule(session, marked, "doan", 1, "Gần đúng.", "thay")
    overrule(session, marked, "doan", 2, "Đúng rồi.", "co")
    own = result_of(session, lesson, marked).of("doan")
    assert (own.score, own.status, own.source, own.by, own.comment) == (
        2,
        "right",
        "person",
        "co",
        "Đúng rồi.",
    )
    assert session.query(HumanMark).count() == 2


def test_a_persons_mark_survives_marking_again(session, lesson, marked):
    overrule(session, marked, "lenh", 3, "", "co")
    mark_submission(session, lesson, marked)
    assert result_of(session, lesson, marked).of("lenh").score == 3


def test_a_persons_mark_changes_the_digest(session, marked):
    before = session.get(Marked, marked.id).content_hash
    overrule(session, marked, "doan", 2, "", "co")
    session.expire_all()
    assert session.get(Marked, marked.id).content_hash != before


@pytest.mark.parametrize("score", [-1, 2.5, float("nan"), float("inf")])
def test_a_score_outside_the_points_is_refused(session, marked, score):
    with pytest.raises(ValueError, match="Điểm phải từ 0 đến 2"):
        overrule(session, marked, "doan", score, "", "co")


def test_only_marked_exercises_can_be_overruled(session, marked):
    with pytest.raises(ValueError, match="không có bài"):
        overrule(session, marked, "khac", 1, "", "co")


def test_a_submission_that_nobody_marked_is_all_waiting(session, lesson, submit):
    result = result_of(session, lesson, submit("mai", ANSWERS))
    assert (result.score, result.waiting) == (0, 3)
