"""The real pipeline over labelled answers: figures that people can check by hand."""

from __future__ import annotations

from collections import Counter

import pytest

from autograder.evaluate import Shelf, evaluate, read_dataset
from autograder.openai_judge import OpenAIJudge
from autograder.signals import Gate
from autograder.thresholds import Thresholds
from tests.autograder.evaluate.conftest import FULL, KEYWORDS, LEAK, NO_FORM, NO_ROLE, ROWS, answer, exercise
from tests.fake_openai import BROKEN, CUT_OFF, GARBAGE, FakeOpenAI, by_keyword, generous

KEYS = {
    "qwk", "qwk_not_abstained", "exact", "pearson", "bias", "abstained", "stability", "tokens", "seconds", "unparsed"
}  # fmt: skip


def judge(server, **options):
    return OpenAIJudge(server.base_url, "key", "fake", **{"retries": 0, **options})


@pytest.fixture
def data(write):
    return read_dataset(write(ROWS))


def test_a_judge_like_its_people_agrees_wholly(fake, data):
    found = evaluate(judge(fake), data)
    assert (found.qwk, found.qwk_not_abstained, found.exact, found.pearson, found.bias) == (1, 1, 1, 1, 0)
    assert (found.abstained, found.stability, found.unparsed) == (0, 1, 0)
    assert (found.verdicts.n, found.verdicts.exact, found.verdicts.kappa) == (15, 1, 1)
    assert found.uncalibrated == ()


def test_the_promised_keys_are_there_for_the_whole_and_for_each_exercise(fake, data):
    found = evaluate(judge(fake), data).model_dump(mode="json")
    assert set(found) >= KEYS
    assert set(found["exercises"]) == {"moi-hop"}
    assert set(found["exercises"]["moi-hop"]) >= KEYS


def test_points_are_summed_per_answer_and_bias_is_in_points(fake, data):
    fake.rule = by_keyword(KEYWORDS | {"dang": "lời mời"})  # finds a form wherever there is an invitation
    found = evaluate(judge(fake), read_dataset_without_samples(data))
    # 2 points too many of “thieu-dang”, 2 too few of “lo-so”, which speaks of no invitation
    assert found.bias == 0
    assert found.exact == pytest.approx(3 / 5)
    assert 0 < found.qwk < 1


def read_dataset_without_samples(data):
    tasks = {id_: task.model_copy(update={"samples": ()}) for id_, task in data.tasks.items()}
    return data.model_copy(update={"tasks": tasks})


def test_an_exercise_that_a_judge_cannot_calibrate_is_silent_but_its_worth_is_still_measured(fake, data):
    fake.rule = by_keyword(KEYWORDS | {"vai": "soạn"})  # sees a role where none is
    found = evaluate(judge(fake), data)
    assert found.uncalibrated == ("moi-hop",)
    assert found.reasons == {"not_calibrated": 4}  # the blank answer needs no model
    assert found.abstained == pytest.approx(4 / 5)
    assert found.ungated.n == 5
    assert found.gated.n == 1


def test_without_samples_the_judge_is_heard_uncalibrated(fake, data):
    fake.rule = by_keyword(KEYWORDS | {"vai": "soạn"})
    found = evaluate(judge(fake), read_dataset_without_samples(data))
    assert found.without_samples == ("moi-hop",)
    assert found.abstained == 0


def test_what_the_gate_holds_back_is_in_qwk_and_not_in_qwk_not_abstained(fake, data):
    fake.band = lambda asked: 0.0 if "lần hai" in asked.answer.lower() else _points(fake, asked)
    found = evaluate(judge(fake), data)
    assert found.reasons == {"signals_disagree": 1}
    assert (found.ungated.n, found.gated.n) == (5, 4)


def _points(fake, asked):
    claims = fake.rule(asked)
    return sum(points for id_, (_, points) in asked.criteria.items() if claims[id_][0])


@pytest.mark.parametrize("fault", [GARBAGE, CUT_OFF])
def test_a_reply_that_cannot_be_read_is_counted_and_never_a_mark(data, fault):
    with FakeOpenAI(by_keyword(KEYWORDS), always=fault) as broken:
        found = evaluate(judge(broken), read_dataset_without_samples(data))
    assert (found.unparsed, found.unparsed_marked) == (4, 0)
    assert found.gated.n == 1  # the blank one
    assert found.qwk_not_abstained is None


def test_a_provider_that_is_down_marks_nobody(data):
    with FakeOpenAI(always=BROKEN) as down:
        found = evaluate(judge(down), data)
    assert found.reasons == {"provider_error": 4}
    assert found.gated.n == 1


def test_a_judge_that_changes_its_mind_is_not_stable(write):
    seen = Counter()

    def moody(asked):
        seen[asked.answer] += asked.kind == "verdicts"
        return by_keyword(KEYWORDS | ({"vai": "hoho"} if seen[asked.answer] > 1 else {}))(asked)

    rows = [exercise(samples=[]), *(answer(str(n), f"{FULL} Lần {n}.") for n in range(6))]
    with FakeOpenAI(moody) as server:
        found = evaluate(judge(server), read_dataset(write(rows)), reruns=6, at_once=1)
    assert found.asked_again == 6
    assert found.stability == 0


