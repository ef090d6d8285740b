"""What judging took, day by day; written in the transaction of what was got for it, so that a kill forgets neither."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from sqlalchemy import CursorResult, Table, func, insert, select, update
from sqlalchemy.orm import Session

from autograder.judge import Usage
from autograder.models import Batch, Spent


def spent_on(session: Session, day: date) -> Usage:
    """Return what a day took of all models, with the most that its open batches may take."""
    columns = (Spent.calls, Spent.prompt_tokens, Spent.completion_tokens, Spent.cached_tokens, Spent.money)
    row = session.execute(select(*map(func.sum, columns)).where(Spent.day == day)).one()
    calls, prompt, completion, cached, money = (value or 0 for value in row)
    paid = Usage(
        calls=calls, prompt_tokens=prompt, completion_tokens=completion, cached_tokens=cached, money=money
    )
    held = session.scalars(select(Batch.expected).where(Batch.day == day, Batch.state != "done"))
    return sum((Usage.model_validate(each) for each in held), paid)


def add(session: Session, day: date, judge: str, usage: Usage) -> None:
    """Add what something took; the database adds, for a run and the portal may write at once."""
    table = cast("Table", Spent.__table__)
    amounts = usage.model_dump(exclude={"replayed"})
    more = {name: table.c[name] + amount for name, amount in amounts.items()}
    same = update(table).where(table.c.day == day, table.c.judge == judge).values(more)
    if not cast("CursorResult[Any]", session.execute(same)).rowcount:
        session.execute(insert(table).values(day=day, judge=judge, **amounts))
