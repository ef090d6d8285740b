"""Wards and a judge that talks HTTP to a fake provider."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from autograder.openai_judge import OpenAIJudge
from courses.lessons import load_lessons
from courses.lessons.build import build_all
from courses.site import REPOSITORY
from tests.autograder.daily.ward import Ward
from tests.fake_openai import FakeOpenAI, by_answer


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """A data folder with built lessons and an empty gradebook (creating one takes seconds)."""
    data = tmp_path_factory.mktemp("ward") / "data"
    data.mkdir()
    build_all(REPOSITORY, data / "courses")
    ward = Ward(data)
    ward.run()
    ward.engine.dispose()
    (data / "bdhai.sqlite").unlink()
    return ward


@pytest.fixture
def ward(built, tmp_path) -> Iterator[Ward]:
    copy = built.copy(tmp_path / "data")
    yield copy
    copy.engine.dispose()


@pytest.fixture(scope="session")
def expected() -> dict[str, dict[str, bool]]:
    """What the authors of all lessons expect of their rubric samples, by the text that a judge reads."""
    return {
        read_by_a_judge(lesson.slot(id_).variant(sample.case), own.answer): own.verdicts
        for lesson in load_lessons(REPOSITORY)
        for sample in lesson.samples
        for id_, own in sample.expect.items()
        if own.verdicts
    }


def read_by_a_judge(exercise, answer):
    """Not every answer is one text: a canvas is its fields, each after its label."""
    return exercise.judged_text(exercise.parse_answer(answer))


@pytest.fixture
def provider(expected) -> Iterator[FakeOpenAI]:
    with FakeOpenAI(by_answer(expected)) as fake:
        yield fake


@pytest.fixture
def judge(provider) -> Callable[[], OpenAIJudge]:
    """Return what makes a fresh judge, as each run of the command does."""
    return lambda: OpenAIJudge(provider.base_url, "key", "fake", retries=0)
