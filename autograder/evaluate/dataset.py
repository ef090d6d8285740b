"""Labelled answers: the exercises of a data set, the samples to calibrate with, what people gave."""

from __future__ import annotations

import random

from pydantic import Field

from autograder.judge import CalibrationSample
from courses.exercises.base import Frozen, RubricExercise


class Labelled(Frozen):
    """One answer with what people gave. ``verdicts`` is empty where they gave a score only."""

    id: str
    exercise: str
    text: str
    points: float
    verdicts: dict[str, bool] = Field(default_factory=dict)


class Task(Frozen):
    """An exercise of a data set.

    Attributes:
        exercise: as the judge gets it.
        samples: what the judge is calibrated with; without any it judges uncalibrated.
        max_points: the top of the scale on which people marked.
        steps: the marks that people gave, where they gave scores; a judge's points go to the nearest.
    """

    exercise: RubricExercise
    samples: tuple[CalibrationSample, ...] = ()
    max_points: float
    steps: tuple[float, ...] = ()

    def mark(self, share: float) -> float:
        """Return a share (0 to 1) of the exercise's points as points on the scale of its people."""
        points = share * self.max_points
        return min(self.steps, key=lambda step: abs(step - points)) if self.steps else round(points, 6)


class Dataset(Frozen):
    """A file as it was read. ``left_out`` counts rows that are no answers, by why."""

    name: str
    tasks: dict[str, Task]
    answers: tuple[Labelled, ...]
    left_out: dict[str, int] = Field(default_factory=dict)

    def limited(self, most: int | None, seed: int = 0) -> Dataset:
        """Return at most so many answers, drawn by a seed: a larger limit keeps those of a smaller one."""
        if most is None or most >= len(self.answers):
            return self
        order = list(range(len(self.answers)))
        random.Random(seed).shuffle(order)  # noqa: S311 - a sample, no secret
        return self.model_copy(update={"answers": tuple(self.answers[i] for i in sorted(order[:most]))})
