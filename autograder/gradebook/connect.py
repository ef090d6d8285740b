"""Open a level's gradebook; create it whole or not at all when there is none."""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url

from autograder.gradebook.tables import METADATA, OURS

_TEMPORARY = ".gradebook-"


@contextmanager
def open_gradebook(url: str) -> Iterator[Engine]:
    """Yield an engine whose ``begin()`` is one write transaction that waits for others' locks.

    Args:
        url: SQLAlchemy URL of the level's gradebook.
    """
    engine = _engine(url)
    try:
        if not set(METADATA.tables) <= set(inspect(engine).get_table_names()):
            _create(engine)
        OURS.create_all(engine)
        yield engine
    finally:
        engine.dispose()


def _engine(url: str) -> Engine:
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        Path(str(engine.url.database)).parent.mkdir(parents=True, exist_ok=True)
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _on_connect(connection: Any, _record: object) -> None:  # noqa: ANN401 - DBAPI connections have no type
    """Leave transactions to ``_engine``; a commit is on the disk before our database says so."""
    connection.isolation_level = None
    for pragma in ("busy_timeout=30000", "journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _create(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            _create_tables(connection)
        return
    target = Path(str(engine.url.database))
    engine.dispose()
    for left in target.parent.glob(f"{_TEMPORARY}*"):
        shutil.rmtree(left)  # by a killed run; we hold the daily run's lock
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=_TEMPORARY) as folder:
        new = Path(folder) / target.name
        fresh = create_engine(make_url(f"sqlite:///{new}"))
        with fresh.begin() as connection:
            _create_tables(connection)
        fresh.dispose()
        if target.exists() and target.stat().st_size:
            _complete(engine)  # formgrader was faster, or was killed while it made the tables
        else:
            new.replace(target)


def _complete(engine: Engine) -> None:
    with engine.begin() as connection:
        _create_tables(connection)


def _create_tables(connection: Connection) -> None:
    """Make what ``nbgrader.api.Gradebook`` makes, its migration mark included."""
    from nbgrader.api import Base  # noqa: PLC0415 - costs seconds; needed once in a gradebook's life

    Base.metadata.create_all(connection)
    if "alembic_version" not in inspect(connection).get_table_names():
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": _head()})


def _head() -> str:
    spec = importlib.util.find_spec("nbgrader")
    assert spec is not None  # noqa: S101 - it was just imported
    assert spec.submodule_search_locations  # noqa: S101 - it is a package
    config = Config()
    folder = Path(spec.submodule_search_locations[0]) / "alembic"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return str(ScriptDirectory.from_config(config).get_current_head())
