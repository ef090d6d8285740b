from __future__ import annotations

from datetime import UTC, datetime

import pytest

from courses.progress import Check, GroupFacts, PersonFacts, roster
from courses.school.db import open_engine, session
from courses.school.models import Base, Group, Person
from courses.school.submissions import count_check

NOW = datetime(2026, 9, 1, 13, 0, tzinfo=UTC)


@pytest.fixture
def db(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'school.sqlite'}")
    Base.metadata.create_all(engine)
    with session(engine) as open_session:
        yield open_session
    engine.dispose()


def add(db, username, role="learner", **more):
    person = Person(
        external_id=username,
        username=username,
        display_name=username,
        pseudonym=f"Búp Chè {username}",
        role=role,
        target="citizen",
        created_at=NOW,
        **more,
    )
    db.add(person)
    db.flush()
    return person


def test_facts_are_read_from_the_school(db):
    group = Group(code="to-1", name="Tổ dân phố 1", working_age=300)
    db.add(group)
    db.flush()
    lan = add(db, "lan", group_id=group.id, on_board=True)
    add(db, "closed", active=False)
    add(db, "trainer", "trainer", group_id=group.id)
    add(db, "alone")
    count_check(db, lan, "level1/x", "q", right=False, now=NOW)
    count_check(db, lan, "level1/x", "q", right=True, now=NOW)
    assert roster.groups(db) == (GroupFacts("to-1", "Tổ dân phố 1", 300),)
    assert roster.learners(db) == (
        PersonFacts("lan", "Búp Chè lan", "to-1", on_board=True),
        PersonFacts("alone", "Búp Chè alone", None, on_board=False),
    )
    assert roster.first_checks(db) == (Check("lan", "level1/x", "q", NOW, right=False),)
