"""One answer that judge and person both decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from courses.exercises.base import Frozen, RubricExercise

Source = Literal["audit", "mark"]
"""``audit``: marked blind, drawn at random. ``mark``: marked by somebody who saw the judge's verdicts, for a reason."""


class Pair(Frozen):
    """What both said of one answer: criterion → met, and the points that follow."""

    lesson: str  # Lesson.key
    exercise: str
    source: Source
    judge: dict[str, bool]
    person: dict[str, bool]  # empty where the person gave points and no verdicts
    judge_score: float
    person_score: float
    max_score: float
    at: datetime  # when the person decided

    @property
    def key(self) -> tuple[str, str]:
        """Lesson and exercise."""
        return self.lesson, self.exercise


def pair_of(  # noqa: PLR0913 - one named fact each
    *,
    lesson: str,
    exercise: RubricExercise,
    source: Source,
    judge: Mapping[str, bool],
    person: Mapping[str, bool],
    at: datetime,
) -> Pair:
    """Return two sets of verdicts as a pair.

    Points are those of the criteria: what rules of the kind earn besides is alike on both sides and says nothing of
    the judge.
    """
    return Pair(
        lesson=lesson,
        exercise=exercise.id,
        source=source,
        judge=dict(judge),
        person=dict(person),
        judge_score=points_of(exercise, judge),
        person_score=points_of(exercise, person),
        max_score=points_of(exercise, {criterion.id: True for criterion in exercise.rubric}),
        at=at,
    )


def points_of(exercise: RubricExercise, met: Mapping[str, bool]) -> float:
    """Return the points of the met criteria, rounded so that sums over different criteria may be alike."""
    return round(sum(criterion.points for criterion in exercise.rubric if met.get(criterion.id)), 6)
