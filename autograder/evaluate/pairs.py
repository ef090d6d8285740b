"""The same answer in formal Vietnamese and as people type: what the difference in writing costs. It must cost nothing.

``pairs.jsonl`` has the pairs: ``khong-dau`` (no diacritics, small letters), ``teencode`` (ko, dc, mik, bik …) and
``noi-chuyen`` (as one talks, Southern particles included). A file of one's own has the same fields.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from importlib.resources import as_file, files
from pathlib import Path
from statistics import fmean

from pydantic import Field

from autograder import metrics
from autograder.evaluate.judging import AT_ONCE, Tell
from autograder.evaluate.kept import KeptJudge, Shelf, tokens
from autograder.evaluate.rows import json_lines, raise_faults, validated
from autograder.judge import CalibrationSample, Judge, Judgement, samples_of
from autograder.metrics import Interval
from courses.exercises.base import Frozen, RubricExercise
from courses.lessons.model import Case, Lesson


class PairRow(Frozen):
    """One pair. ``verdicts`` is what its author expects of both."""

    id: str = Field(min_length=1)
    lesson: str
    exercise: str
    case: Case
    style: str = Field(min_length=1)
    formal: str
    informal: str
    verdicts: dict[str, bool] = Field(default_factory=dict)


class Pair(Frozen):
    """A pair with the exercise that it answers."""

    row: PairRow
    exercise: RubricExercise
    samples: tuple[CalibrationSample, ...]


class Judged(Frozen):
    """What the pipeline said of a pair."""

    row: PairRow
    formal: Judgement
    informal: Judgement
    shares: tuple[float, float] | None  # of the points, where both were marked

    @property
    def gap(self) -> float | None:
        """By which share of the points the informal text got more."""
        return None if self.shares is None else self.shares[1] - self.shares[0]


class Difference(Frozen):
    """What writing costs.

    Attributes:
        pairs: how many; ``marked`` of them got a mark for both texts.
        difference: mean of (informal − formal) as a share of the points, over the marked; with interval.
        absolute: mean size of the difference.
        same: share of the marked with equal marks.
        one_silent: pairs of which one text was marked and the other left to a person.
        abstained_formal, abstained_informal: share of texts left to people.
        vocabulary: mean difference of the vocabulary signal, of pairs where it speaks.
    """

    pairs: int
    marked: int
    difference: Interval
    absolute: float | None
    same: float | None
    one_silent: int
    abstained_formal: float | None
    abstained_informal: float | None
    vocabulary: float | None


class PairsReport(Difference):
    """The whole, and the same by style."""

    model: str
    prompt_hash: str
    tokens: int
    unequal: tuple[str, ...]  # ids of pairs with different marks
    styles: dict[str, Difference]


def read_pairs(lessons: Sequence[Lesson], path: Path | None = None) -> tuple[Pair, ...]:
    """Read pairs, ours where no file is named.

    Raises:
        DatasetError: the file can't be read, or a pair names what is not there.
    """
    if path is None:
        with as_file(files(__package__ or __name__).joinpath("pairs.jsonl")) as own:
            return read_pairs(lessons, own)
    faults: list[str] = []
    by_key = {lesson.key: lesson for lesson in lessons}
    pairs = [_pair(place, data, by_key, faults) for place, data in json_lines(path, faults)]
    raise_faults(faults)
    return tuple(pair for pair in pairs if pair is not None)


def _pair(
    place: str, data: Mapping[str, object], lessons: Mapping[str, Lesson], faults: list[str]
) -> Pair | None:
    row = validated(PairRow, data, place, faults)
    if row is None:
        return None
    exercise = _exercise(row, lessons)
    if exercise is None:
        faults.append(f"{place}: không có bài viết “{row.exercise}” trong bài học “{row.lesson}”")
        return None
    return Pair(row=row, exercise=exercise, samples=samples_of(lessons[row.lesson], row.exercise, row.case))


def _exercise(row: PairRow, lessons: Mapping[str, Lesson]) -> RubricExercise | None:
    try:
        exercise = lessons[row.lesson].slot(row.exercise).variant(row.case)
    except KeyError:
        return None
    return exercise if isinstance(exercise, RubricExercise) else None


def compare(
    judge: Judge,
    pairs: Sequence[Pair],
    shelf: Shelf | None = None,
    *,
    at_once: int = AT_ONCE,
    tell: Tell = lambda _done, _total: None,
) -> PairsReport:
    """Judge both texts of every pair and compare."""
    kept = KeptJudge(judge, shelf or Shelf())
    judged = asyncio.run(_judge_all(kept, pairs, at_once, tell))
    styles = dict.fromkeys(own.row.style for own in judged)
    return PairsReport(
        **difference(judged).model_dump(),
        model=judge.name,
        prompt_hash=judge.prompt_hash,
        tokens=sum(tokens(own.judgement.usage) for own in kept.used),
        unequal=tuple(own.row.id for own in judged if own.gap),
        styles={style: difference([own for own in judged if own.row.style == style]) for style in styles},
    )


async def _judge_all(judge: KeptJudge, pairs: Sequence[Pair], at_once: int, tell: Tell) -> list[Judged]:
    free, done = asyncio.Semaphore(at_once), 0

    async def one(pair: Pair) -> Judged:
        nonlocal done
        async with free:
            texts = (pair.row.formal, pair.row.informal)
            formal, informal = [await judge.judge(pair.exercise, text, pair.samples) for text in texts]
            done += 1
            tell(done, len(pairs))
        scores = formal.score(pair.exercise), informal.score(pair.exercise)
        return Judged(
            row=pair.row, formal=formal, informal=informal, shares=_shares(scores, pair.exercise.points)
        )

    try:
        return list(await asyncio.gather(*map(one, pairs)))
    finally:
        await judge.aclose()


def _shares(scores: tuple[float | None, float | None], points: float) -> tuple[float, float] | None:
    formal, informal = scores
    return None if formal is None or informal is None else (formal / points, informal / points)


def difference(judged: Sequence[Judged]) -> Difference:
    """Return what writing cost in some pairs."""
    marked = [own.shares for own in judged if own.shares is not None]
    formal, informal = [one for one, _ in marked], [other for _, other in marked]
    silent = [(own.formal.outcome == "abstained", own.informal.outcome == "abstained") for own in judged]
    return Difference(
        pairs=len(judged),
        marked=len(marked),
        difference=metrics.bootstrap(metrics.bias, informal, formal),
        absolute=fmean(abs(one - other) for one, other in marked) if marked else None,
        same=metrics.exact(informal, formal),
        one_silent=sum(one != other for one, other in silent),
        abstained_formal=fmean(one for one, _ in silent) if silent else None,
        abstained_informal=fmean(other for _, other in silent) if silent else None,
        vocabulary=_vocabulary(judged),
    )


def _vocabulary(judged: Sequence[Judged]) -> float | None:
    gaps = [
        own.informal.signals.expected - own.formal.signals.expected
        for own in judged
        if own.formal.signals and own.informal.signals
        if own.formal.signals.expected is not None and own.informal.signals.expected is not None
    ]
    return fmean(gaps) if gaps else None
