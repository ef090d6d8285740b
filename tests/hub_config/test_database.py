from __future__ import annotations

import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.engine import make_url

import autograder.models  # noqa: F401 - its tables join the shared metadata
import hub_config.ai.models  # noqa: F401 - as above
from courses.school.db import open_engine
from courses.school.models import Base
from courses.site import Site, gradebook_url
from hub_config.database import DatabaseError, migrate, prepare
from tests.fixtures_postgres import postgres_server, postgres_url  # noqa: F401 - fixtures

NOON = "2026-03-02 12:00:00"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'deep' / 'school.sqlite'}"
    return request.getfixturevalue("postgres_url")


@pytest.fixture
def engine(url):
    migrate(url)
    engine = open_engine(url)
    yield engine
    engine.dispose()


def _differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))


def test_migrated_tables_are_the_models_tables(engine):
    assert _differences(engine) == []


def test_the_comparison_notices_a_missing_column(engine):
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE setting DROP COLUMN value"))
    assert _differences(engine)


def test_migrating_again_changes_nothing(engine, url):
    migrate(url)
    migrate(engine)
    assert _differences(engine) == []


def test_the_history_can_be_walked_back(engine):
    from alembic import command  # noqa: PLC0415 - only this test goes back

    from hub_config.database import alembic_config  # noqa: PLC0415 - only this test goes back

    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}


def test_two_processes_that_start_together_both_find_the_tables(url):
    problems: list[BaseException] = []

    def run() -> None:
        try:
            migrate(url)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test must see it
            problems.append(error)

    threads = [threading.Thread(target=run, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "they wait for each other for ever"
    assert problems == []


def test_a_failed_migration_leaves_no_half_of_it(url):
    """A table of that name exists already, so the first revision fails on the way."""
    if url.startswith("sqlite"):
        Path(make_url(url).database).parent.mkdir()
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE visit (x INTEGER)"))
    with pytest.raises(Exception, match="already exists"):
        migrate(engine)
    tables = set(inspect(engine).get_table_names())
    engine.dispose()
    assert tables <= {"visit", "alembic_version"}


def test_prepare_creates_a_gradebook_database_per_level(postgres_url, tmp_path):  # noqa: F811 - the fixture
    site = Site(data=tmp_path, database=postgres_url)
    prepare(site, ("level1", "level2"))
    prepare(site, ("level1", "level2"))
    for level in ("level1", "level2"):
        book = open_engine(gradebook_url(site, level))
        with book.connect() as connection:
            assert connection.scalar(text("SELECT current_database()")).endswith(f"_{level}")
        book.dispose()
    _drop_gradebooks(postgres_url, ("level1", "level2"))


def test_without_the_right_the_administrator_reads_what_to_run(postgres_url, tmp_path):  # noqa: F811 - the fixture
    engine = open_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE ROLE poor LOGIN"))
        connection.execute(text("GRANT ALL ON SCHEMA public TO poor"))
    poor = make_url(postgres_url).set(username="poor").render_as_string(hide_password=False)
    with pytest.raises(DatabaseError, match=r'CREATE DATABASE "?test_\w+_level1"? OWNER poor;'):
        prepare(Site(data=tmp_path, database=poor))
    with engine.begin() as connection:
        connection.execute(text("DROP OWNED BY poor"))
        connection.execute(text("DROP ROLE poor"))
    engine.dispose()


def test_prepare_makes_the_folders_of_a_fresh_sqlite_site(tmp_path):
    site = Site(data=tmp_path / "new" / "data")
    prepare(site)
    assert (tmp_path / "new" / "data" / "bdhai.sqlite").exists()
    assert (tmp_path / "new" / "data" / "courses" / "level1").is_dir()


def _drop_gradebooks(url: str, levels: tuple[str, ...]) -> None:
    engine = open_engine(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for level in levels:
            connection.exec_driver_sql(f'DROP DATABASE "{make_url(url).database}_{level}"')
    engine.dispose()


def test_pupils_that_waited_before_people_could_decide_are_marked_again_by_the_next_run(url):
    """Their rows did not yet say which misconceptions they wait for."""
    migrate(url, "0005")
    engine = open_engine(url)
    with engine.begin() as connection:
        _put(
            connection,
            "person",
            id=1,
            external_id="x",
            username="lan",
            display_name="Lan",
            pseudonym="Chè",
            sample=False,
            role="learner",
            target="citizen",
            active=True,
            on_board=False,
            created_at=NOON,
        )
        for number, status in ((1, "waiting"), (2, "held")):
            _put(
                connection,
                "submission",
                id=number,
                receipt=f"R{number}",
                person_id=1,
                lesson="level1/x",
                lesson_hash="h",
                number=number,
                case="citizen",
                answers="{}",
                submitted_at=NOON,
            )
            _put(connection, "marked", submission_id=number, lesson_hash="h", content_hash="c")
            _put(
                connection,
                "pupil_result",
                submission_id=number,
                exercise="day",
                status=status,
                understood="{}",
            )
    migrate(engine)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT submission_id, lesson_hash FROM marked ORDER BY 1")).all()
    engine.dispose()
    assert [tuple(row) for row in rows] == [(1, ""), (2, "h")]


def _put(connection, table, **values):
    names = ", ".join(f'"{name}"' for name in values)
    connection.execute(
        text(f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{name}' for name in values)})"), values
    )
