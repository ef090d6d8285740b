"""A full sample that would be stopped as pasted: the author's own model answer, handed in once more."""

from __future__ import annotations

from collections.abc import Iterable

from courses.exercises.base import RubricExercise
from courses.exercises.pasting import fold, pastes
from courses.lessons.lint.finding import Finding, Subject
from courses.lessons.lint.samples import FILE, sample_line


def check_pasted(subject: Subject) -> Iterable[Finding]:
    """Warn of full samples that hold most of ``reference`` or ``sample_reply``: no such answer reaches the judge."""
    for sample in subject.lesson.samples:
        if sample.role != "full":
            continue
        for name, expectation in sample.expect.items():
            exercise = subject.lesson.slot(name).variant(sample.case)
            if isinstance(exercise, RubricExercise) and _is_pasted(exercise, expectation.answer):
                yield subject.warning(
                    sample_line(subject, sample, name),
                    f"{sample.name}: {name}: gần như chép reference hoặc sample_reply, "
                    "AI sẽ không chấm bài như vậy: viết lại bằng lời khác",
                    FILE,
                )


def _is_pasted(exercise: RubricExercise, raw: object) -> bool:
    given = fold(exercise.judged_text(exercise.parse_answer(raw)))
    shown = (text for text in exercise.shown_texts() if text != exercise.task_text)
    return pastes(given, (exercise.reference, *shown), exercise.told_texts)
