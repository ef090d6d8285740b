from __future__ import annotations

import pytest

from courses.school.models import TrainerGroup
from courses.school.people import find_person, groups_of_trainer, may_see, people_of_group


@pytest.fixture
def ward(db, add_person, add_group):
    one, two = add_group(db, 1), add_group(db, 2)
    people = {
        "lan": add_person(db, "lan", group=one),
        "hung": add_person(db, "hung", group=one),
        "mai": add_person(db, "mai", group=two),
        "homeless": add_person(db, "homeless"),
        "trainer": add_person(db, "trainer", "trainer"),
        "neighbour": add_person(db, "neighbour", "trainer", group=one),
        "official": add_person(db, "official", "official", group=one),
        "admin": add_person(db, "admin", "administrator"),
    }
    db.add(TrainerGroup(person_id=people["trainer"].id, group_id=one.id))
    db.flush()
    return people


@pytest.mark.parametrize(
    ("viewer", "person", "expected"),
    [
        ("lan", "lan", True),
        ("lan", "hung", False),
        ("trainer", "lan", True),
        ("trainer", "mai", False),
        ("trainer", "homeless", False),
        ("trainer", "official", False),
        ("trainer", "trainer", True),
        ("neighbour", "lan", False),
        ("official", "lan", False),
        ("official", "official", True),
        ("admin", "mai", True),
        ("lan", "admin", False),
    ],
)
def test_who_may_see_whom(db, ward, viewer, person, expected):
    assert may_see(db, ward[viewer], ward[person]) is expected


def test_a_closed_account_sees_nobody(db, ward):
    ward["admin"].active = False
    assert not may_see(db, ward["admin"], ward["lan"])


def test_a_trainer_who_became_a_learner_sees_no_group_any_more(db, ward):
    ward["trainer"].role = "learner"
    assert not may_see(db, ward["trainer"], ward["lan"])
    assert groups_of_trainer(db, ward["trainer"]) == ()


def test_a_trainers_groups(db, ward):
    assert [group.code for group in groups_of_trainer(db, ward["trainer"])] == ["to-1"]
    assert groups_of_trainer(db, ward["admin"]) == ()


def test_people_of_a_group_are_its_active_learners(db, ward):
    ward["hung"].active = False
    db.flush()
    assert [person.username for person in people_of_group(db, ward["lan"].group)] == ["lan"]


def test_only_active_people_are_found(db, ward):
    assert find_person(db, "lan") is ward["lan"]
    assert find_person(db, "LAN") is None
    ward["lan"].active = False
    db.flush()
    assert find_person(db, "lan") is None
