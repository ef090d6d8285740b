"""A school, a fake hub and the real portal on a loopback port."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, select

from autograder import ledger
from autograder.marking import mark_submission
from autograder.models import Projected
from courses.lessons.model import Lesson
from courses.school.db import open_engine, session
from courses.school.models import Group, Person, Submission, TrainerGroup
from courses.school.submissions import find_submission
from courses.site import REPOSITORY, Site, database_url
from hub_config.database import migrate
from hub_config.portal.app import close, make_app, make_desk
from hub_config.portal.shelf import Shelf
from hub_config.web import SERVER_BODY
from tests.fake_hub import FakeHub, ServerThread

PREFIX = "/services/portal/"
STARTED = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

LEARNERS = (
    ("lan", "Nguyễn Thị Lan", "to-1", "citizen"),
    ("an", "Trần Văn An", "to-1", "trader"),
    ("hoa", "Lê Thị Hoà", "to-2", "citizen"),
    ("le", "Phạm Lẻ", None, "official"),
)
STAFF = (
    ("hung", "Đỗ Hùng", "trainer"),
    ("binh", "Vũ Bình", "trainer"),
    ("chu", "Ông Chủ tịch", "official"),
    ("quan", "Chị Quản trị", "administrator"),
)
EVERYBODY = [*(row[0] for row in LEARNERS), *(row[0] for row in STAFF), "la", "service-x"]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(data=tmp_path / "data", lessons=REPOSITORY, auth="demo")


@pytest.fixture
def engine(site: Site, empty_database: Path) -> Iterator[Engine]:
    engine = filled(site, empty_database)
    yield engine
    engine.dispose()


def filled(site: Site, empty_database: Path) -> Engine:
    """Return the open database of a small school."""
    site.data.mkdir()
    shutil.copy(empty_database, site.data / "bdhai.sqlite")
    engine = open_engine(database_url(site))
    _fill(engine)
    return engine


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate once; each test copies the file."""
    path = tmp_path_factory.mktemp("empty") / "bdhai.sqlite"
    migrate(f"sqlite:///{path}")
    return path


def _fill(engine: Engine) -> None:
    with session(engine) as opened:
        groups = {
            code: Group(code=code, name=f"Tổ dân phố {code[-1]}", working_age=100)
            for code in ("to-1", "to-2")
        }
        opened.add_all(groups.values())
        opened.flush()
        for username, name, group, target in LEARNERS:
            opened.add(_person(username, name, "learner", target, groups[group].id if group else None))
        for username, name, role in STAFF:
            opened.add(_person(username, name, role, "citizen", None))
        opened.flush()
        for trainer, group in (("hung", "to-1"), ("binh", "to-2")):
            person = opened.query(Person).filter_by(username=trainer).one()
            opened.add(TrainerGroup(person_id=person.id, group_id=groups[group].id))


def _person(username: str, name: str, role: str, target: str, group: int | None) -> Person:
    return Person(
        external_id=f"x-{username}",
        username=username,
        display_name=name,
        pseudonym=f"Chè {username}",
        role=role,
        target=target,
        group_id=group,
        created_at=STARTED,
    )


@pytest.fixture(scope="session")
def hub() -> Iterator[FakeHub]:
    with FakeHub(EVERYBODY) as hub:
        yield hub


@pytest.fixture(scope="session")
def shelf() -> Shelf:
    """Read the lessons once for all tests."""
    return Shelf(REPOSITORY, every=3600)


@pytest.fixture
def portal(site: Site, engine: Engine, hub: FakeHub, shelf: Shelf) -> Iterator[ServerThread]:
    del engine  # the database must be filled before the portal opens it
    with serving(site, hub, shelf=shelf) as server:
        yield server


@contextmanager
def serving(site: Site, hub: FakeHub, **changes: Any) -> Iterator[ServerThread]:
    """Run the real portal; ``changes`` replace parts of its desk."""
    auth = hub.auth(PREFIX)
    desk = replace(make_desk(site, auth), **changes)
    server = hub.serve(make_app(desk), auth, max_body_size=SERVER_BODY)
    yield server
    server.run(desk.pupil.aclose())
    server.run(desk.remarks.aclose())
    server.stop()
    close(desk)


Client = Callable[[str], httpx.Client]


@pytest.fixture
def api(portal: ServerThread, hub: FakeHub) -> Iterator[Client]:
    """Return clients that carry a user's token, as learners' servers do."""
    opened: list[httpx.Client] = []

    def make(user: str) -> httpx.Client:
        headers = {"Authorization": f"token {hub.token(user)}"}
        opened.append(
            httpx.Client(base_url=f"{portal.url}{PREFIX}", headers=headers, trust_env=False, timeout=60)
        )
        return opened[-1]

    yield make
    for client in opened:
        client.close()


@pytest.fixture
def browser_of(portal: ServerThread, hub: FakeHub) -> Iterator[Client]:
    """Return clients that signed in through OAuth and hold cookies, as browsers do."""
    opened: list[httpx.Client] = []

    def make(user: str) -> httpx.Client:
        client = httpx.Client(
            base_url=f"{portal.url}{PREFIX}", follow_redirects=True, trust_env=False, timeout=60
        )
        opened.append(client)
        client.get(f"{hub.url}/login/{user}")
        client.get("")
        return client

    yield make
    for client in opened:
        client.close()


@pytest.fixture(scope="session")
def lessons(shelf: Shelf) -> dict[str, Lesson]:
    return {lesson.key: lesson for lesson in shelf.all()}


@pytest.fixture
def hand_in(api: Client, lessons: dict[str, Lesson]) -> Callable[..., str]:
    """Hand in one of the author's samples and return the receipt."""

    def submit(user: str, lesson: str = "level1/01-ai-doan-chu", role: str = "full") -> str:
        sample = next(one for one in lessons[lesson].samples if one.role == role)
        answers = {name: expected.answer for name, expected in sample.expect.items()}
        body = {"lesson": lesson, "case": sample.case, "answers": answers}
        reply = api(user).post("api/submissions", json=body)
        assert reply.status_code == 201, reply.text
        return str(reply.json()["receipt"])

    return submit


@pytest.fixture
def count_all(engine: Engine) -> Callable[[], None]:
    """Pretend that the daily run has taken every submission into the gradebook."""

    def count() -> None:
        with session(engine) as opened:
            known = set(opened.scalars(select(Projected.submission_id)))
            for own in opened.scalars(select(Submission)):
                if own.id not in known:
                    opened.add(Projected(submission_id=own.id, content_hash="x", manual={}))

    return count


JUDGED = "level1/02-lenh-bon-phan"


@pytest.fixture
def judged(engine: Engine, hand_in: Callable[..., str], lessons: dict[str, Lesson]) -> Callable[..., str]:
    """Return a function that hands in a partial answer and lets the AI find ``vai`` missing."""

    def go(user: str = "lan") -> str:
        receipt = hand_in(user, JUDGED, "partial")
        with session(engine) as opened:
            submission = find_submission(opened, receipt)
            exercise = lessons[JUDGED].slot("lenh").variant(submission.case)
            text = exercise.judged_text(exercise.parse_answer(submission.answers["lenh"]))
            verdicts = tuple(
                {
                    "criterion": own.id,
                    "criterion_hash": ledger.criterion_hash(own),
                    "met": own.id != "vai",
                    "quote": "",
                    "reason": "",
                }
                for own in exercise.rubric
            )
            judged = ledger.Judged(outcome="judged", verdicts=verdicts)
            ledger.append(opened, ledger.question(exercise, text), receipt, "p", judged)
            mark_submission(opened, lessons[JUDGED], submission)
        return receipt

    return go
