"""Run the real pipeline over a data set: hard checks, calibration where there are samples, judge, signals, gate."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from autograder.calibration import Calibrated
from autograder.evaluate.dataset import Dataset, Labelled, Task
from autograder.evaluate.kept import Kept, KeptJudge, Shelf
from autograder.judge import Judge, Judgement, Reason
from courses.exercises.base import Frozen

AT_ONCE = 4
"""Answers under way together, where nobody says what the provider takes."""
UNREADABLE: frozenset[Reason] = frozenset({"unparsable", "cut_off", "unknown_criterion", "missing_criterion"})
"""Reasons of an abstention that say that the model's reply could not be read as verdicts on the rubric."""

Tell = Callable[[int, int], None]
"""Told how many judgements of how many are there."""


class Outcome(Frozen):
    """What became of one answer.

    Attributes:
        answer: the answer with people's marks.
        judgement: what the pipeline decided; an exercise that could not be calibrated is silent.
        raw: what the judge alone said, calibrated or not.
        again: what the judge alone said when it was asked a second time; None: it was not.
        seconds: how long judging took.
    """

    answer: Labelled
    judgement: Judgement
    raw: Judgement
    again: Judgement | None = None
    seconds: float = 0.0

    @property
    def is_same_again(self) -> bool | None:
        """Tell whether the second time gave the same outcome, reason and verdicts; None: not asked."""
        return None if self.again is None else _essence(self.again) == _essence(self.raw)


def _essence(judgement: Judgement) -> tuple[object, ...]:
    verdicts = tuple((verdict.criterion, verdict.met) for verdict in judgement.verdicts)
    return judgement.outcome, judgement.reason, verdicts


@dataclass(frozen=True)
class Run:
    """A finished run: outcomes in the data set's order, and every judgement that it used, calibration included."""

    outcomes: tuple[Outcome, ...]
    first: tuple[Kept, ...]
    second: tuple[Kept, ...]


async def run_dataset(  # noqa: PLR0913 - one named option each
    judge: Judge,
    dataset: Dataset,
    shelf: Shelf,
    *,
    reruns: int = 0,
    at_once: int = AT_ONCE,
    tell: Tell = lambda _done, _total: None,
) -> Run:
    """Judge every answer of a data set, and some of them twice.

    Args:
        judge: the plain judge, uncalibrated.
        dataset: the answers.
        shelf: where judgements are kept.
        reruns: how many answers are judged a second time.
        at_once: answers under way together.
        tell: told how far it is.
    """
    again = dataset.limited(reruns)
    bench = _Bench(judge, shelf, at_once, tell, len(dataset.answers) + len(again.answers))
    try:
        twice = {(own.exercise, own.id) for own in again.answers}
        works = (
            bench.outcome(dataset.tasks[own.exercise], own, twice=(own.exercise, own.id) in twice)
            for own in dataset.answers
        )
        outcomes = await asyncio.gather(*works)
    finally:
        await judge.aclose()
    return Run(outcomes=tuple(outcomes), first=bench.first.used, second=bench.second.used)


class _Bench:
    """The judges of a run, and how far it is."""

    def __init__(self, judge: Judge, shelf: Shelf, at_once: int, tell: Tell, total: int) -> None:
        self.first, self.second = KeptJudge(judge, shelf), KeptJudge(judge, shelf, attempt=2)
        self._calibrated = Calibrated(self.first)
        self._free = asyncio.Semaphore(at_once)
        self._tell, self._done, self._total = tell, 0, total

    async def outcome(self, task: Task, own: Labelled, *, twice: bool) -> Outcome:
        async with self._free:
            raw, seconds = await self.first.timed(task.exercise, own.text, task.samples)
            judgement = await self._decided(task, raw)
            self._count()
        again = await self._again(task, own) if twice else None
        return Outcome(answer=own, judgement=judgement, raw=raw, again=again, seconds=seconds)

    async def _decided(self, task: Task, raw: Judgement) -> Judgement:
        """Return what the pipeline says: as `Calibrated.judge`, but the judge was asked first."""
        if not task.samples or not raw.usage.calls:
            return raw  # nothing to calibrate with; or no model was asked, so none need be trusted
        return await self._calibrated.fault(task.exercise, task.samples) or raw

    async def _again(self, task: Task, own: Labelled) -> Judgement:
        async with self._free:
            again = await self.second.judge(task.exercise, own.text, task.samples)
            self._count()
        return again

    def _count(self) -> None:
        self._done += 1
        self._tell(self._done, self._total)
