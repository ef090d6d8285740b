"""The result of a submission: the machine's marks, and people's marks, which always win."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from autograder.digest import CHUNK, refresh_digests
from autograder.human.counting import counts
from autograder.human_verdicts import MARKS
from autograder.models import AutoMark, Decision, HumanMark, HumanVerdict
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
    verdicts: tuple[
        dict[str, Any], ...
    ] = ()  # ai, or a person who decided criteria: [{criterion, met, quote, reason}]


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
        mine = (HumanMark.submission_id.in_(part), counts(HumanMark.decision_id))
        newest_last = select(HumanMark).where(*mine).order_by(HumanMark.id)
        for own in session.scalars(newest_last):
            human[own.submission_id, own.exercise] = own
    said = _said(session, human.values())
    return {own.id: _result(lesson, own, auto, human, said) for own in submissions}


def _said(session: Session, marks: Iterable[HumanMark]) -> dict[tuple[int, int], tuple[dict[str, Any], ...]]:
    """Return what people decided criterion by criterion, by decision and submission."""
    decisions = sorted({mark.decision_id for mark in marks if mark.decision_id is not None})
    found: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for start in range(0, len(decisions), CHUNK):
        mine = (HumanVerdict.decision_id.in_(decisions[start : start + CHUNK]), HumanVerdict.rubric == MARKS)
        for one in session.scalars(select(HumanVerdict).where(*mine).order_by(HumanVerdict.id)):
            verdict = {"criterion": one.criterion, "met": one.met, "quote": one.quote, "reason": ""}
            found[one.decision_id or 0, one.submission_id].append(verdict)
    return {key: tuple(verdicts) for key, verdicts in found.items()}


def _result(
    lesson: Lesson,
    submission: Submission,
    auto: dict[tuple[int, str], AutoMark],
    human: dict[tuple[int, str], HumanMark],
    said: Mapping[tuple[int, int], tuple[dict[str, Any], ...]],
) -> Result:
    keys = [(submission.id, slot.id) for slot in lesson.slots]
    exercises = tuple(
        _by_person(slot.points, mark, said.get((mark.decision_id or 0, submission.id), ()))
        if (mark := human.get(key)) is not None
        else _by_machine(slot.id, slot.points, auto.get(key))
        for slot, key in zip(lesson.slots, keys, strict=True)
    )
    return Result(receipt=submission.receipt, lesson=submission.lesson, exercises=exercises)


def _by_person(points: float, mark: HumanMark, said: tuple[dict[str, Any], ...]) -> ExerciseResult:
    return ExerciseResult(
        exercise=mark.exercise,
        score=mark.score,
        max_score=points,
        status=status_of(mark.score, points),
        comment=mark.comment,
        source="person",
        by=mark.by,
        verdicts=said,
    )


def _by_machine(exercise: str, points: float, auto: AutoMark | None) -> ExerciseResult:
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
        verdicts=tuple(auto.verdicts) if auto.source == "ai" else (),
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
    decision: Decision | None = None,
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
        decision: the (flushed) decision that the mark belongs to: it counts until that is undone.

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
        submission_id=submission.id,
        exercise=exercise,
        score=score,
        comment=comment,
        by=by,
        at=at or now(),
        decision_id=decision.id if decision else None,
    )
    session.add(mark)
    refresh_digests(session, [submission.id])
    return mark
