"""A judge that keeps what it paid for: each judgement in a line of a file, so that a killed measurement goes on.

The file is append-only JSON lines. Faults of the provider are not kept: the next run asks again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from autograder.judge import Beside, CalibrationSample, Judge, Judgement, Usage
from autograder.second import BothJudges
from autograder.signals import Gated
from courses.exercises.base import Frozen, RubricExercise, canonical_hash


def tokens(usage: Usage) -> int:
    """Return the tokens that went out and came back."""
    return usage.prompt_tokens + usage.completion_tokens


class Kept(Frozen):
    """One judgement, how long it took, and how far it moved the clock of its run (others went on beside it)."""

    key: str
    judgement: Judgement
    seconds: float
    wall: float


class Shelf:
    """Judgements by key, in memory and, with a path, in a file."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._kept: dict[str, Kept] = {}
        self._moved = time.monotonic()
        if path is not None and path.exists():
            self._read(path)

    def _read(self, path: Path) -> None:
        """Take in every whole line; a line that a killed run left half written is let be."""
        for line in path.read_text(encoding="utf-8").split("\n"):
            with suppress(ValidationError):
                kept = Kept.model_validate_json(line)
                self._kept[kept.key] = kept

    def get(self, key: str) -> Kept | None:
        """Return what is kept, or None."""
        return self._kept.get(key)

    def put(self, key: str, judgement: Judgement, seconds: float) -> Kept:
        """Keep a judgement that was made just now."""
        now = time.monotonic()
        kept = Kept(key=key, judgement=judgement, seconds=seconds, wall=now - self._moved)
        self._moved, self._kept[key] = now, kept
        if self._path is not None and not judgement.worth_retrying:
            self._write(self._path, kept)
        return kept

    def _write(self, path: Path, kept: Kept) -> None:
        """Append a line; it begins on a new one, for a killed run may have left half a line."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"\n{kept.model_dump_json()}")


def through_gate(judge: Judge, judgement: Judgement) -> Judgement:
    """Return what a judge's gate says of a judgement that may have been made at another: no model is asked again."""
    if isinstance(judge, BothJudges) or not isinstance(judge, Gated) or judgement.signals is None:
        return judgement
    passes = judge.gate.passes(judgement.signals)
    if judgement.outcome == "judged" and not passes:
        silent = {"outcome": "abstained", "reason": "signals_disagree"}
        return judgement.model_copy(update={**silent, "verdicts": (), "leanings": judgement.verdicts})
    if judgement.reason == "signals_disagree" and passes:
        decided = {"outcome": "judged", "reason": "", "verdicts": judgement.leanings, "leanings": ()}
        return judgement.model_copy(update=decided)
    return judgement


class KeptJudge(Beside):
    """A judge beside a shelf. See `autograder.judge.Judge`.

    Args:
        judge: asked for what the shelf has not.
        shelf: where judgements are kept.
        attempt: 1, 2, …: the same question asked anew is another judgement.
    """

    def __init__(self, judge: Judge, shelf: Shelf, attempt: int = 1) -> None:
        super().__init__(judge)
        self._shelf, self._attempt = shelf, attempt
        self._locks: dict[str, asyncio.Lock] = {}
        self._used: dict[str, Kept] = {}
        self.paid = Usage()  # in this process

    async def judge(
        self, exercise: RubricExercise, answer: str, samples: Sequence[CalibrationSample] = ()
    ) -> Judgement:
        """See `Judge.judge`; the same question is asked once."""
        return (await self.timed(exercise, answer, samples))[0]

    async def timed(
        self, exercise: RubricExercise, answer: str, samples: Sequence[CalibrationSample] = ()
    ) -> tuple[Judgement, float]:
        """Return a judgement and the seconds that it took when it was made."""
        key = self._key(exercise, answer, samples)
        async with self._locks.setdefault(key, asyncio.Lock()):
            kept = self._shelf.get(key) or await self._ask(key, exercise, answer, samples)
        self._used[key] = kept
        return through_gate(self._judge, kept.judgement), kept.seconds

    async def _ask(
        self, key: str, exercise: RubricExercise, answer: str, samples: Sequence[CalibrationSample]
    ) -> Kept:
        start = time.monotonic()
        judgement = await self._judge.judge(exercise, answer, samples)
        self.paid += judgement.usage
        return self._shelf.put(key, judgement, time.monotonic() - start)

    def _key(self, exercise: RubricExercise, answer: str, samples: Sequence[CalibrationSample]) -> str:
        shown = [canonical_hash(sample.model_dump(mode="json")) for sample in samples]
        asked = [exercise.model_dump(mode="json"), answer, sorted(shown)]
        return canonical_hash([*asked, self.name, self.prompt_hash, self._attempt, self._asked_by_gate()])

    def _asked_by_gate(self) -> object:
        """Return the gate where it decides what is asked: the second of two judges hears only what passed the first's."""
        judge = self._judge
        return judge.gate.model_dump() if isinstance(judge, BothJudges) else None

    @property
    def used(self) -> tuple[Kept, ...]:
        """Every judgement that was asked for, kept or fresh, each once."""
        return tuple(self._used.values())

    async def aclose(self) -> None:
        """See `Judge.aclose`."""
        self._locks.clear()
        await self._judge.aclose()
