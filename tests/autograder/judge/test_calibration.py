"""An exercise is judged only by a judge that first judged its author's samples like people."""

from __future__ import annotations

import asyncio

import pytest

from autograder.calibration import INJECTION, Calibrated, FileStore, MemoryStore, calibrate, probes_of
from autograder.checks import hard_check
from autograder.judge import CalibrationSample, samples_of
from autograder.openai_judge import OpenAIJudge
from courses.exercises.base import RubricExercise
from courses.lessons import load_lessons
from courses.site import REPOSITORY
from tests.autograder.judge.conftest import FULL, KEYWORDS, NO_ROLE, OFF_TOPIC, SAMPLES
from tests.fake_openai import BROKEN, GARBAGE, FakeOpenAI, by_answer, by_keyword, generous

WRONG = CalibrationSample(text=OFF_TOPIC, verdicts=dict.fromkeys(KEYWORDS, False))
ANSWER = "Bạn là tổ trưởng. Soạn lời mời họp gửi bà con trong ngõ, giọng vui, có giờ."


def _judge(fake, exercise, answer=ANSWER, *, samples=SAMPLES, store=None, name="fake"):
    async def go():
        judge = Calibrated(OpenAIJudge(fake.base_url, "key", name, retries=0), store)
        try:
            return await judge.judge(exercise, answer, samples)
        finally:
            await judge.aclose()

    return asyncio.run(go())


def _calibrate(fake, exercise, samples=SAMPLES):
    async def go():
        judge = OpenAIJudge(fake.base_url, "key", "fake", retries=0)
        try:
            return await calibrate(judge, exercise, samples)
        finally:
            await judge.aclose()

    return asyncio.run(go())


def test_a_judge_that_agrees_with_the_author_may_judge(exercise, fake):
    judgement = _judge(fake, exercise)
    assert judgement.score(exercise) == 3  # no length named


def test_a_generous_judge_is_silent(exercise, fake):
    fake.rule = generous
    assert _judge(fake, exercise).reason == "not_calibrated"


def test_a_judge_that_misses_one_verdict_is_silent_and_says_where(exercise, fake):
    fake.rule = by_keyword(KEYWORDS | {"vai": "lời mời"})  # sees a role where none is
    result = _calibrate(fake, exercise)
    assert not result.passed
    assert result.failures == (f"“{NO_ROLE[:40]}”: vai",)


@pytest.mark.parametrize("samples", [(), SAMPLES[:1], SAMPLES[3:], (SAMPLES[0], WRONG)])
def test_without_a_partial_sample_nothing_is_known(exercise, fake, samples):
    assert _judge(fake, exercise, samples=samples).reason == "not_calibrated"


def test_a_judge_that_abstains_from_most_samples_is_silent(exercise, fake):
    fake.band = lambda asked: 4 if "vui tính" in asked.answer else 0.5
    result = _calibrate(fake, exercise)
    assert (result.decided, result.asked, result.passed) == (1, 3, False)


def test_a_judge_that_cannot_be_parsed_is_silent(exercise, fake):
    fake.always = GARBAGE
    assert _judge(fake, exercise).reason == "not_calibrated"


def test_calibration_is_done_once_per_exercise_and_model(exercise, fake):
    store = MemoryStore()
    _judge(fake, exercise, store=store)
    calls = fake.calls
    _judge(fake, exercise, answer=FULL, store=store)
    assert fake.calls == calls + 2
    _judge(fake, exercise, store=store, name="another")
    assert fake.calls > calls + 4


def test_answers_at_the_same_time_share_one_calibration(exercise, fake):
    async def go():
        judge = Calibrated(OpenAIJudge(fake.base_url, "key", "fake"))
        answers = [f"{FULL} Lần {n}." for n in range(5)]
        judged = await asyncio.gather(*(judge.judge(exercise, answer, SAMPLES) for answer in answers))
        await judge.aclose()
        return judged

    assert [judgement.outcome for judgement in asyncio.run(go())] == ["judged"] * 5
    assert fake.calls == 2 * (3 + 5)


