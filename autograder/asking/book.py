"""What was given to a Batch API, and what came back: written down before it is sent and before it is used."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.orm import Session

from autograder.asking import spent
from autograder.judge import Usage
from autograder.models import Batch, BatchCall
from courses.clock import now
from courses.exercises.base import Frozen
from courses.school.db import session as open_session

KEPT_DAYS = 7
CHUNK = 500


class Entry(Frozen):
    """A batch that has not come back."""

    id: str
    remote_id: str  # empty: it may, or may not, have reached the provider
    expected: Usage
    age: float  # seconds


class Book:
    """The batches of one run's day and of earlier ones.

    Args:
        engine: the one database.
        day: the programme's day to which what is submitted now belongs.
    """

    def __init__(self, engine: Engine, day: date) -> None:
        self._engine, self._day = engine, day

    def tidy(self) -> None:
        """Forget what is older than a week: answered and used long ago, or lost."""
        with open_session(self._engine) as session:
            old = select(Batch.id).where(Batch.made_at < now() - timedelta(days=KEPT_DAYS))
            session.execute(delete(BatchCall).where(BatchCall.batch_id.in_(old)))
            session.execute(delete(Batch).where(Batch.id.in_(old)))

    def begin(self, judge: str, keys: Sequence[str], expected: Usage) -> str:
        """Write down what is about to be sent; return its id."""
        batch = Batch(id=uuid.uuid4().hex, judge=judge, day=self._day, state="new", made_at=now())
        batch.remote_id, batch.expected = "", expected.model_dump()
        with open_session(self._engine) as session:
            session.add(batch)
            session.flush()
            rows = [{"key": key, "batch_id": batch.id, "reply": None} for key in keys]
            session.execute(insert(BatchCall), rows)
        return batch.id

    def sent(self, id_: str, remote: str) -> None:
        """Write down that the provider has it, and under which name."""
        with open_session(self._engine) as session:
            batch = session.get_one(Batch, id_)
            batch.remote_id, batch.state = remote, "sent"

    def drop(self, id_: str) -> None:
        """Forget a batch that never reached the provider."""
        with open_session(self._engine) as session:
            session.execute(delete(BatchCall).where(BatchCall.batch_id == id_))
            session.execute(delete(Batch).where(Batch.id == id_))

    def open(self, judge: str) -> list[Entry]:
        """Return a model's batches that have not come back, the oldest first."""
        query = select(Batch).where(Batch.judge == judge, Batch.state != "done").order_by(Batch.made_at)
        with open_session(self._engine) as session:
            return [
                Entry(
                    id=row.id,
                    remote_id=row.remote_id,
                    expected=Usage.model_validate(row.expected),
                    age=(now() - row.made_at).total_seconds(),
                )
                for row in session.scalars(query)
            ]

    def keep(self, id_: str, replies: Mapping[str, dict[str, Any]], usage: Usage) -> list[str]:
        """Keep what came of a batch, and what it took; return the questions that it did not answer."""
        with open_session(self._engine) as session:
            batch = session.get_one(Batch, id_)
            calls = session.scalars(select(BatchCall).where(BatchCall.batch_id == id_)).all()
            unanswered = [call.key for call in calls if call.key not in replies]
            for call in calls:
                call.reply = replies.get(call.key)
            session.flush()
            _remove(session, unanswered)
            batch.state = "done"
            spent.add(session, batch.day, batch.judge, usage)
        return unanswered

    def known(self, keys: Iterable[str]) -> dict[str, dict[str, Any] | None]:
        """Return what is known of some questions: the reply, or None while it is under way."""
        with open_session(self._engine) as session:
            rows = session.execute(
                select(BatchCall.key, BatchCall.reply).where(BatchCall.key.in_(list(keys)))
            )
            return {row[0]: row[1] for row in rows}


def _remove(session: Session, keys: Sequence[str]) -> None:
    for start in range(0, len(keys), CHUNK):
        session.execute(delete(BatchCall).where(BatchCall.key.in_(keys[start : start + CHUNK])))
