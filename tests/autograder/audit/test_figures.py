"""Agreement per exercise and criterion, and the rule by which an exercise falls silent."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from autograder.audit import Floor, Pair, figures_of, look
from autograder.audit.pairs import pair_of

AT = datetime(2026, 11, 20, tzinfo=UTC)
FLOOR = Floor()


def pair(ours, theirs, source="audit", judge=None, person=None):
    return Pair(
        lesson="level1/02-lenh",
        exercise="lenh",
        source=source,
        judge=judge or {},
        person=person or {},
        judge_score=ours,
        person_score=theirs,
        max_score=3,
        at=AT,
    )


def pairs(*marks, source="audit"):
    return [pair(ours, theirs, source) for ours, theirs in marks]


def test_points_of_both_sides_come_from_the_same_criteria(lesson):
    exercise = lesson.slot("lenh").variant("citizen")
    found = pair_of(
        lesson=lesson.key,
        exercise=exercise,
        source="audit",
        judge={"vai": True, "lo": True},
        person={"vai": True, "lo": False},
        at=AT,
    )
    assert (found.judge_score, found.person_score, found.max_score) == (3, 1, 3)
    assert found.key == ("level1/02-lenh", "lenh")


def test_figures_are_given_for_points_and_for_each_criterion():
    verdicts = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15
    figures = figures_of(
        [
            pair(int(ours), int(theirs), judge={"vai": ours}, person={"vai": theirs})
            for ours, theirs in verdicts
        ]
    )
    (criterion,) = figures.criteria
    assert (figures.n, criterion.criterion, criterion.kappa.n) == (50, "vai", 50)
    assert criterion.exact.value == pytest.approx(0.70)
    assert criterion.kappa.value == pytest.approx(0.40)  # Cohen's own example
    assert figures.qwk.value == pytest.approx(0.40)  # two categories: weights make no difference
    assert figures.qwk.low < 0.40 < figures.qwk.high
    assert figures.exact.low <= figures.exact.value <= figures.exact.high


def test_a_criterion_counts_only_where_both_decided_it():
    both = pair(1, 1, judge={"vai": True, "lo": True}, person={"vai": True})
    assert [one.criterion for one in figures_of([both]).criteria] == ["vai"]
    assert figures_of([both, pair(2, 3, source="mark")]).n == 2


def test_without_pairs_nothing_is_known():
    figures = figures_of([])
    assert (figures.n, figures.qwk.value, figures.criteria) == (0, None, ())
    assert look([], FLOOR).silent is False


def test_ten_pairs_below_the_agreement_silence_an_exercise():
    low = pairs(*[(3, 3), (0, 0)] * 3, *[(3, 1)] * 3, (0, 3))
    found = look(low, FLOOR)
    assert found.pairs == 10
    assert found.qwk < 0.7
    assert found.silent
    assert not look(low, Floor(agreement=0.2)).silent


def test_ten_pairs_that_agree_do_not():
    assert not look(pairs(*[(3, 3), (0, 0), (1, 1), (2, 2), (3, 2)] * 2), FLOOR).silent


def test_a_judge_who_gives_everybody_everything_is_silenced_however_often_that_is_right():
    found = look(pairs(*[(3, 3)] * 19, (3, 0)), FLOOR)
    assert found.exact == pytest.approx(0.95)
    assert found.silent


def test_equal_marks_all_over_are_agreement():
    found = look(pairs(*[(3, 3)] * 12), FLOOR)
    assert (found.qwk, found.exact, found.silent) == (None, 1, False)


@pytest.mark.parametrize(
    ("marks", "silent"),
    [
        ([(3, 0)] * 3, False),  # three: too few for anything
        ([(3, 0)] * 3 + [(2, 2)], True),  # one of four alike
        ([(3, 0)] * 2 + [(2, 2)] * 2, False),  # half of four
        ([(3, 0)] * 5 + [(2, 2)] * 4, True),
        ([(3, 2)] * 4 + [(2, 2)] * 5, False),
    ],
)
def test_fewer_than_ten_pairs_silence_only_where_fewer_than_half_are_alike(marks, silent):
    found = look(pairs(*marks), FLOOR)
    assert found.qwk is None
    assert found.silent is silent


def test_only_blind_pairs_count_for_silence():
    seen = pairs(*[(3, 0)] * 20, source="mark")
    assert look(seen, FLOOR) == look([], FLOOR)
    assert not look([*seen, *pairs(*[(3, 3), (0, 0)] * 5)], FLOOR).silent
