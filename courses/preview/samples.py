"""What marking says of each sample, beside what its author expects."""

from __future__ import annotations

from dataclasses import dataclass

from courses.exercises.base import Exercise, Mark, RubricExercise, SampleExpectation, Status
from courses.lessons.lint.samples import sample_faults
from courses.lessons.model import Lesson, Sample


@dataclass(frozen=True)
class CriterionRow:
    """One criterion with the verdict that a fair person gives, or None where there is nothing to judge."""

    id: str
    text: str
    expected: bool | None


@dataclass(frozen=True)
class ExerciseRow:
    """One exercise of a sample. ``score`` is None where a judge or a person decides."""

    id: str
    number: int
    expected: float
    score: float | None
    max_score: float
    status: Status
    comment: str
    answer: str
    criteria: tuple[CriterionRow, ...]
    fault: str  # what differs from the expectation


@dataclass(frozen=True)
class SampleRow:
    """One sample. ``fault``: what makes it no good example of its role."""

    name: str
    role: str
    case: str
    expected: float
    max_score: float
    exercises: tuple[ExerciseRow, ...]
    fault: str

    @property
    def agrees(self) -> bool:
        """Tell whether marking and author agree on everything."""
        return not self.fault and not any(row.fault for row in self.exercises)


def sample_rows(lesson: Lesson) -> tuple[SampleRow, ...]:
    """Return every sample of a lesson, marked."""
    return tuple(_sample(lesson, sample) for sample in lesson.samples)


def _sample(lesson: Lesson, sample: Sample) -> SampleRow:
    faults = dict(sample_faults(lesson, sample))
    rows = [
        _exercise(slot.variant(sample.case), number, sample.expect.get(slot.id), faults.get(slot.id, ""))
        for number, slot in enumerate(lesson.slots, 1)
    ]
    return SampleRow(
        name=sample.name,
        role=sample.role,
        case=sample.case,
        expected=sum(row.expected for row in rows),
        max_score=lesson.max_score,
        exercises=tuple(rows),
        fault=faults.get("", ""),
    )


def _exercise(exercise: Exercise, number: int, expected: SampleExpectation | None, fault: str) -> ExerciseRow:
    wanted = expected or SampleExpectation(answer={}, score=0)
    answer = exercise.parse_answer(wanted.answer)
    mark = exercise.mark(answer)
    return ExerciseRow(
        id=exercise.id,
        number=number,
        expected=wanted.score,
        score=mark.score,
        max_score=mark.max_score,
        status=mark.status,
        comment=mark.comment,
        answer=exercise.render_answer(answer),
        criteria=_criteria(exercise, mark, wanted),
        fault=fault.removeprefix(f"{exercise.id}: "),
    )


def _criteria(exercise: Exercise, mark: Mark, wanted: SampleExpectation) -> tuple[CriterionRow, ...]:
    if not isinstance(exercise, RubricExercise) or mark.score is not None:
        return ()
    return tuple(
        CriterionRow(criterion.id, criterion.text, wanted.verdicts.get(criterion.id))
        for criterion in exercise.rubric
    )
