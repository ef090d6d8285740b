"""A challenge's score within one band of its pass line is a person's to decide."""

from __future__ import annotations

import pytest

from autograder import ledger
from autograder.marking import mark_answers
from autograder.near_pass import Decided, PassLine, near_the_line


def mark(score, max_score=4, *, by_judge=True, exercise="lenh"):
    return Decided(exercise=exercise, score=score, max_score=max_score, by_judge=by_judge)


def rule(score, max_score=6):
    return mark(score, max_score, by_judge=False, exercise="luat")


@pytest.mark.parametrize(
    ("score", "held"),
    [(4, False), (3, True), (2, True), (1, True), (0, False)],  # the line: 8 of 10; one band: 1 of 4 points
)
def test_within_one_band_of_passing_a_person_decides(score, held):
    assert near_the_line([rule(6), mark(score)], PassLine()) == (frozenset({"lenh"}) if held else frozenset())


def test_the_sites_own_line_and_band_count():
    marks = [rule(6), mark(4)]
    assert near_the_line(marks, PassLine(share=1.0))
    assert near_the_line([rule(6), mark(3)], PassLine(band=0.1)) == frozenset()


def test_what_waits_can_still_reach_the_line():
    """6 of 14 are far below 10,5; an answer worth four points that waits may lift them to within a band of it."""
    line = PassLine(share=0.75)
    assert near_the_line([rule(6), mark(0), mark(0, exercise="khac")], line) == frozenset()
    assert near_the_line([rule(6), mark(0), mark(None, exercise="khac", by_judge=False)], line) == {"lenh"}


def test_where_no_judge_decided_nothing_is_held():
    assert near_the_line([rule(5), mark(None, by_judge=False)], PassLine()) == frozenset()


def _answer(lesson, session, met):
    exercise = lesson.slot("lenh").variant("citizen")
    text = "Bạn là cán bộ phường. Viết thư mời họp tổ, ba câu."
    verdicts = tuple(
        {
            "criterion": criterion.id,
            "criterion_hash": ledger.criterion_hash(criterion),
            "met": criterion.id in met,
            "quote": "",
            "reason": "",
        }
        for criterion in exercise.rubric
    )
    ledger.append(
        session,
        ledger.question(exercise, text),
        "judge",
        "p",
        ledger.Judged(outcome="judged", verdicts=verdicts),
    )
    return {"doan": {"chosen": ["o2"]}, "bia": {"marked": ["p1"]}, "lenh": {"text": text}}


def test_only_a_challenge_is_held_and_its_rule_marks_stand(session, lesson):
    every = {criterion.id for criterion in lesson.slot("lenh").variant("citizen").rubric}
    answers = _answer(lesson, session, every)
    recall = ledger.Recall(session)
    challenge = lesson.model_copy(update={"challenge": True})
    line = PassLine(share=1.0)  # full marks are on the line
    plain = {own.exercise: own for own in mark_answers(lesson, "citizen", answers, recall, line=line)}
    held = {own.exercise: own for own in mark_answers(challenge, "citizen", answers, recall, line=line)}
    assert plain["lenh"].source == "ai"
    assert (held["lenh"].mark.score, held["lenh"].mark.status) == (None, "waiting")
    assert (held["lenh"].reason, held["lenh"].verdicts) == ("near_pass", ())
    assert held["doan"] == plain["doan"]
    far = {
        own.exercise: own
        for own in mark_answers(challenge, "citizen", answers, recall, line=PassLine(share=0.1))
    }
    assert far["lenh"].source == "ai"
