from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

import autograder.models  # noqa: F401 - its tables join the shared metadata
from courses.lessons.model import Lesson
from courses.school.db import open_engine, session
from courses.school.models import Base, Group, Person
from tests.fixtures_postgres import empty_database, postgres_server  # noqa: F401 - a fixture

NOW = datetime(2026, 9, 1, 13, 0, tzinfo=UTC)


@pytest.fixture
def now():
    return NOW


@pytest.fixture(scope="session")
def postgres_school(postgres_server):  # noqa: F811 - the fixture
    """One database for all tests here: making one takes a second, emptying it takes none."""
    with empty_database(postgres_server) as url:
        engine = open_engine(url)
        Base.metadata.create_all(engine)
        yield engine
        engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request, tmp_path):
    """The school's database, empty, on both kinds."""
    if request.param == "postgresql":
        engine = request.getfixturevalue("postgres_school")
        yield engine
        tables = ", ".join(Base.metadata.tables)
        with engine.begin() as connection:
            connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    else:
        engine = open_engine(f"sqlite:///{tmp_path / 'school.sqlite'}")
        Base.metadata.create_all(engine)
        yield engine
        engine.dispose()


@pytest.fixture
def db(engine):
    with session(engine) as open_session:
        yield open_session


@pytest.fixture
def add_person():
    def add(db, username, role="learner", group=None, **more):
        person = Person(
            external_id=f"id-{username}",
            username=username,
            display_name=f"Người {username}",
            pseudonym=f"Búp Chè {username}",
            role=role,
            target="citizen",
            group_id=group.id if group else None,
            created_at=NOW,
            **more,
        )
        db.add(person)
        db.flush()
        return person

    return add


@pytest.fixture
def add_group():
    def add(db, number, working_age=300):
        group = Group(code=f"to-{number}", name=f"Tổ dân phố {number}", working_age=working_age)
        db.add(group)
        db.flush()
        return group

    return add


@pytest.fixture
def lesson():
    return Lesson(
        key="level1/09-thu",
        number="1.9",
        title="Thử",
        level=1,
        minutes=5,
        skills=(),
        goals=(),
        safety=False,
        outcome="",
        alignment={},
        blocks=(),
        samples=(),
        source="thử",
    )