def test_an_edited_rubric_or_sample_is_calibrated_anew(exercise, fake):
    store = MemoryStore()
    _judge(fake, exercise, store=store)
    edited = exercise.rubric[0].model_copy(update={"text": "Lệnh nêu vai của AI thật rõ."})
    changed = exercise.model_copy(update={"rubric": (edited, *exercise.rubric[1:])})
    _judge(fake, changed, store=store)
    _judge(fake, exercise, samples=SAMPLES[:3], store=store)
    assert len(store.all()) == 3


def test_a_provider_that_is_down_is_no_result(exercise, fake):
    store = MemoryStore()
    fake.always = BROKEN
    judgement = _judge(fake, exercise, store=store)
    assert (judgement.reason, judgement.worth_retrying) == ("provider_error", True)
    assert not store.all()
    assert fake.calls == 1  # the first fault ends it: nobody waits for one sample after another
    fake.always = None
    assert _judge(fake, exercise, store=store).outcome == "judged"


def test_results_outlive_the_process_and_a_broken_file_is_no_trouble(exercise, fake, tmp_path):
    path = tmp_path / "ai" / "calibration.json"
    _judge(fake, exercise, store=FileStore(path))
    calls = fake.calls
    _judge(fake, exercise, answer=FULL, store=FileStore(path))
    assert fake.calls == calls + 2
    assert [file.name for file in path.parent.iterdir()] == ["calibration.json"]
    path.write_text("{broken")
    assert FileStore(path).all() == {}


def test_blank_and_caught_answers_need_no_calibration(exercise, fake):
    assert _judge(fake, exercise, answer="-").score(exercise) == 0
    assert _judge(fake, exercise, answer=exercise.statement).reason == "copied"
    assert fake.calls == 0


def _rubric_exercises():
    return [
        (exercise, samples_of(lesson, slot.id, case))
        for lesson in load_lessons(REPOSITORY)
        for slot in lesson.slots
        for case, exercise in slot.variants.items()
        if isinstance(exercise, RubricExercise)
    ]


@pytest.mark.parametrize("exercise", [exercise for exercise, _ in _rubric_exercises()])
def test_no_probe_reaches_a_model_in_any_lesson(exercise):
    assert all(hard_check(exercise, probe) is not None for probe in probes_of(exercise))
    assert INJECTION in probes_of(exercise)


@pytest.mark.parametrize(("exercise", "samples"), _rubric_exercises())
def test_a_judge_that_thinks_like_the_authors_passes_in_every_lesson(exercise, samples):
    with FakeOpenAI(by_answer({sample.text: sample.verdicts for sample in samples})) as fake:
        result = _calibrate(fake, exercise, samples)
    assert result.passed, result.failures


def test_samples_of_all_settings_count_with_their_own_declaration():
    lesson = next(lesson for lesson in load_lessons(REPOSITORY) if lesson.number == "1.2")
    official, trader = (samples_of(lesson, "lenh", case) for case in ("official", "trader"))
    assert {sample.text for sample in official} == {sample.text for sample in trader}
    assert official[0].exercise == lesson.slot("lenh").variant("official")
    assert trader[0].exercise == lesson.slot("lenh").variant("trader")


def test_an_exercise_is_calibrated_once_for_all_its_settings(fake):
    lesson = next(lesson for lesson in load_lessons(REPOSITORY) if lesson.number == "1.2")
    slot, store = lesson.slot("lenh"), MemoryStore()
    fake.rule = by_answer({sample.text: sample.verdicts for sample in samples_of(lesson, "lenh", "trader")})
    for case, variant in slot.variants.items():
        _judge(fake, variant, answer=ANSWER, samples=samples_of(lesson, "lenh", case), store=store)
    assert [calibration.passed for calibration in store.all().values()] == [True]
