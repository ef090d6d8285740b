"""Bring databases to the newest revision, in process: no shell, no alembic.ini."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from courses.school.db import open_engine
from courses.site import Site, database_url, gradebook_url
from hub_config.launch import StartError

MIGRATIONS = Path(__file__).parent / "migrations"
_ADVISORY_LOCK = 0x6264686169  # "bdhai": two processes that migrate at once queue up on PostgreSQL


class DatabaseError(StartError):
    """A database cannot be made ready; the message tells an administrator what to run, in Vietnamese."""


def alembic_config(connection: Connection) -> Config:
    """Return the configuration of our history, bound to an open connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def migrate(target: Engine | str, revision: str = "head") -> None:
    """Upgrade a database; all of it or nothing, and safe when two processes start together."""
    if isinstance(target, str):
        _make_folder(target)
        engine = open_engine(target)
        try:
            migrate(engine, revision)
        finally:
            engine.dispose()
        return
    with _alone(target) as connection:
        command.upgrade(alembic_config(connection), revision)


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """Yield a connection inside one transaction that no other migration shares."""
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            raw = connection.connection.dbapi_connection
            assert raw is not None  # noqa: S101 - the connection was opened a line ago
            level, raw.isolation_level = raw.isolation_level, None  # else sqlite3 commits before each DDL
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield connection
                connection.commit()
            finally:
                connection.rollback()
                raw.isolation_level = level
        else:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
            yield connection
            connection.commit()


def prepare(site: Site, levels: tuple[str, ...] = ("level1",)) -> None:
    """Create and upgrade the site's database, and create the PostgreSQL gradebook databases of the levels.

    Raises:
        DatabaseError: the account may not create a database; the message holds the command to run.
    """
    migrate(database_url(site))
    for level in levels:
        _make_gradebook(site, level)


def _make_gradebook(site: Site, level: str) -> None:
    url = make_url(gradebook_url(site, level))
    if url.get_backend_name() == "sqlite":
        _make_folder(url.render_as_string(hide_password=False))
        return
    engine = open_engine(database_url(site))
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            _create_database(connection, str(url.database))
    finally:
        engine.dispose()


def _create_database(connection: Connection, name: str) -> None:
    known = connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name})
    if known:
        return
    quoted = connection.dialect.identifier_preparer.quote_identifier(name)
    try:
        connection.exec_driver_sql(f"CREATE DATABASE {quoted}")
    except DBAPIError as error:
        owner = connection.engine.url.username or "bdhai"
        raise DatabaseError(
            f"Chưa tạo được cơ sở dữ liệu sổ điểm {name}: tài khoản PostgreSQL không có quyền. "
            f"Người quản trị hãy chạy: CREATE DATABASE {quoted} OWNER {owner};"
        ) from error


def _make_folder(url: str) -> None:
    """SQLite makes a file, never its folder."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
