"""Two models are asked: what they decide otherwise is left to a person."""

from __future__ import annotations

import asyncio

import pytest

from autograder.openai_judge import OpenAIJudge
from autograder.second import BothJudges
from tests.autograder.judge.conftest import FULL, KEYWORDS, NO_ROLE, SAMPLES
from tests.fake_openai import BROKEN, GARBAGE, FakeOpenAI, by_keyword


@pytest.fixture
def other():
    with FakeOpenAI(by_keyword(KEYWORDS)) as server:
        yield server


@pytest.fixture
def both(exercise, fake, other):
    def run(answer):
        async def go():
            first, second = (
                OpenAIJudge(server.base_url, "key", name, retries=0)
                for server, name in ((fake, "one"), (other, "two"))
            )
            judge = BothJudges(first, second)
            try:
                return await judge.judge(exercise, answer, SAMPLES)
            finally:
                await judge.aclose()

        return asyncio.run(go())

    return run


def test_what_two_models_decide_alike_counts(exercise, both, fake, other):
    judgement = both(NO_ROLE)
    assert judgement.score(exercise) == 3
    assert judgement.usage.calls == fake.calls + other.calls == 4


def test_where_two_models_part_a_person_decides(both, other):
    other.rule = by_keyword({**KEYWORDS, "dang": "giờ để lên đầu"})
    other.band = lambda _: 3
    judgement = both(NO_ROLE)
    assert (judgement.outcome, judgement.reason, judgement.verdicts) == ("abstained", "judges_disagree", ())
    assert judgement.signals is not None


def test_a_second_model_that_cannot_tell_does_not_agree(both, other):
    other.always = GARBAGE
    assert both(FULL).reason == "judges_disagree"


def test_a_second_model_that_is_down_is_asked_again_tomorrow(both, other):
    other.always = BROKEN
    judgement = both(FULL)
    assert (judgement.reason, judgement.worth_retrying) == ("provider_error", True)


def test_a_first_model_that_abstains_costs_no_second_call(both, fake, other):
    fake.always = GARBAGE
    assert both(FULL).reason == "unparsable"
    assert other.calls == 0


def test_a_blank_costs_no_call_at_all(exercise, both, fake, other):
    assert both("").score(exercise) == 0
    assert fake.calls == other.calls == 0


def test_the_pair_is_a_judge_of_its_own():
    one, two = (OpenAIJudge("http://a/v1", "k", name) for name in ("one", "two"))
    pair = BothJudges(one, two)
    assert pair.name == "one + two"
    assert pair.prompt_hash not in {one.prompt_hash, two.prompt_hash}
