"""Answers that people decided and kept: from then on the judge must reproduce them, or be silent on the exercise.

A sample holds the words that a judge reads and the verdicts, never whose answer it was. It serves as long as the
exercise has the rubric that it was decided by.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from autograder.judge import CalibrationSample, samples_of
from autograder.ledger import normalise
from autograder.models import KeptSample
from courses import personal_data
from courses.clock import now
from courses.exercises.base import RubricExercise
from courses.lessons.model import Lesson

MOST = 12
"""Samples of one exercise that the judge is tried on, the newest: each costs two calls at every new calibration."""


def fault_of(text: str) -> str:
    """Return why a text can't be kept, in Vietnamese; empty when it can."""
    if not text.strip():
        return "Máy không đọc được bài này nên không giữ làm bài mẫu được."
    if personal_data.find(text):
        return "Bài có thông tin riêng của người học nên không giữ làm bài mẫu được."
    return ""


def keep(  # noqa: PLR0913 - a sample is these facts
    session: Session,
    lesson: Lesson,
    exercise: RubricExercise,
    *,
    case: str,
    text: str,
    verdicts: dict[str, bool],
    by: str,
    at: datetime | None = None,
) -> KeptSample:
    """Keep an answer, in the place of an older sample of the same words.

    Raises:
        ValueError: a Vietnamese sentence, when the text can't be kept.
    """
    if fault := fault_of(text):
        raise ValueError(fault)
    session.execute(delete(KeptSample).where(KeptSample.id.in_(_same(session, lesson.key, exercise, text))))
    sample = KeptSample(
        lesson=lesson.key,
        exercise=exercise.id,
        case=case,
        rubric_hash=exercise.rubric_hash(),
        text=text,
        verdicts=verdicts,
        by=by,
        at=at or now(),
    )
    session.add(sample)
    return sample


def release(session: Session, lesson: str, exercise: RubricExercise, text: str, by: str) -> None:
    """Let go of what a person kept of these words."""
    same = _same(session, lesson, exercise, text)
    session.execute(delete(KeptSample).where(KeptSample.id.in_(same), KeptSample.by == by))


def _same(session: Session, lesson: str, exercise: RubricExercise, text: str) -> list[int]:
    own = (
        KeptSample.lesson == lesson,
        KeptSample.exercise == exercise.id,
        KeptSample.rubric_hash == exercise.rubric_hash(),
    )
    rows = session.execute(select(KeptSample.id, KeptSample.text).where(*own))
    return [id_ for id_, kept in rows if normalise(kept) == normalise(text)]


class Kept:
    """All samples of people, read once."""

    def __init__(self, session: Session) -> None:
        self._rows: dict[tuple[str, str], list[KeptSample]] = defaultdict(list)
        for row in session.scalars(select(KeptSample).order_by(KeptSample.id)):
            self._rows[row.lesson, row.exercise].append(row)
        self._all: dict[tuple[str, str, str], tuple[CalibrationSample, ...]] = {}

    def of(self, lesson: Lesson, exercise: str) -> tuple[CalibrationSample, ...]:
        """Return an exercise's samples, those that serve its rubric of today."""
        return samples(lesson, self._rows.get((lesson.key, exercise), ()))

    def with_authors(self, lesson: Lesson, exercise: str, case: str) -> tuple[CalibrationSample, ...]:
        """Return an exercise's samples of author and people; see `samples_of`. The same ones each time."""
        key = (lesson.key, exercise, case)
        if key not in self._all:
            self._all[key] = samples_of(lesson, exercise, case, self.of(lesson, exercise))
        return self._all[key]


def samples(lesson: Lesson, rows: Iterable[KeptSample]) -> tuple[CalibrationSample, ...]:
    """Return the newest rows as calibration samples; those of an edited rubric are left out."""
    found = [sample for row in rows if (sample := _sample(lesson, row)) is not None]
    return tuple(found[-MOST:])


def _sample(lesson: Lesson, row: KeptSample) -> CalibrationSample | None:
    variant = variant_of(lesson, row)
    if variant is None or variant.rubric_hash() != row.rubric_hash:
        return None
    return CalibrationSample(text=row.text, verdicts=row.verdicts, exercise=variant)


def variant_of(lesson: Lesson, row: KeptSample) -> RubricExercise | None:
    """Return the exercise that a sample was decided for, or None when the lesson has it no more."""
    try:
        variant = lesson.slot(row.exercise).variant(row.case)
    except KeyError:
        return None
    return variant if isinstance(variant, RubricExercise) else None


def kept_by(session: Session, by: str | None) -> Sequence[KeptSample]:
    """Return the samples of a person, or everybody's, the newest first."""
    query = select(KeptSample).order_by(KeptSample.id.desc())
    return session.scalars(query if by is None else query.where(KeptSample.by == by)).all()
