"""Engines and sessions for the one database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session


def open_engine(url: str) -> Engine:
    """Return an engine; SQLite gets WAL, foreign keys and a 30 s wait for locks."""
    engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_pragmas)
    return engine


def _sqlite_pragmas(connection: Any, _record: object) -> None:  # noqa: ANN401 - DBAPI connections have no type
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=30000", "synchronous=NORMAL"):
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def session(engine: Engine) -> Iterator[Session]:
    """Yield a session that commits at the end, or rolls everything back on an error."""
    with Session(engine, expire_on_commit=False) as open_session, open_session.begin():
        yield open_session
