"""Asking a judge for the criteria that an author changed, when the ledger still holds verdicts on the others.

The call for verdicts names the changed criteria only. The independent signals are of the whole answer as ever, and are
held against the points of all verdicts together, old and new: that is what the gate was measured with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar, runtime_checkable

from autograder.judge import CalibrationSample, Judge, Judgement, Verdict
from courses.exercises.base import RubricExercise

E = TypeVar("E", bound=RubricExercise)


@runtime_checkable
class RestJudge(Protocol):
    """A judge that can be asked for a part of the criteria."""

    async def judge_rest(
        self,
        exercise: RubricExercise,
        answer: str,
        known: Sequence[Verdict],
        samples: Sequence[CalibrationSample] = (),
    ) -> Judgement:
        """Judge one answer of which some verdicts are known; see `Judge.judge`.

        Args:
            exercise: the declaration.
            answer: the learner's own words.
            known: verdicts that still hold, on some of the criteria; they are part of the judgement as they are.
            samples: see `Judge.judge`.
        """


async def judge_rest(
    judge: Judge,
    exercise: RubricExercise,
    answer: str,
    known: Sequence[Verdict],
    samples: Sequence[CalibrationSample] = (),
) -> Judgement:
    """Ask for what is not known; a judge that can't be asked so, or knows nothing yet, is asked for everything."""
    if known and isinstance(judge, RestJudge):
        return await judge.judge_rest(exercise, answer, known, samples)
    return await judge.judge(exercise, answer, samples)


def rest_of(exercise: E, known: Sequence[Verdict]) -> E:
    """Return the exercise with the criteria that are not known, as the model is shown it."""
    ids = {verdict.criterion for verdict in known}
    rest = tuple(criterion for criterion in exercise.rubric if criterion.id not in ids)
    return exercise.model_copy(update={"rubric": rest})


def verdicts_of(held: Sequence[Mapping[str, Any]]) -> tuple[Verdict, ...]:
    """Return stored verdicts as values; see ``ledger.Recall.held``."""
    fields = Verdict.model_fields
    return tuple(Verdict(**{name: one[name] for name in fields if name in one}) for one in held)
