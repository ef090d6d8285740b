"""What the pupil Bé Chè has understood: decided by the judge, per misconception, from the learner's own words.

Each ``teach`` exercise has a second rubric that nobody is marked by: one criterion per misconception, with the
correction as the judge's guidance. The same judge, quotes, calibration and ledger serve it; an abstention is "nobody
knows", never "still wrong".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from autograder import ledger
from autograder.judge import CalibrationSample
from autograder.orders import has_instructions
from courses.exercises.base import Criterion, RubricExercise
from courses.exercises.rubric import WrittenExercise
from courses.exercises.teach.kind import Teach, TeachAnswer
from courses.exercises.teach.pupil import Misconception
from courses.lessons.model import Lesson

MOST_WORDS = 4000  # twelve turns of a thousand characters, and a text


def understanding(teach: Teach) -> WrittenExercise:
    """Return the exercise that the judge is asked instead of ``teach``: has each misconception been corrected?"""
    return _understanding(teach.id, teach.statement, teach.misconceptions)


@lru_cache(maxsize=256)
def _understanding(id_: str, statement: str, misconceptions: tuple[Misconception, ...]) -> WrittenExercise:
    return WrittenExercise(
        id=id_,
        kind="pupil",
        points=len(misconceptions),
        statement=statement,
        rubric=tuple(map(_criterion, misconceptions)),
        reference="",  # a talk is no model answer: its vocabulary lets expect nothing
        max_words=MOST_WORDS,
    )


def _criterion(one: Misconception) -> Criterion:
    guidance = (
        f"Đạt khi lời giảng có ý: {one.correction.strip()} "
        "Chỉ nói “không phải thế” hoặc nhắc lại điều hiểu sai thì chưa đạt."
    )
    return Criterion(
        id=one.id, text=f"Lời giảng sửa được điều học trò đang hiểu sai: “{one.belief}”", guidance=guidance
    )


def heard(own: Iterable[str]) -> str:
    """Return the words that the pupil listens to: a turn that speaks to a grader or hides something is not heard."""
    return "\n".join(text for text in own if not has_instructions(text))


def conversation(teach: Teach, raw: object) -> str:
    """Return what the pupil heard of a stored answer; empty when nobody talked with it.

    Raises:
        AnswerError: for an answer that no longer fits the exercise.
    """
    answer: TeachAnswer = teach.parse_answer(raw)
    talked = any(turn.by == "you" for turn in answer.turns)
    return heard(answer.own) if talked else ""


def read(judged: ledger.Judged | None) -> Mapping[str, bool] | None:
    """Return which misconceptions are corrected, or None when nobody knows."""
    if judged is None or judged.outcome != "judged":
        return None
    return {str(verdict["criterion"]): verdict["met"] is True for verdict in judged.verdicts}


def samples_of_pupil(lesson: Lesson, exercise: str, case: str) -> tuple[CalibrationSample, ...]:
    """Return the author's samples with what the pupil understands of each; see ``autograder.judge.samples_of``."""
    found: dict[tuple[str, str], CalibrationSample] = {}
    for sample in sorted(lesson.samples, key=lambda sample: sample.case != case):
        expected = sample.expect.get(exercise)
        variant = lesson.slot(exercise).variant(sample.case)
        if expected is None or not expected.understood or not isinstance(variant, Teach):
            continue
        asked = understanding(variant)
        text = "\n".join(variant.parse_answer(expected.answer).own)
        kept = CalibrationSample(text=text, verdicts=expected.understood, exercise=asked)
        found.setdefault((asked.rubric_hash(), text), kept)
    return tuple(found.values())


def teach_of(lesson: Lesson, case: str) -> Sequence[Teach]:
    """Return a lesson's ``teach`` exercises in a setting."""
    return [one for slot in lesson.slots if isinstance(one := slot.variant(case), Teach)]


def is_pupil(exercise: RubricExercise) -> bool:
    """Tell whether an exercise is the pupil's own rubric."""
    return exercise.kind == "pupil"
