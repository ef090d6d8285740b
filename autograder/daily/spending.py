"""What a run may still spend, and how it asks."""

from __future__ import annotations

import time

from autograder.asking import Batches, Book, Budget, Terms, spent
from autograder.daily.context import Context
from courses.school.db import session as open_session

MINUTE = 60


def terms_of(context: Context) -> Terms:
    """Return the terms of this run: what its day may still take, until when, and whether in batches."""
    settings = context.site.judge
    budget = _budget(context)
    if not settings.batch:
        return Terms(budget)
    return Terms(budget, Batches(Book(context.engine, context.day), budget, settings.batch_price))


def _budget(context: Context) -> Budget:
    settings = context.site.judge
    with open_session(context.engine) as session:
        known = spent.spent_on(session, context.day)
    ends = time.monotonic() + settings.minutes * MINUTE
    return Budget(settings.budget_tokens, settings.budget_money, known, ends=ends)
