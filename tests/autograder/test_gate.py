"""The gate opens where people's marks prove that it may, and closes where they show that it must."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.gate import Aim, Evidence, Fit, Point, curve, distance, fit, scaled, tolerances
from autograder.judge import Signals
from autograder.metrics import Interval
from autograder.signals import Gate

DEFAULT = Gate(band=0.25, words=0.5)
AIM = Aim()


def made(*zones, seed=1):
    """Make evidence: each zone is (from, to, how many, share of answers on which both agree)."""
    draw = random.Random(seed)
    found = []
    for low, high, count, agreed in zones:
        for number in range(count):
            person = draw.choice((0.0, 0.25, 0.5, 0.75, 1.0))
            judge = person if number < agreed * count else draw.choice((0.0, 0.25, 0.5, 0.75, 1.0))
            found.append(Evidence(distance=draw.uniform(low, high), judge=judge, person=person))
    return found


def fitted(evidence, aim=AIM):
    return fit(curve(evidence, [own.distance for own in evidence], DEFAULT), DEFAULT, aim)


def test_an_answers_distance_is_the_smallest_tolerance_that_decides_it():
    signals = Signals(checked=0.75, band=0.5, expected=0.15)
    assert distance(signals, DEFAULT) == pytest.approx(0.3)  # vocabulary may be twice as far
    assert distance(Signals(checked=0.75, band=0.5), DEFAULT) == pytest.approx(0.25)
    assert distance(Signals(checked=0.75), DEFAULT) == float("inf")


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_gate_of_some_tolerance_passes_what_lies_within_that_distance(checked, band, expected, tolerance):
    signals = Signals(checked=checked, band=band, expected=expected)
    for default in (DEFAULT, Gate(band=0.2, words=0.3), Gate(band=0.4, words=0.0)):
        away = distance(signals, default)
        if abs(away - tolerance) > 1e-6 and tolerance * default.words <= default.band:
            assert scaled(default, tolerance).passes(signals) == (away <= tolerance)


def test_with_few_pairs_the_default_stays():
    assert fitted([]).how == "default"
    found = fitted(made((0, 0.2, 29, 1)))
    assert (found.tolerance, found.how) == (0.25, "default")


def test_a_default_that_holds_stays_where_nothing_wider_is_proved():
    found = fitted(made((0, 0.25, 80, 0.95), (0.25, 0.9, 80, 0.1)))
    assert (found.tolerance, found.how) == (0.25, "kept")


def test_the_gate_opens_as_far_as_agreement_is_proved():
    found = fitted(made((0, 0.5, 200, 0.97), (0.52, 1, 200, 0)))
    assert found.how == "wider"
    assert 0.5 <= found.tolerance <= 0.6
    assert found.gate(DEFAULT) == Gate(band=found.tolerance, words=min(1, 2 * found.tolerance))


def test_looking_good_is_not_enough_to_open_it():
    """The κ beyond the default reaches the target, the lower end of its interval does not."""
    points = [
        Point(
            tolerance=t,
            coverage=t,
            pairs=60,
            exact=0.8,
            qwk=Interval(value=0.8, low=0.7, high=0.9, n=60),
            added=Interval(value=0.8, n=20),
        )
        for t in tolerances(DEFAULT)
    ]
    assert fit(points, DEFAULT, AIM).tolerance == 0.25
    proved = [own.model_copy(update={"qwk": own.qwk.model_copy(update={"low": 0.75})}) for own in points]
    assert fit(proved, DEFAULT, AIM).tolerance == 1
    few = [own.model_copy(update={"added": Interval(value=0.8, n=9)}) for own in proved]
    assert fit(few, DEFAULT, AIM).tolerance == 0.25


def test_good_answers_within_do_not_pay_for_bad_ones_beyond():
    found = fitted(made((0, 0.25, 300, 1), (0.27, 0.6, 60, 0)))
    at = {point.tolerance: point for point in found.curve}
    assert at[0.4].qwk.low > AIM.target  # all together still look well
    assert (found.tolerance, found.how) == (0.25, "kept")


def test_a_default_that_fails_closes_to_the_widest_tolerance_that_holds():
    found = fitted(made((0, 0.1, 100, 1), (0.12, 0.25, 300, 0)))
    assert found.how == "narrower"
    assert 0.1 <= found.tolerance <= 0.15


def test_where_nothing_holds_only_equal_signals_are_believed():
    found = fitted(made((0, 1, 300, 0)))
    assert (found.tolerance, found.how) == (0, "narrowest")


POINTS = st.lists(
    st.tuples(st.floats(-1, 1), st.floats(0, 0.5), st.integers(0, 60)),
    min_size=len(tolerances(DEFAULT)),
    max_size=len(tolerances(DEFAULT)),
)


@given(POINTS, st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=300)
def test_a_higher_target_never_gives_a_wider_gate(rows, one, other):
    points = [
        Point(
            tolerance=t,
            coverage=t,
            pairs=pairs,
            exact=None,
            qwk=Interval(value=value, low=value - width, high=value, n=pairs),
            added=Interval(value=value - width / 2, n=pairs),
        )
        for t, (value, width, pairs) in zip(tolerances(DEFAULT), rows, strict=True)
    ]
    low, high = sorted((one, other))
    loose, strict = (fit(points, DEFAULT, Aim(target=target)) for target in (low, high))
    assert strict.tolerance <= loose.tolerance


def test_the_same_evidence_gives_the_same_gate_in_any_order():
    evidence = made((0, 0.5, 120, 0.9), (0.5, 1, 80, 0.3))
    again = sorted(evidence, key=lambda own: own.judge)
    assert fitted(evidence) == fitted(list(evidence))
    assert fitted(again).tolerance == fitted(evidence).tolerance


def test_the_curve_tells_coverage_of_all_answers_and_agreement_of_those_with_a_persons_mark():
    evidence = made((0, 0.25, 10, 1))
    points = curve(evidence, [0.0, 0.2, 0.4, float("inf")], DEFAULT)
    assert [point.tolerance for point in points] == [round(0.05 * n, 6) for n in range(21)]
    at = {point.tolerance: point for point in points}
    assert (at[0.0].coverage, at[0.25].coverage, at[1.0].coverage) == (0.25, 0.5, 0.75)
    assert (at[1.0].pairs, at[1.0].exact) == (10, 1)
    coverages = [point.coverage for point in points]
    assert coverages == sorted(coverages)
    assert curve([], [], DEFAULT)[0].coverage is None


def test_a_sites_own_tolerance_is_tried_whatever_it_is():
    assert 0.22 in tolerances(Gate(band=0.22))
    assert fit(curve([], [], Gate(band=0.22)), Gate(band=0.22), AIM) == Fit(
        tolerance=0.22, how="default", curve=curve([], [], Gate(band=0.22))
    )
