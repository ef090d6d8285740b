"""Put what a judge decided into the ledger."""

from __future__ import annotations

from sqlalchemy.orm import Session

from autograder import ledger
from autograder.judge import Judge, Judgement
from courses.exercises.base import RubricExercise

OF_THE_EXERCISE = frozenset({"not_calibrated", "audit_low", "silenced"})
"""Reasons that say something of the exercise or the judge, not of the answer: not remembered."""


def is_lasting(judgement: Judgement) -> bool:
    """Tell whether a judgement says something that still holds tomorrow."""
    return not judgement.worth_retrying and judgement.reason not in OF_THE_EXERCISE


def remember(
    session: Session, exercise: RubricExercise, text: str, judge: Judge, judgement: Judgement
) -> None:
    """Append a lasting judgement, unless the same judge's is there already (daily run and portal may meet)."""
    key = ledger.question(exercise, text)
    if ledger.Recall(session, {key.answer_hash}).tried(key, judge.name, judge.prompt_hash):
        return
    hashes = {criterion.id: ledger.criterion_hash(criterion) for criterion in exercise.rubric}
    verdicts = tuple(
        {**verdict.model_dump(), "criterion_hash": hashes[verdict.criterion]}
        for verdict in judgement.verdicts or judgement.leanings
    )
    is_judged = judgement.outcome == "judged"
    entry = ledger.Judged(
        outcome=judgement.outcome,
        verdicts=verdicts if is_judged else (),
        leanings=() if is_judged else verdicts,
        reason=judgement.reason,
        claims=judgement.claims,
        lost_quotes=judgement.lost_quotes,
        signals=judgement.signals.model_dump() if judgement.signals else {},
    )
    ledger.append(session, key, judge.name, judge.prompt_hash, entry)
