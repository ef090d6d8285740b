"""Wards and a judge that talks HTTP to a fake provider."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections.abc import Callable, Iterator

import pytest

from autograder.openai_judge import OpenAIJudge
from courses.exercises.base import RubricExercise
from courses.lessons import load_lessons
from courses.lessons.build import build_all
from courses.site import REPOSITORY
from hub_config.files.reading import read_file
from tests.autograder.daily.ward import Ward
from tests.fake_openai import FakeOpenAI, by_answer

PRODUCTS = REPOSITORY / "tests" / "lessons"
PRODUCT_LESSON = "29-product-cong-van-dung-the-thuc"


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


@pytest.fixture(scope="session")
def built_products(tmp_path_factory):
    """A ward whose only lesson is the sample lesson of ``product``: works in files, with hard checks and a rubric."""
    root = tmp_path_factory.mktemp("products")
    shutil.copytree(PRODUCTS / "level1" / PRODUCT_LESSON, root / "bai" / "level1" / PRODUCT_LESSON)
    data = root / "data"
    data.mkdir()
    build_all(root / "bai", data / "courses")
    ward = Ward(data, lessons=root / "bai")
    ward.run()
    ward.engine.dispose()
    (data / "bdhai.sqlite").unlink()
    return ward


@pytest.fixture
def products(built_products, tmp_path) -> Iterator[Ward]:
    copy = built_products.copy(tmp_path / "data")
    (tmp_path / "site.yaml").write_text(f"lessons: {copy.site.lessons}\n", encoding="utf-8")
    yield copy
    copy.engine.dispose()


@pytest.fixture
def ward(built, tmp_path) -> Iterator[Ward]:
    copy = built.copy(tmp_path / "data")
    yield copy
    copy.engine.dispose()


@pytest.fixture(scope="session")
def expected() -> dict[str, dict[str, bool]]:
    """What the authors of all lessons expect of their rubric samples, by the text that a judge reads."""
    return {
        variant.judged_text(variant.parse_answer(own.answer)): own.verdicts
        for lesson in load_lessons(REPOSITORY)
        for sample in lesson.samples
        for name, own in sample.expect.items()
        if own.verdicts and isinstance(variant := lesson.slot(name).variant(sample.case), RubricExercise)
    }


@pytest.fixture
def provider(expected) -> Iterator[FakeOpenAI]:
    with FakeOpenAI(by_answer(expected)) as fake:
        yield fake


@pytest.fixture
def judge(provider) -> Callable[[], OpenAIJudge]:
    """Return what makes a fresh judge, as each run of the command does."""
    return lambda: OpenAIJudge(provider.base_url, "key", "fake", retries=0)


def attested(data, name, folder):
    """A file in an answer, read by the real reader as the portal reads it; ``folder`` is for its bytes."""
    path = folder / "tep"
    path.write_bytes(data)
    found = asyncio.run(read_file(path, folder / "nho.jpg"))
    facts = found.facts.model_dump(mode="json", exclude_defaults=True)
    sha256 = hashlib.sha256(data).hexdigest()
    return {"id": sha256, "name": name, "type": found.type, "size": len(data), "facts": facts}
