"""A small school and a lesson with rule and rubric exercises, made of real parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from autograder import models  # noqa: F401 - registers the grader's tables
from courses.exercises.registry import kinds
from courses.lessons.model import CASES, ExerciseSlot, Lesson
from courses.school.db import open_engine
from courses.school.models import Base, Person, Submission

CHOICE = "AI viết câu trả lời bằng cách nào?\n\n- [ ] Tra sổ\n- [x] Đoán chữ\n"
SPOT = "Chạm vào chỗ sai.\n\n> Theo [[x Nghị định 99 | chưa có]] thì [[o phường]] mở cửa.\n"
RUBRIC = [
    {"id": "vai", "text": "Lệnh nói rõ AI đóng vai ai.", "points": 1, "guidance": "tìm chữ: bạn là"},
    {"id": "lo", "text": "Lệnh không chứa thông tin cá nhân.", "polarity": "must_not", "points": 2},
]
MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 08:00 on 2 March in Vietnam


def _make_lesson(rubric: list[dict[str, object]] = RUBRIC, choice: str = CHOICE) -> Lesson:
    options = {"points": 3, "rubric": rubric, "reference": "Bạn là cán bộ xã.", "min_words": 3}
    prompts = {
        case: kinds()["prompt"].read("lenh", options, f"Việc của {case}: viết lệnh.") for case in CASES
    }
    return Lesson(
        key="level1/02-lenh",
        number="1.2",
        title="Lệnh",
        level=1,
        minutes=10,
        skills=(),
        goals=(),
        safety=False,
        outcome="",
        alignment={},
        blocks=(
            ExerciseSlot(
                id="doan", line=1, variants={"": kinds()["choice"].read("doan", {"points": 2}, choice)}
            ),
            ExerciseSlot(id="bia", line=9, variants={"": kinds()["spot"].read("bia", {"points": 4}, SPOT)}),
            ExerciseSlot(id="lenh", line=20, variants=prompts),
        ),
        samples=(),
        source=choice + repr(rubric),
    )


@pytest.fixture(scope="session")
def lesson() -> Lesson:
    return _make_lesson()


@pytest.fixture(scope="session")
def make_lesson() -> Callable[..., Lesson]:
    return _make_lesson


@pytest.fixture
def engine(tmp_path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path / 'school.sqlite'}")
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as open_session:
        yield open_session


@pytest.fixture
def submit(session) -> Callable[..., Submission]:
    """Return a function that stores one submission of a person, who is made when new."""
    people: dict[str, Person] = {}

    def store(
        username: str, answers: dict[str, object], lesson="level1/02-lenh", case="citizen"
    ) -> Submission:
        if username not in people:
            people[username] = Person(
                external_id=username, username=username, display_name=username, pseudonym=username,
                role="learner", target="citizen", created_at=MORNING,
            )  # fmt: skip
            session.add(people[username])
            session.flush()
        number = session.query(Submission).filter_by(person_id=people[username].id, lesson=lesson).count() + 1
        row = Submission(
            receipt=f"{username}-{number}", person_id=people[username].id, lesson=lesson, lesson_hash="0",
            number=number, case=case, answers=answers, submitted_at=MORNING + timedelta(minutes=number),
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row

    return store
