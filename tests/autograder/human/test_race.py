"""Two people decide the same answer at the same moment: one does, the other is told, on both databases."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from autograder.human.decide import AlreadyDecided, Case, Ruling, decide
from autograder.marking import mark_submission
from autograder.models import Decision, HumanMark
from courses.school.db import open_engine
from courses.school.db import session as open_session
from courses.school.models import Person, Submission
from hub_config.database import migrate
from tests.autograder.conftest import MORNING
from tests.fixtures_postgres import postgres_server, postgres_url  # noqa: F401 - fixtures


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request, tmp_path):
    postgres = request.param == "postgresql"
    url = request.getfixturevalue("postgres_url") if postgres else f"sqlite:///{tmp_path / 'race.sqlite'}"
    migrate(url)
    engine = open_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def handed_in(engine, lesson):
    with open_session(engine) as session:
        for username in ("lan", "mai"):
            person = Person(
                external_id=username, username=username, display_name=username, pseudonym=username,
                role="learner", target="citizen", created_at=MORNING,
            )  # fmt: skip
            session.add(person)
            session.flush()
            submission = Submission(
                receipt=username, person_id=person.id, lesson=lesson.key, lesson_hash="0", number=1,
                case="citizen", answers={"lenh": {"text": "Bạn là cán bộ xã."}}, submitted_at=MORNING,
            )  # fmt: skip
            session.add(submission)
            session.flush()
            mark_submission(session, lesson, submission)


@pytest.mark.usefixtures("handed_in")
def test_of_people_who_decide_at_once_one_does_and_the_others_change_nothing(engine, lesson):
    start, told = threading.Barrier(6), []

    def rule(name, first):
        try:
            with open_session(engine) as session:
                own = session.scalars(select(Submission).order_by(Submission.id)).all()
                start.wait(30)
                case = Case(kind="queue", exercise="lenh", by=name)
                ruling = Ruling(met={"vai": True, "lo": True})
                decide(session, lesson, case, ruling, own if first else own[::-1])
        except AlreadyDecided:
            told.append(name)

    threads = [threading.Thread(target=rule, args=(f"thay{n}", n % 2)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with open_session(engine) as session:
        decision = session.scalars(select(Decision)).one()
        marks = session.scalars(select(HumanMark)).all()
    assert len(told) == 5
    assert [(mark.by, mark.decision_id) for mark in marks] == [(decision.by, decision.id)] * 2
    assert {mark.submission_id for mark in marks} == {1, 2}