def test_reruns_are_as_many_as_asked_for_and_none_is_no_figure(fake, data):
    assert evaluate(judge(fake), data, reruns=0).stability is None
    found = evaluate(judge(fake), data, reruns=2)
    assert 1 <= found.asked_again <= 2
    assert found.tokens_again > 0


def test_length_and_words_stand_beside_the_judge(fake, write):
    rows = [
        exercise(
            samples=[], reference="Bạn là tổ trưởng. Soạn lời mời họp, viết ba câu, giọng thân mật, nói giờ."
        ),
        answer("a", f"{FULL} Lần một này là bài dài nhất trong số các bài đã có."),
        answer("b", NO_ROLE, "vai"),
        answer("c", "Trời mưa to quá.", "vai", "dang", "lo"),
    ]
    found = evaluate(judge(fake), read_dataset(write(rows)))
    assert found.baselines["length"].qwk.value == 1  # longer is better here
    assert found.baselines["overlap"].qwk.value == 1


def test_a_killed_measurement_goes_on_where_it_was_and_pays_nothing_twice(fake, data, tmp_path):
    cache = tmp_path / "cho" / "cache.jsonl"
    half = data.model_copy(update={"answers": data.answers[:2]})
    evaluate(judge(fake), half, shelf=Shelf(cache), reruns=0)
    paid = fake.calls
    with cache.open("a", encoding="utf-8") as file:
        file.write('\n{"key": "cut in the middle of a li')
    found = evaluate(judge(fake), data, shelf=Shelf(cache), reruns=0)
    assert fake.calls == paid + 2 * 2  # two answers more; samples and the first two are kept
    again = evaluate(judge(fake), data, shelf=Shelf(cache), reruns=0)
    assert fake.calls == paid + 2 * 2
    assert (again.qwk, again.tokens, again.calls) == (found.qwk, found.tokens, found.calls)
    assert again.seconds == pytest.approx(found.seconds, abs=0.01)


def test_another_model_or_another_rubric_is_asked_anew(fake, data, tmp_path):
    cache = tmp_path / "cache.jsonl"
    evaluate(judge(fake), data, shelf=Shelf(cache), reruns=0)
    paid = fake.calls
    other = OpenAIJudge(fake.base_url, "key", "another", retries=0)
    evaluate(other, data, shelf=Shelf(cache), reruns=0)
    assert fake.calls == 2 * paid


def test_a_fault_of_the_provider_is_not_kept(data, tmp_path):
    with FakeOpenAI(by_keyword(KEYWORDS), always=BROKEN) as server:
        evaluate(judge(server), data, shelf=Shelf(tmp_path / "c.jsonl"), reruns=0)
        server.always = None
        found = evaluate(judge(server), data, shelf=Shelf(tmp_path / "c.jsonl"), reruns=0)
    assert found.abstained == 0


def test_the_bar_is_told_each_judgement(fake, data):
    told = []
    evaluate(judge(fake), data, reruns=3, tell=lambda done, total: told.append((done, total)))
    assert told[-1] == (8, 8)
    assert [done for done, _ in told] == list(range(1, 9))


def test_a_generous_judge_is_seen_through(data):
    with FakeOpenAI(generous) as server:
        found = evaluate(judge(server), data)
    assert found.uncalibrated == ("moi-hop",)
    assert found.bias > 0


def test_the_texts_of_this_file_are_what_they_say():
    assert "viết ba câu" in FULL and "viết ba câu" in NO_ROLE and "viết ba câu" not in NO_FORM  # noqa: PT018
    assert "0900 000 123" in LEAK


def test_another_gate_is_heard_from_the_cache_and_asks_nobody(fake, data, tmp_path):
    fake.band = lambda _: 2.0  # within a half of every mark, within a quarter of few
    cache = tmp_path / "c.jsonl"
    strict = evaluate(judge(fake), data, shelf=Shelf(cache), reruns=0)
    paid = fake.calls
    wide = Thresholds(gate=Gate(band=1, words=1))
    loose = evaluate(judge(fake, thresholds=wide), data, shelf=Shelf(cache), reruns=0)
    assert fake.calls == paid
    assert strict.reasons["signals_disagree"] > 0
    assert loose.abstained == 0
    assert loose.qwk_not_abstained == loose.qwk == strict.qwk
    again = evaluate(judge(fake), data, shelf=Shelf(cache), reruns=0)
    assert again.reasons == strict.reasons


def test_agreement_against_coverage_is_told_for_every_tolerance(fake, data):
    fake.band = lambda _: 2.0
    points = evaluate(judge(fake), data, reruns=0).curve
    assert [own.pairs for own in points] == sorted(own.pairs for own in points)
    assert points[-1].coverage == 1
    assert points[0].coverage < 1
