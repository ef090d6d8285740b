"""Evaluate a judge on a data set: what ``bdhai evaluate --json`` prints."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable, Mapping

from autograder.evaluate.baselines import expected_words, length, overlap
from autograder.evaluate.confusion import Table, confusion
from autograder.evaluate.dataset import Dataset
from autograder.evaluate.figures import Features, Figures, figures, given_marks, known_marks
from autograder.evaluate.judging import AT_ONCE, Outcome, Run, Tell, run_dataset
from autograder.evaluate.kept import Kept, Shelf, tokens
from autograder.gate import Evidence, Point, curve, distance
from autograder.judge import Judge
from autograder.signals import Gate, Gated

RERUNS = 20


class Evaluation(Figures):
    """The whole, and the same per exercise.

    Attributes:
        left_out: rows of the file that are no answers of learners, by why.
        uncalibrated: exercises on which the judge did not reproduce the samples, so that it is silent.
        without_samples: exercises that have none: the judge was heard uncalibrated.
        tokens_again: what the second pass cost; ``tokens`` is the first pass and the calibration.
        curve: agreement against coverage at every tolerance of the gate, from the answers whose signals were heard; no
            model is asked for it. What the default in ``site.yaml`` rests on.
        confusion: where the pipeline's marks and people's fall, and ``confusion_ungated`` without the gate.
    """

    dataset: str
    model: str
    prompt_hash: str
    left_out: dict[str, int]
    uncalibrated: tuple[str, ...]
    without_samples: tuple[str, ...]
    tokens_again: int
    curve: tuple[Point, ...]
    confusion: Table
    confusion_ungated: Table
    exercises: dict[str, Figures]


def evaluate(  # noqa: PLR0913 - one named option each
    judge: Judge,
    dataset: Dataset,
    *,
    whole: Dataset | None = None,
    shelf: Shelf | None = None,
    reruns: int = RERUNS,
    at_once: int = AT_ONCE,
    tell: Tell = lambda _done, _total: None,
) -> Evaluation:
    """Judge a data set's answers and compare with people.

    Args:
        judge: the plain judge, uncalibrated.
        dataset: the answers to judge.
        whole: the data set that they were drawn from: what words are expected is learned from all of it.
        shelf: where judgements are kept.
        reruns: how many answers are judged a second time.
        at_once: answers under way together.
        tell: told how far it is.
    """
    work = run_dataset(judge, dataset, shelf or Shelf(), reruns=reruns, at_once=at_once, tell=tell)
    run = asyncio.run(work)
    features = _features(dataset, whole or dataset)
    total = figures(run.outcomes, dataset.tasks, features)
    return Evaluation(
        **total.model_dump() | _cost(run),
        dataset=dataset.name,
        model=judge.name,
        prompt_hash=judge.prompt_hash,
        left_out=dataset.left_out,
        uncalibrated=_silent(run.outcomes),
        without_samples=tuple(id_ for id_, task in dataset.tasks.items() if not task.samples),
        tokens_again=_tokens(run.second),
        curve=_curve(judge, run.outcomes, dataset),
        confusion=confusion(given_marks(run.outcomes, dataset.tasks)),
        confusion_ungated=confusion(known_marks(run.outcomes, dataset.tasks)),
        exercises=_by_exercise(run.outcomes, dataset, features),
    )


def _features(dataset: Dataset, whole: Dataset) -> Features:
    words = expected_words(whole)
    return {
        "length": {(own.exercise, own.id): length(own) for own in dataset.answers},
        "overlap": {(own.exercise, own.id): overlap(own, words[own.exercise]) for own in dataset.answers},
    }


def _cost(run: Run) -> dict[str, float]:
    """Return what the whole run cost: each judgement once, and the clock instead of a sum of times."""
    return {
        "tokens": _tokens(run.first),
        "calls": sum(kept.judgement.usage.calls for kept in run.first),
        "seconds": round(sum(kept.wall for kept in run.first), 3),
    }


def _tokens(used: Iterable[Kept]) -> int:
    return sum(tokens(kept.judgement.usage) for kept in used)


def _curve(judge: Judge, outcomes: Iterable[Outcome], dataset: Dataset) -> tuple[Point, ...]:
    """Return the curve that a gate would be fitted from, over answers that a model was asked about."""
    gate = judge.gate if isinstance(judge, Gated) else Gate()
    asked = [own for own in outcomes if own.raw.usage.calls]
    evidence = [
        Evidence(
            distance=distance(own.raw.signals, gate),
            judge=own.raw.signals.checked,
            person=own.answer.points / dataset.tasks[own.answer.exercise].max_points,
        )
        for own in asked
        if own.raw.signals is not None
    ]
    beyond = [math.inf] * (len(asked) - len(evidence))
    return curve(evidence, [*(one.distance for one in evidence), *beyond], gate)


def _silent(outcomes: Iterable[Outcome]) -> tuple[str, ...]:
    silent = [own.answer.exercise for own in outcomes if own.judgement.reason == "not_calibrated"]
    return tuple(dict.fromkeys(silent))


def _by_exercise(outcomes: Iterable[Outcome], dataset: Dataset, features: Features) -> Mapping[str, Figures]:
    grouped: dict[str, list[Outcome]] = {}
    for own in outcomes:
        grouped.setdefault(own.answer.exercise, []).append(own)
    return {id_: figures(grouped[id_], dataset.tasks, features) for id_ in dataset.tasks if id_ in grouped}
