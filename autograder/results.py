"""The result of a submission: the machine's marks, and people's marks, which always win."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from autograder.digest import CHUNK, refresh_digests
from autograder.models import AutoMark, HumanMark
from courses.clock import now, text_number
from courses.exercises.base import Frozen, Status
from courses.lessons.model import Lesson
from courses.school.models import Submission

Source = Literal["rule", "ai", "nobody", "person"]


class ExerciseResult(Frozen):
    """The mark that counts for one exercise. ``score`` None: waits for a person."""

    exercise: str
    score: float | None
    max_score: float
    status: Status
    comment: str
    source: Source
    by: str = ""  # person only: username, or "formgrader"
    reason: str = ""  # waiting only: why the judge abstained
    verdicts: tuple[dict[str, Any], ...] = ()  # ai only: [{criterion, met, quote, reason}]


class Result(Frozen):
    """The whole result, exercises in reading order."""

    receipt: str
    lesson: str
    exercises: tuple[ExerciseResult, ...]

    @property
    def score(self) -> float:
        """Sum of the points decided so far."""
        return sum(own.score for own in self.exercises if own.score is not None)

    @property
    def max_score(self) -> float:
        """Points of the whole lesson."""
        return sum(own.max_score for own in self.exercises)

    @property
    def decided_max_score(self) -> float:
        """Points of the exercises that have a mark."""
        return sum(own.max_score for own in self.exercises if own.score is not None)

    @property
    def waiting(self) -> int:
        """Number of exercises that wait for the judge or a person."""
        return sum(own.score is None for own in self.exercises)

    def of(self, exercise: str) -> ExerciseResult:
        """Return one exercise's result. Raises KeyError for an unknown exercise."""
        for own in self.exercises:
            if own.exercise == exercise:
                return own
        raise KeyError(exercise)


def result_of(session: Session, lesson: Lesson, submission: Submission) -> Result:
    """Return the result of one submission; what nobody marked yet is waiting."""
    return results_of(session, lesson, [submission])[submission.id]


def results_of(session: Session, lesson: Lesson, submissions: Sequence[Submission]) -> dict[int, Result]:
    """Return results of many submissions of one lesson by submission id, in a few queries."""
    session.flush()
    auto: dict[tuple[int, str], AutoMark] = {}
    human: dict[tuple[int, str], HumanMark] = {}
    ids = [submission.id for submission in submissions]
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        for mark in session.scalars(select(AutoMark).where(AutoMark.submission_id.in_(part))):
            auto[mark.submission_id, mark.exercise] = mark
        newest_last = select(HumanMark).where(HumanMark.submission_id.in_(part)).order_by(HumanMark.id)
        for own in session.scalars(newest_last):
            human[own.submission_id, own.exercise] = own
    return {own.id: _result(lesson, own, auto, human) for own in submissions}


def _result(
    lesson: Lesson,
    submission: Submission,
    auto: dict[tuple[int, str], AutoMark],
    human: dict[tuple[int, str], HumanMark],
) -> Result:
    exercises = tuple(
        _merge(slot.id, slot.points, auto.get((submission.id, slot.id)), human.get((submission.id, slot.id)))
        for slot in lesson.slots
    )
    return Result(receipt=submission.receipt, lesson=submission.lesson, exercises=exercises)


def _merge(exercise: str, points: float, auto: AutoMark | None, human: HumanMark | None) -> ExerciseResult:
    if human is not None:
        return ExerciseResult(
            exercise=exercise,
            score=human.score,
            max_score=points,
            status=status_of(human.score, points),
            comment=human.comment,
            source="person",
            by=human.by,
        )
    if auto is None:
        return ExerciseResult(
            exercise=exercise, score=None, max_score=points, status="waiting", comment="", source="nobody"
        )
    return ExerciseResult(
        exercise=exercise,
        score=auto.score,
        max_score=auto.max_score,
        status=cast("Status", auto.status),
        comment=auto.comment,
        source=cast("Source", auto.source),
        reason=auto.reason,
        verdicts=tuple(auto.verdicts),
    )


def status_of(score: float, points: float) -> Status:
    """Return right, partly or wrong for a decided score."""
    if score >= points:
        return "right"
    return "partly" if score > 0 else "wrong"


def overrule(  # noqa: PLR0913, PLR0917 - a mark is these facts
    session: Session,
    submission: Submission,
    exercise: str,
    score: float,
    comment: str,
    by: str,
    at: datetime | None = None,
) -> HumanMark:
    """Append a person's mark; it counts from now on and no run replaces it.

    Args:
        session: an open session; the caller commits.
        submission: the submission.
        exercise: exercise id.
        score: points, 0 up to the exercise's points.
        comment: what the learner reads.
        by: username of the person, or ``formgrader``.
        at: aware time of the mark; now when left out.

    Raises:
        ValueError: a Vietnamese sentence, when the exercise has no mark to overrule or the score is
            outside its points.
    """
    auto = session.get(AutoMark, (submission.id, exercise))
    if auto is None:
        raise ValueError(f"Bài nộp này không có bài “{exercise}”.")
    if not math.isfinite(score) or not 0 <= score <= auto.max_score:
        raise ValueError(f"Điểm phải từ 0 đến {text_number(auto.max_score, 2)}.")
    mark = HumanMark(
        submission_id=submission.id, exercise=exercise, score=score, comment=comment, by=by, at=at or now()
    )
    session.add(mark)
    refresh_digests(session, [submission.id])
    return mark
