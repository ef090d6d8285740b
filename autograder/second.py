"""Two judges, where a second model is named: only what both decide alike is decided."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from autograder.asking import Paid, Terms, under
from autograder.judge import CalibrationSample, Judge, Judgement, Verdict, abstain
from autograder.partial import judge_rest
from autograder.signals import Gate, Gated, gated
from courses.exercises.base import RubricExercise, canonical_hash


class BothJudges:
    """A judge that is silent where two models part. See `autograder.judge.Judge`.

    The first judge's quotes are kept. Its abstention costs no second call; the second's counts like a disagreement
    only when it is no passing fault.
    """

    def __init__(self, first: Judge, second: Judge) -> None:
        self._first, self._second = first, second

    @property
    def name(self) -> str:
        """Both models' ids: another pair is another judge."""
        return f"{self._first.name} + {self._second.name}"

    @property
    def prompt_hash(self) -> str:
        """See `Judge.prompt_hash`."""
        return canonical_hash([self._first.prompt_hash, self._second.prompt_hash])

    @property
    def gate(self) -> Gate:
        """See `autograder.signals.Gated`; the first judge's signals are those that are kept."""
        return self._first.gate if isinstance(self._first, Gated) else Gate()

    def gated(self, gate: Gate) -> BothJudges:
        """See `autograder.signals.Gated`."""
        return BothJudges(gated(self._first, gate), gated(self._second, gate))

    @property
    def at_once(self) -> int:
        """See `autograder.asking.Paid.at_once`: they are asked one after the other."""
        return self._first.at_once if isinstance(self._first, Paid) else 1

    def under(self, terms: Terms) -> BothJudges:
        """See `autograder.asking.Paid.under`."""
        return BothJudges(under(self._first, terms), under(self._second, terms))

    async def judge(
        self, exercise: RubricExercise, answer: str, samples: Sequence[CalibrationSample] = ()
    ) -> Judgement:
        """See `Judge.judge`; abstains with ``judges_disagree`` where a criterion is decided otherwise."""
        return await self.judge_rest(exercise, answer, (), samples)

    async def judge_rest(
        self,
        exercise: RubricExercise,
        answer: str,
        known: Sequence[Verdict],
        samples: Sequence[CalibrationSample] = (),
    ) -> Judgement:
        """See `autograder.partial.RestJudge.judge_rest`."""
        first = await judge_rest(self._first, exercise, answer, known, samples)
        if first.outcome == "abstained" or not first.usage.calls + first.usage.replayed:
            return first
        second = await judge_rest(self._second, exercise, answer, known, samples)
        usage = first.usage + second.usage
        if second.worth_retrying:
            return abstain(second.reason or "provider_error", usage)
        if _decided(first) == _decided(second):
            return first.model_copy(update={"usage": usage})
        meter = {
            "lost_quotes": first.lost_quotes,
            "claims": first.claims,
            "signals": first.signals,
            "leanings": first.verdicts,
        }
        return abstain("judges_disagree", usage).model_copy(update=meter)

    async def aclose(self) -> None:
        """See `Judge.aclose`."""
        await asyncio.gather(self._first.aclose(), self._second.aclose())


def _decided(judgement: Judgement) -> Mapping[str, bool] | None:
    """Return what was decided by criterion; None for an abstention, which is like no decision."""
    if judgement.outcome == "abstained":
        return None
    return {verdict.criterion: verdict.met for verdict in judgement.verdicts}
