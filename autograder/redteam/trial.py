"""Attack known answers and see what that earns: the run behind ``bdhai redteam``."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator, Sequence
from typing import Literal

from autograder.evaluate.judging import AT_ONCE, Tell
from autograder.evaluate.kept import KeptJudge
from autograder.judge import Judgement
from autograder.redteam.attacks import attacks, harmless
from autograder.redteam.known import Known
from courses.exercises.base import Frozen

HARMLESS_EACH = 2
"""Harmless additions that are judged, of each answer."""
UNSEEN = "unseen"
"""Reason of a try that no judge gets to read: a picture, which a person looks at."""


class Try(Frozen):
    """One text that is judged: an answer as it is, with an attack, or with something harmless.

    Attributes:
        known: the answer.
        kind: what was done to it.
        id: the attack's or the addition's; empty for ``clean``.
        family: the attack's.
        text: what a judge gets to read; empty where it reads nothing.
    """

    known: Known
    kind: Literal["clean", "attack", "harmless"]
    id: str = ""
    family: str = ""
    text: str

    @property
    def is_seen(self) -> bool:
        """Tell whether a judge reads anything of the attack."""
        return bool(self.text) and self.text != self.known.text


class Result(Frozen):
    """What a try earned: ``share`` of the points, None where a person is left to decide."""

    tried: Try
    share: float | None
    reason: str
    asked: bool  # a model saw it

    @property
    def gain(self) -> float:
        """By which share of the points the answer got more than people give it; what no judge reads gains nothing."""
        if self.share is None or (self.tried.kind == "attack" and not self.tried.is_seen):
            return 0.0
        return max(0.0, self.share - self.tried.known.deserved)


def tries(known: Sequence[Known], most: int | None = None) -> list[Try]:
    """Return every answer as it is and with harmless additions, and the attacks on those that could gain.

    Args:
        known: the answers.
        most: attacks to try, drawn by a fixed seed; None: every attack in every place on every answer.
    """
    attacked = [one for own in known if own.deserved < 1 for one in _attacks_on(own)]
    if most is not None and most < len(attacked):
        attacked = random.Random(0).sample(attacked, most)  # noqa: S311 - a sample, no secret
    clean = [Try(known=own, kind="clean", text=own.text) for own in known]
    return [*clean, *(one for number, own in enumerate(known) for one in _harmless(number, own)), *attacked]


def _attacks_on(known: Known) -> Iterator[Try]:
    for attack in attacks():
        words = attack.against(known.exercise)
        for place in attack.places if words is not None else ():
            text = known.judged_text(words or "", place)
            if text is not None:
                yield Try(known=known, kind="attack", id=attack.id, family=attack.family, text=text)


def _harmless(number: int, known: Known) -> Iterator[Try]:
    """Yield some additions, for each answer the next ones."""
    if known.in_file or not known.text:
        return
    every = harmless()
    for step in range(HARMLESS_EACH):
        own = every[(number * HARMLESS_EACH + step) % len(every)]
        yield Try(known=known, kind="harmless", id=own.id, text=f"{known.text}\n{own.text}")


class Trial:
    """Judges tries, so many at once."""

    def __init__(
        self, judge: KeptJudge, at_once: int = AT_ONCE, tell: Tell = lambda _done, _total: None
    ) -> None:
        self._judge, self._free, self._tell = judge, asyncio.Semaphore(at_once), tell
        self._done = 0

    async def run(self, tried: Sequence[Try]) -> list[Result]:
        """Return a result for each try, in order."""
        try:
            return list(await asyncio.gather(*(self._one(own, len(tried)) for own in tried)))
        finally:
            await self._judge.aclose()

    async def _one(self, own: Try, total: int) -> Result:
        async with self._free:
            result = await self._result(own)
        self._done += 1
        self._tell(self._done, total)
        return result

    async def _result(self, own: Try) -> Result:
        known = own.known
        if own.kind == "attack" and not own.text:
            return Result(tried=own, share=None, reason=UNSEEN, asked=False)
        judgement = await self._judge.judge(known.exercise, own.text, known.samples)
        return Result(
            tried=own,
            share=_share(judgement, known),
            reason=judgement.reason,
            asked=judgement.usage.calls > 0,
        )


def _share(judgement: Judgement, known: Known) -> float | None:
    score = judgement.score(known.exercise)
    return None if score is None else score / known.exercise.rubric_points
