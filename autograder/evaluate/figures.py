"""From outcomes to figures: agreement with people, silence, stability, cost, and the baselines beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import fmean, median

from autograder import metrics
from autograder.evaluate.baselines import as_marks
from autograder.evaluate.dataset import Task
from autograder.evaluate.judging import UNREADABLE, Outcome
from autograder.evaluate.kept import tokens
from autograder.judge import Judgement
from autograder.metrics import Interval
from courses.exercises.base import Frozen


class Marks(Frozen):
    """The machine's points and people's, answer by answer, on people's scale; ``top``: the most there is to get."""

    machine: tuple[float, ...]
    people: tuple[float, ...]
    top: tuple[float, ...]


class Agreement(Frozen):
    """How the machine's marks agree with people's. Bias: points given more than people gave."""

    n: int
    qwk: Interval
    exact: Interval
    pearson: Interval
    bias: Interval


class VerdictAgreement(Frozen):
    """Verdict by verdict, of answers that the pipeline marked and for which people gave verdicts."""

    n: int
    exact: float | None
    kappa: float | None


class Baseline(Frozen):
    """A number that needs no judge, given people's own marks by rank."""

    qwk: Interval
    pearson: Interval


class Figures(Frozen):
    """What is told of a set of answers: all of them, or those of one exercise.

    Attributes:
        answers: how many.
        qwk: as are ``exact``, ``pearson`` and ``bias``, of every answer whose checked verdicts are known, also where
            the pipeline then abstained: what marks would be worth if nothing held them back.
        qwk_not_abstained: of the answers that the pipeline marked.
        abstained: share of the answers that it did not mark; ``reasons`` says why.
        stability: share of the answers asked a second time on which the judge said the same; None: none were.
        seconds: that judging took; of the whole: by the clock, of all runs that a cache joins.
        seconds_per_answer: the median of answers that a model saw.
        unparsed: replies that could not be read as verdicts; ``unparsed_marked`` of them became marks.
        ungated, gated: the figures again, of all known and of what was marked, with intervals.
    """

    answers: int
    qwk: float | None
    qwk_not_abstained: float | None
    exact: float | None
    pearson: float | None
    bias: float | None
    abstained: float | None
    stability: float | None
    tokens: int
    seconds: float
    unparsed: int
    unparsed_marked: int
    calls: int
    seconds_per_answer: float | None
    asked_again: int
    reasons: dict[str, int]
    ungated: Agreement
    gated: Agreement
    verdicts: VerdictAgreement
    baselines: dict[str, Baseline]


Features = Mapping[str, Mapping[tuple[str, str], float]]
"""Numbers that need no judge: name → (exercise, answer) → number."""


def figures(outcomes: Sequence[Outcome], tasks: Mapping[str, Task], features: Features) -> Figures:
    """Return the figures of some outcomes."""
    ungated, gated = agreement(known_marks(outcomes, tasks)), agreement(given_marks(outcomes, tasks))
    silent = [own.judgement.reason for own in outcomes if own.judgement.outcome == "abstained"]
    asked = [own for own in outcomes if own.raw.usage.calls]
    again = [own.is_same_again for own in asked if own.again is not None]
    unreadable = [own for own in outcomes if own.raw.reason in UNREADABLE]
    return Figures(
        answers=len(outcomes),
        qwk=ungated.qwk.value,
        qwk_not_abstained=gated.qwk.value,
        exact=ungated.exact.value,
        pearson=ungated.pearson.value,
        bias=ungated.bias.value,
        abstained=len(silent) / len(outcomes) if outcomes else None,
        stability=fmean(map(bool, again)) if again else None,
        tokens=sum(tokens(own.raw.usage) for own in outcomes),
        seconds=round(sum(own.seconds for own in outcomes), 3),
        unparsed=len(unreadable),
        unparsed_marked=sum(own.judgement.outcome == "judged" for own in unreadable),
        calls=sum(own.raw.usage.calls for own in outcomes),
        seconds_per_answer=round(median(own.seconds for own in asked), 3) if asked else None,
        asked_again=len(again),
        reasons=dict(Counter(silent).most_common()),
        ungated=ungated,
        gated=gated,
        verdicts=_verdicts(outcomes),
        baselines={name: _baseline(outcomes, numbers) for name, numbers in features.items()},
    )


def known_marks(outcomes: Sequence[Outcome], tasks: Mapping[str, Task]) -> Marks:
    """Return marks of every answer whose checked verdicts are known, whatever the gate said."""
    return _marks([(own, _known_share(own.raw, tasks[own.answer.exercise])) for own in outcomes], tasks)


def given_marks(outcomes: Sequence[Outcome], tasks: Mapping[str, Task]) -> Marks:
    """Return marks of the answers that the pipeline marked."""
    return _marks([(own, _share(own.judgement, tasks[own.answer.exercise])) for own in outcomes], tasks)


def _known_share(judgement: Judgement, task: Task) -> float | None:
    if not judgement.leanings:
        return _share(judgement, task)
    met = {verdict.criterion for verdict in judgement.leanings if verdict.met}
    points = sum(criterion.points for criterion in task.exercise.rubric if criterion.id in met)
    return points / task.exercise.points


def _share(judgement: Judgement, task: Task) -> float | None:
    score = judgement.score(task.exercise)
    return None if score is None else score / task.exercise.points


def _marks(shares: Sequence[tuple[Outcome, float | None]], tasks: Mapping[str, Task]) -> Marks:
    found = [(own, tasks[own.answer.exercise], share) for own, share in shares if share is not None]
    return Marks(
        machine=tuple(task.mark(share) for _, task, share in found),
        people=tuple(own.answer.points for own, _, _ in found),
        top=tuple(task.max_points for _, task, _ in found),
    )


def agreement(marks: Marks) -> Agreement:
    """Return how marks agree, each figure with its bootstrap interval."""
    machine, people = marks.machine, marks.people
    return Agreement(
        n=len(machine),
        qwk=metrics.bootstrap(metrics.quadratic_weighted_kappa, machine, people),
        exact=metrics.bootstrap(metrics.exact, machine, people),
        pearson=metrics.bootstrap(metrics.pearson, machine, people),
        bias=metrics.bootstrap(metrics.bias, machine, people),
    )


def _verdicts(outcomes: Sequence[Outcome]) -> VerdictAgreement:
    pairs = [
        (verdict.met, own.answer.verdicts[verdict.criterion])
        for own in outcomes
        for verdict in own.judgement.verdicts
        if own.judgement.outcome == "judged" and verdict.criterion in own.answer.verdicts
    ]
    machine, people = [one for one, _ in pairs], [other for _, other in pairs]
    kappa = metrics.cohen_kappa(machine, people)
    return VerdictAgreement(n=len(pairs), exact=metrics.exact(machine, people), kappa=kappa)


def _baseline(outcomes: Sequence[Outcome], numbers: Mapping[tuple[str, str], float]) -> Baseline:
    people = [own.answer.points for own in outcomes]
    machine = as_marks([numbers[own.answer.exercise, own.answer.id] for own in outcomes], people)
    return Baseline(
        qwk=metrics.bootstrap(metrics.quadratic_weighted_kappa, machine, people),
        pearson=metrics.bootstrap(metrics.pearson, machine, people),
    )
