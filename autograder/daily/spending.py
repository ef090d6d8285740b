"""What judging took, day by day: written with each judgement, so that a killed run forgets only what was under way."""

from __future__ import annotations

import time
from datetime import date

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from autograder.asking import Budget
from autograder.daily.context import Context
from autograder.judge import Usage
from autograder.models import Spent
from courses.school.db import session as open_session
from courses.site import JudgeSettings

MINUTE = 60


def budget_of(context: Context) -> Budget:
    """Return what this run may still spend on its day, and until when it may begin anything."""
    return budget_for(context.engine, context.site.judge, context.day)


def budget_for(engine: Engine, settings: JudgeSettings, day: date) -> Budget:
    """Return what a day may still spend; whatever asks a judge shares it."""
    with open_session(engine) as session:
        spent = spent_on(session, day)
    ends = time.monotonic() + settings.minutes * MINUTE
    return Budget(settings.budget_tokens, settings.budget_money, spent, ends=ends)


def spent_on(session: Session, day: date) -> Usage:
    """Return what a day's judging took so far, of all models."""
    columns = (Spent.calls, Spent.prompt_tokens, Spent.completion_tokens, Spent.cached_tokens, Spent.money)
    row = session.execute(select(*map(func.sum, columns)).where(Spent.day == day)).one()
    calls, prompt, completion, cached, money = (value or 0 for value in row)
    return Usage(
        calls=calls, prompt_tokens=prompt, completion_tokens=completion, cached_tokens=cached, money=money
    )


def add(session: Session, day: date, judge: str, usage: Usage) -> None:
    """Add what something took; the database adds, for a run and the portal may write at once."""
    row = session.get(Spent, (day, judge))
    if row is None:
        row = Spent(day=day, judge=judge, **Usage().model_dump())
        session.add(row)
        session.flush()
    row.calls = Spent.calls + usage.calls
    row.prompt_tokens = Spent.prompt_tokens + usage.prompt_tokens
    row.completion_tokens = Spent.completion_tokens + usage.completion_tokens
    row.cached_tokens = Spent.cached_tokens + usage.cached_tokens
    row.money = Spent.money + usage.money
