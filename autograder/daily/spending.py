"""What a run may still spend, and how it asks."""

from __future__ import annotations

import time
from datetime import date

from sqlalchemy import Engine

from autograder.asking import Batches, Book, Budget, Terms, spent
from autograder.daily.context import Context
from courses.school.db import session as open_session
from courses.site import JudgeSettings

MINUTE = 60


def terms_of(context: Context) -> Terms:
    """Return the terms of this run: what its day may still take, until when, and whether in batches."""
    settings = context.site.judge
    budget = budget_for(context.engine, settings, context.day)
    if not settings.batch:
        return Terms(budget)
    return Terms(budget, Batches(Book(context.engine, context.day), budget, settings.batch_price))


def budget_for(engine: Engine, settings: JudgeSettings, day: date) -> Budget:
    """Return what a day may still spend; whatever asks a judge shares it."""
    with open_session(engine) as session:
        known = spent.spent_on(session, day)
    ends = time.monotonic() + settings.minutes * MINUTE
    return Budget(settings.budget_tokens, settings.budget_money, known, ends=ends)
