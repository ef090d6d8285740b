from __future__ import annotations

import json
import stat
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from autograder.models import HumanMark
from autograder.results import result_of
from courses.clock import now
from courses.lessons import load_lessons
from courses.school.accounts import authenticate
from courses.school.db import open_engine, session
from courses.school.models import Attempt, Group, Person, Setting, Submission, TrainerGroup, Visit
from courses.school.people import find_person, may_see
from courses.school.submissions import submissions_of
from courses.site import REPOSITORY, Site, database_url, layout
from hub_config.database import prepare
from hub_config.seed import demo_lines, seed_demo
from hub_config.seed.ward import DEMO_USERNAMES

SUNDAY = datetime(2026, 9, 6, 13, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def lessons():
    return load_lessons(REPOSITORY)


@pytest.fixture(scope="module")
def site(tmp_path_factory, lessons):
    site = Site(data=tmp_path_factory.mktemp("demo") / "data", demo=True, auth="demo")
    prepare(site)
    assert seed_demo(site, lessons, SUNDAY)
    return site


@pytest.fixture
def db(site):
    engine = open_engine(database_url(site))
    with session(engine) as open_session:
        yield open_session
    engine.dispose()


def test_the_ward_has_eleven_groups_and_66_learners(db):
    groups = db.scalars(select(Group)).all()
    learners = db.scalars(select(Person).where(Person.role == "learner")).all()
    assert len(groups) == 11
    assert len(learners) == 66
    assert all(180 <= group.working_age <= 620 for group in groups)
    assert {learner.target for learner in learners} == {"official", "trader", "citizen"}
    assert {learner.group_id for learner in learners} == {group.id for group in groups}


def test_everybody_is_marked_as_sample_data(db):
    assert db.scalar(select(func.count()).select_from(Person).where(~Person.sample)) == 0
    assert db.get(Setting, "sample").value == "1"


def test_five_groups_have_the_ten_active_people_that_a_board_needs(db):
    active = (
        select(Person.group_id, func.count(Person.id.distinct()))
        .join(Submission, Submission.person_id == Person.id)
        .group_by(Person.group_id)
    )
    assert sum(count >= 10 for _, count in db.execute(active)) == 5


def test_every_group_has_a_trainer(db):
    assert db.scalar(select(func.count(TrainerGroup.group_id.distinct()))) == 11


def test_the_history_is_three_weeks_in_order_and_not_in_the_future(db):
    times = list(db.scalars(select(Submission.submitted_at).order_by(Submission.id)))
    assert times == sorted(times)
    assert SUNDAY - timedelta(days=22) < times[0] < times[-1] < SUNDAY
    assert db.scalar(select(func.max(Visit.last_at))) <= SUNDAY
    assert db.scalar(select(func.max(HumanMark.at))) <= SUNDAY
    assert len(times) > 150
    assert db.scalar(select(func.count()).select_from(Attempt)) > 200


def test_the_demo_learner_has_a_graded_result_and_a_next_lesson(db, lessons):
    learner = find_person(db, DEMO_USERNAMES["learner"])
    waiting, graded = submissions_of(db, learner)
    by_key = {lesson.key: lesson for lesson in lessons}
    result = result_of(db, by_key[graded.lesson], graded)
    assert (result.waiting, result.score) == (0, result.max_score)
    assert result_of(db, by_key[waiting.lesson], waiting).waiting > 0
    assert {graded.lesson, waiting.lesson} < set(by_key)


def test_the_demo_trainer_looks_after_the_demo_learner(db):
    trainer = find_person(db, DEMO_USERNAMES["trainer"])
    assert may_see(db, trainer, find_person(db, DEMO_USERNAMES["learner"]))


def test_every_printed_account_signs_in(site, db):
    lines = [line.split(" ") for line in demo_lines(site)]
    assert [line[1] for line in lines] == ["learner", "trainer", "official", "administrator"]
    for _, role, username, password in lines:
        assert authenticate(db, username, password, now()).role == role


def test_only_the_owner_may_read_the_passwords(site):
    assert stat.S_IMODE((layout(site).secrets / "demo.json").stat().st_mode) == 0o600


def test_a_second_start_keeps_everything(site, lessons):
    before = demo_lines(site)
    assert not seed_demo(site, lessons)
    assert demo_lines(site) == before


def test_a_lost_password_file_is_made_again(site, lessons):
    (layout(site).secrets / "demo.json").unlink()
    assert demo_lines(site) == ()
    assert not seed_demo(site, lessons)
    assert len(demo_lines(site)) == 4


def test_real_people_are_never_touched(tmp_path, lessons):
    site = Site(data=tmp_path)
    prepare(site)
    engine = open_engine(database_url(site))
    with session(engine) as db:
        db.add(
            Person(
                external_id="1",
                username="that",
                display_name="Thật",
                pseudonym="x",
                role="learner",
                target="citizen",
                created_at=SUNDAY,
            )
        )
    assert not seed_demo(site, lessons)
    with session(engine) as db:
        assert [person.username for person in db.scalars(select(Person))] == ["that"]
        assert db.get(Setting, "sample") is None
    engine.dispose()
    assert demo_lines(site) == ()


def _what_happened(site):
    engine = open_engine(database_url(site))
    with session(engine) as db:
        rows = db.execute(
            select(
                Person.display_name,
                Person.pseudonym,
                Submission.lesson,
                Submission.case,
                Submission.submitted_at,
            )
            .join(Submission, Submission.person_id == Person.id)
            .order_by(Submission.id)
        ).all()
    engine.dispose()
    return [tuple(row) for row in rows]


def test_every_installation_shows_the_same_ward_with_other_passwords(site, tmp_path, lessons):
    other = Site(data=tmp_path, demo=True)
    prepare(other)
    start = time.process_time()
    seed_demo(other, lessons, SUNDAY)
    assert time.process_time() - start < 10
    assert _what_happened(other) == _what_happened(site)
    passwords = [
        {
            account["password"]
            for account in json.loads((layout(s).secrets / "demo.json").read_text()).values()
        }
        for s in (site, other)
    ]
    assert not passwords[0] & passwords[1]


def test_a_ward_without_lessons_can_be_seeded(tmp_path):
    site = Site(data=tmp_path, demo=True)
    prepare(site)
    assert seed_demo(site, [], SUNDAY)
    assert len(demo_lines(site)) == 4
