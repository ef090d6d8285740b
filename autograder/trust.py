"""The running trust meter: how often the quotes of a judge stood in no answer, exercise by exercise.

A judge that invents quotes is guessing, even where its verdicts look likely. One answer with many lost quotes is not
believed (``verdicts.LOST_LIMIT``); an exercise on which it happens all the time falls silent.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import desc, select
from sqlalchemy.orm import Session

from autograder.models import LedgerEntry
from courses.exercises.base import Frozen, RubricExercise

LATEST = 40
"""Judgements that the meter looks back on."""
ENOUGH = 20
"""Claims that needed a quote, below which a share says nothing."""


class Meter(Frozen):
    """Claims with a quote, and those whose quote was not found."""

    claims: int = 0
    lost: int = 0

    @property
    def share(self) -> float | None:
        """Share of quotes not found, 0 to 1; None while there are too few claims to tell."""
        return self.lost / self.claims if self.claims >= ENOUGH else None

    def is_low(self, limit: float) -> bool:
        """Tell whether the judge is not to be heard: more quotes lost than the limit allows."""
        return self.share is not None and self.share > limit


def meter(
    session: Session,
    exercise: RubricExercise,
    judge: str,
    prompt_hash: str,
    since: datetime | None = None,
) -> Meter:
    """Return an exercise's meter over the latest judgements by this model with this prompt.

    Args:
        session: an open session.
        exercise: the declaration; other settings, older tasks and older rubrics have meters of their own.
        judge: the judge's name.
        prompt_hash: its prompt's hash: after a change of prompt, trust begins anew.
        since: only newer judgements count: a person let the judge speak again at this time.
    """
    query = (
        select(LedgerEntry.claims, LedgerEntry.lost_quotes)
        .where(
            LedgerEntry.exercise_hash == exercise.task_hash(),
            LedgerEntry.rubric_hash == exercise.rubric_hash(),
            LedgerEntry.judge == judge,
            LedgerEntry.prompt_hash == prompt_hash,
            LedgerEntry.claims > 0,
        )
        .order_by(desc(LedgerEntry.id))
        .limit(LATEST)
    )
    if since is not None:
        query = query.where(LedgerEntry.created_at > since)
    rows = session.execute(query).all()
    return Meter(claims=sum(row[0] for row in rows), lost=sum(row[1] for row in rows))
