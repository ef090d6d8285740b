"""A model's claims become verdicts only with evidence."""

from __future__ import annotations

import pytest

from autograder.judge import Usage
from autograder.verdicts import Claim, check_claims
from tests.autograder.judge.conftest import FULL, LEAK, OFF_TOPIC

GOOD = {
    "vai": ("Bạn là tổ trưởng", True),
    "viec": ("Soạn lời mời bà con", True),
    "dang": ("ba câu thân mật", True),
    "lo": ("", True),
}


def _claims(**changes: tuple[str, bool]) -> list[Claim]:
    return [Claim(criterion=id_, quote=quote, met=met) for id_, (quote, met) in (GOOD | changes).items()]


@pytest.fixture
def check(exercise):
    return lambda answer, claims: check_claims(exercise, answer, claims, Usage())


def _met(judgement):
    return {verdict.criterion for verdict in judgement.verdicts if verdict.met}


def test_claims_with_quotes_in_the_answer_count(exercise, check):
    judgement = check(FULL, _claims())
    assert _met(judgement) == {"vai", "viec", "dang", "lo"}
    assert judgement.score(exercise) == 4


def test_verdicts_come_in_the_rubrics_order(exercise, check):
    judgement = check(FULL, _claims()[::-1])
    assert [verdict.criterion for verdict in judgement.verdicts] == [c.id for c in exercise.rubric]


@pytest.mark.parametrize("quote", ["", "Bạn là chuyên gia", "Lệnh nói rõ AI đóng vai ai"])
def test_a_claim_whose_quote_is_not_in_the_answer_does_not_count(check, quote):
    judgement = check(FULL, _claims(vai=(quote, True)))
    assert _met(judgement) == {"viec", "dang", "lo"}
    assert judgement.verdicts[0].reason == "quote_not_found"
    assert (judgement.lost_quotes, judgement.claims) == (1, 3)


def test_a_quote_of_the_task_does_not_count(check):
    answer = f"{FULL} Tối thứ bảy họp tổ dân phố bàn chuyện lắp đèn, các bác nhớ nhé."
    judgement = check(answer, _claims(viec=("Tối thứ bảy họp tổ dân phố bàn chuyện lắp đèn", True)))
    assert "viec" not in _met(judgement)
    assert judgement.verdicts[1].reason == "quote_copied"


def test_a_model_that_mostly_invents_its_quotes_is_not_believed_at_all(check):
    judgement = check(FULL, _claims(vai=("bịa một", True), viec=("bịa hai", True)))
    assert (judgement.outcome, judgement.reason) == ("abstained", "too_many_lost_quotes")


def test_a_violation_that_is_shown_costs_its_points(check):
    judgement = check(LEAK, _claims(viec=("Soạn lời mời ông Tư", True), lo=("số 0900 000 123", False)))
    assert _met(judgement) == {"vai", "viec", "dang"}
    assert judgement.verdicts[3].quote == "số 0900 000 123"


@pytest.mark.parametrize("quote", ["", "số 0911 222 333"])
def test_a_violation_that_is_not_shown_goes_to_a_person(check, quote):
    assert check(FULL, _claims(lo=(quote, False))).reason == "violation_not_shown"


def test_without_any_evidence_of_an_attempt_nothing_is_earned(exercise, check):
    nothing = {"vai": ("", False), "viec": ("", False), "dang": ("", False)}
    assert check(OFF_TOPIC, _claims(**nothing, lo=("", False))).score(exercise) == 0
    assert check(OFF_TOPIC, _claims(**nothing, lo=("", True))).reason == "attempt_unsure"


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        (_claims()[:3], "missing_criterion"),
        ([*_claims(), Claim(criterion="la", quote="", met=True)], "unknown_criterion"),
        ([*_claims(), _claims()[0]], "unparsable"),
        ([], "missing_criterion"),
    ],
)
def test_claims_that_do_not_fit_the_rubric_are_no_judgement(check, claims, reason):
    assert check(FULL, claims).reason == reason


def test_a_quote_of_more_than_forty_words_shows_nothing(check):
    long = f"{FULL} {'Nhớ ghi rõ giờ giấc và chỗ họp cho bà con. ' * 4}"
    judgement = check(long, _claims(vai=(long, True)))
    assert judgement.verdicts[0].reason == "quote_too_long"


def test_one_long_quote_for_every_criterion_proves_none(check):
    everything = dict.fromkeys(("vai", "viec", "dang"), (FULL, True))
    assert check(FULL, _claims(**everything)).reason == "same_quote"
