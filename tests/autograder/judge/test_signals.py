"""The independent signals of an answer, and where the gate says that they part."""

from __future__ import annotations

import asyncio

import pytest

from autograder.calibration import Calibrated, MemoryStore, calibration_key
from autograder.judge import CalibrationSample, Signals
from autograder.openai_judge import OpenAIJudge
from autograder.second import BothJudges
from autograder.signals import Gate, coverage, expected_share
from autograder.thresholds import Thresholds
from courses.site import Site, load_site
from tests.autograder.judge.conftest import FULL, NO_ROLE, OFF_TOPIC, SAMPLES
from tests.fake_openai import generous

REFERENCE = "Bạn là tổ trưởng. Viết lời mời họp, ba câu, giọng thân mật, nói rõ giờ và chỗ."


@pytest.mark.parametrize(
    ("checked", "band", "expected", "passes"),
    [
        (1, 1, 1, True),
        (1, 0.75, 0.5, True),
        (1, 0.74, 1, False),
        (1, 1, 0.49, False),
        (0, 0.25, 0.5, True),
        (0, 0, 0.6, False),
        (0.5, 0.5, None, True),  # no reference to compare with: the other two decide
        (0.5, None, 0.5, False),  # a band that nobody gave is no agreement
    ],
)
def test_the_gate_lets_through_what_all_signals_support(checked, band, expected, passes):
    assert Gate().passes(Signals(checked=checked, band=band, expected=expected)) is passes


def test_coverage_folds_case_and_diacritics_and_counts_a_word_once():
    assert coverage(REFERENCE, REFERENCE) == 1
    assert coverage(REFERENCE, "ban LA to truong to truong to truong") == pytest.approx(4 / 18)
    assert coverage(REFERENCE, REFERENCE.replace("ạ", "a")) == 1


def test_a_reference_of_few_words_says_nothing(exercise):
    assert coverage("Có, đúng vậy.", "Có") is None
    short = exercise.model_copy(update={"reference": "Có."})
    assert expected_share(short, FULL) is None


def test_what_the_vocabulary_lets_expect_rises_with_it(exercise):
    shares = [expected_share(exercise, text) for text in (OFF_TOPIC, "Viết lời mời họp, ba câu", REFERENCE)]
    assert shares == sorted(shares)
    assert shares[0] < 0.3
    assert shares[2] == 1


def test_the_authors_samples_say_how_rich_a_full_answer_is(exercise):
    """A full sample of six of the eighteen words makes six words enough; without it they are half way."""
    six = "Soạn lời mời họp ba câu"
    full = CalibrationSample(text=six, verdicts={"vai": True})
    empty = CalibrationSample(text="Trời mưa to quá", verdicts={"vai": False})
    assert expected_share(exercise, six) < 0.7
    assert expected_share(exercise, six, (full, empty)) == 1


def test_samples_that_do_not_differ_are_not_believed(exercise):
    same = [CalibrationSample(text=FULL, verdicts={"vai": met}) for met in (True, False)]
    assert expected_share(exercise, NO_ROLE, same) == expected_share(exercise, NO_ROLE)


def _judge(exercise, fake, answer, samples=(), thresholds=None):
    async def go():
        judge = OpenAIJudge(fake.base_url, "key", "fake", retries=0, thresholds=thresholds)
        try:
            return await judge.judge(exercise, answer, samples)
        finally:
            await judge.aclose()

    return asyncio.run(go())


def test_a_model_that_likes_everything_twice_is_stopped_by_the_vocabulary(exercise, fake):
    """Both calls give full marks to an answer that has nothing of the reference: no flattery moves a count of words."""
    fake.rule, fake.band = generous, lambda asked: sum(points for _, points in asked.criteria.values())
    judgement = _judge(exercise, fake, OFF_TOPIC, SAMPLES)
    assert (judgement.outcome, judgement.reason) == ("abstained", "signals_disagree")
    assert judgement.signals == Signals(checked=1, band=1, expected=judgement.signals.expected)
    assert judgement.signals.expected < 0.5


def test_a_judgement_keeps_the_signals_it_rests_on(exercise, fake):
    judgement = _judge(exercise, fake, NO_ROLE, SAMPLES)
    assert judgement.outcome == "judged"
    assert (judgement.signals.checked, judgement.signals.band) == (0.75, 0.75)


def test_a_site_may_ask_for_closer_agreement(exercise, fake, tmp_path):
    path = tmp_path / "site.yaml"
    path.write_text("judge:\n  band_tolerance: 0.1\n  lost_quotes: 0.2\n")
    strict = Thresholds.of(load_site({"BDHAI_SITE": str(path)}))
    assert (strict.gate.band, strict.lost) == (0.1, 0.2)
    fake.band = lambda _: 2.5  # of 4: an eighth away from the checked verdicts
    assert _judge(exercise, fake, NO_ROLE, SAMPLES).outcome == "judged"
    assert _judge(exercise, fake, NO_ROLE, SAMPLES, strict).reason == "signals_disagree"


def test_a_site_without_numbers_has_the_measured_ones():
    assert Thresholds.of(Site()) == Thresholds()


def _judge_with(**numbers):
    return OpenAIJudge("http://a/v1", "k", "m", thresholds=Thresholds(**numbers))


def test_another_limit_of_lost_quotes_is_another_judge():
    assert _judge_with().prompt_hash != _judge_with(lost=0.2).prompt_hash


def test_another_gate_is_the_same_judge_that_must_be_calibrated_anew(exercise):
    one = _judge_with()
    other = one.gated(Gate(band=0.1))
    assert (one.prompt_hash, one.gate, other.gate) == (other.prompt_hash, Gate(), Gate(band=0.1))
    keys = {
        calibration_key(exercise, SAMPLES, judge.name, judge.prompt_hash, judge.gate)
        for judge in (one, other)
    }
    assert len(keys) == 2


def test_calibration_holds_only_for_the_gate_that_it_was_made_with(exercise, fake):
    store = MemoryStore()

    async def calls_of(judge):
        before = fake.calls
        assert await Calibrated(judge, store).fault(exercise, SAMPLES) is None
        await judge.aclose()
        return fake.calls - before

    judge = OpenAIJudge(fake.base_url, "key", "fake", retries=0)
    assert asyncio.run(calls_of(judge)) > 0
    assert asyncio.run(calls_of(judge)) == 0
    assert asyncio.run(calls_of(judge.gated(Gate(band=0.3)))) > 0


def test_two_models_share_a_gate():
    pair = BothJudges(_judge_with(), _judge_with())
    wide = pair.gated(Gate(band=0.5))
    assert (pair.gate.band, wide.gate.band, wide.prompt_hash) == (0.25, 0.5, pair.prompt_hash)
