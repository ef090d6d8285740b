"""Does a judge agree with an author? Each written sample judged, beside the verdicts that the author expects."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from autograder.calibration import Calibrated
from autograder.judge import REASON_TEXTS, Judge, Reason, samples_of
from courses.exercises.base import RubricExercise
from courses.lessons.model import Lesson, Sample
from courses.preview.agreement import Agreement


async def agreement(judge: Judge, lesson: Lesson) -> tuple[Agreement, ...]:
    """Judge every sample that has verdicts, in the order of the lesson's samples.

    A calibrated judge is asked without its calibration: the author wants to see where the model errs, and
    a judge that is silent until it errs nowhere could not show it.
    """
    asked = judge.plain if isinstance(judge, Calibrated) else judge
    try:
        return tuple(await asyncio.gather(*(_one(asked, lesson, *case) for case in _written(lesson))))
    finally:
        await asked.aclose()


def _written(lesson: Lesson) -> Iterator[tuple[Sample, RubricExercise]]:
    for sample in lesson.samples:
        for slot in lesson.slots:
            exercise = slot.variant(sample.case)
            expected = sample.expect.get(slot.id)
            if isinstance(exercise, RubricExercise) and expected and expected.verdicts:
                yield sample, exercise


async def _one(judge: Judge, lesson: Lesson, sample: Sample, exercise: RubricExercise) -> Agreement:
    expected = sample.expect[exercise.id]
    answer = exercise.parse_answer(expected.answer)
    text = exercise.judged_text(answer)
    judgement = await judge.judge(exercise, text, samples_of(lesson, exercise.id, sample.case))
    given = {verdict.criterion: verdict.met for verdict in judgement.verdicts}
    return Agreement(
        sample=sample.name,
        exercise=exercise.id,
        verdicts={name: (met, given[name]) for name, met in expected.verdicts.items() if name in given},
        reason=_reason(judgement.reason) if judgement.outcome == "abstained" else "",
    )


def _reason(reason: Reason | str) -> str:
    texts: dict[str, str] = {str(code): text for code, text in REASON_TEXTS.items()}
    return texts.get(reason, reason or "AI không chấm.")
