"""Asking the judge what the ledger doesn't know of outdated marks: changed criteria only, identical answers once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from autograder import ledger
from autograder.asking import Paid, Terms, spent, under
from autograder.daily.spending import budget_for
from autograder.human.kept import Kept
from autograder.judge import CalibrationSample, Judge, Judgement, Usage, Verdict, samples_of
from autograder.partial import judge_rest, verdicts_of
from autograder.remark.plan import BROKEN, Plan, asking
from autograder.remember import is_lasting, remember
from courses.clock import now, programme_day
from courses.exercises.base import RubricExercise
from courses.lessons.model import Lesson
from courses.school.db import session as open_session
from courses.school.models import Submission
from courses.site import JudgeSettings

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Unknown:
    """One answer of which some verdicts are missing."""

    exercise: RubricExercise
    text: str
    samples: tuple[CalibrationSample, ...]
    known: tuple[Verdict, ...]

    @property
    def question(self) -> ledger.Question:
        """Its key in the ledger."""
        return ledger.question(self.exercise, self.text)


@dataclass
class Said:
    """What came of asking. ``abstained``: what the ledger may not keep, see ``autograder.remark.plan.Abstained``."""

    total: int = 0
    asked: int = 0
    usage: Usage = field(default_factory=Usage)
    abstained: dict[ledger.Question, str] = field(default_factory=dict)


def unknown_answers(session: Session, lesson: Lesson, plan: Plan) -> tuple[Unknown, ...]:
    """Return the different answers that a judge must be asked about before a plan is whole."""
    rows = {(row.submission_id, row.exercise) for row in plan.of("unknown")}
    ids = sorted({id_ for id_, _ in rows})
    recall, kept = ledger.Recall(session), Kept(session)
    found: dict[ledger.Question, Unknown] = {}
    for own in session.scalars(select(Submission).where(Submission.id.in_(ids)).order_by(Submission.id)):
        for name in (slot.id for slot in lesson.slots if (own.id, slot.id) in rows):
            read = asking(lesson, own, name)
            if read is not None:
                samples = samples_of(lesson, name, own.case, kept.of(lesson, name))
                held = verdicts_of(recall.held(read.exercise, read.text))
                found[read.question] = Unknown(read.exercise, read.text, samples, held)
    return tuple(found.values())


async def ask(  # noqa: PLR0913, PLR0917 - what is asked, under which terms, and who watches
    engine: Engine,
    judge: Judge,
    todo: Sequence[Unknown],
    settings: JudgeSettings,
    said: Said | None = None,
    tell: Callable[[Said], None] = lambda _: None,
) -> Said:
    """Ask the judge; each judgement is kept in the ledger as it comes, so that what was paid is never lost.

    Args:
        engine: the database.
        judge: the judge; its connections are let go at the end.
        todo: see ``unknown_answers``.
        settings: what a day may cost; the daily run's budget is this one.
        said: counts while it works, where somebody watches.
        tell: is told after each answer.
    """
    said, day = said or Said(), programme_day(now())
    said.total = len(todo)
    asked = under(judge, Terms(await asyncio.to_thread(budget_for, engine, settings, day)))
    free = asyncio.Semaphore(asked.at_once if isinstance(asked, Paid) else settings.at_once)

    async def one(own: Unknown) -> None:
        async with free:
            judgement = await _judgement(asked, own)
        await asyncio.to_thread(_keep, engine, asked, own, judgement, said, day)
        tell(said)

    try:
        async with asyncio.TaskGroup() as group:
            for own in todo:
                group.create_task(one(own))
    finally:
        await asked.aclose()
    return said


async def _judgement(judge: Judge, own: Unknown) -> Judgement | None:
    try:
        return await judge_rest(judge, own.exercise, own.text, own.known, own.samples)
    except Exception:
        log.exception("The judge broke on %s", own.exercise.id)
        return None


def _keep(  # noqa: PLR0913, PLR0917 - what one answer leaves behind
    engine: Engine, judge: Judge, own: Unknown, judgement: Judgement | None, said: Said, day: date
) -> None:
    """Keep a judgement and what it took in one transaction."""
    said.asked += 1
    if judgement is None:
        said.abstained[own.question] = BROKEN
        return
    said.usage += judgement.usage
    if judgement.outcome != "judged":
        said.abstained[own.question] = judgement.reason
    with open_session(engine) as session:
        if is_lasting(judgement):
            remember(session, own.exercise, own.text, judge, judgement)
        if judgement.usage.calls:
            spent.add(session, day, judge.name, judgement.usage)
