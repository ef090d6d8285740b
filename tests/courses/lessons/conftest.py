"""A small real lesson with every kind, copied where a test may break it."""

import shutil
from pathlib import Path

import pytest

from courses.catalog.facts import load_facts

FIXTURES = Path(__file__).parent / "fixtures"
SLUG = "02-lenh-thu"


@pytest.fixture
def facts():
    return load_facts(FIXTURES / "facts.yaml")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a lessons' root of one's own."""
    place = tmp_path / "lessons"
    shutil.copytree(FIXTURES, place)
    return place


@pytest.fixture
def folder(root: Path) -> Path:
    return root / "level1" / SLUG


@pytest.fixture
def edit(folder: Path):
    """Return a function that changes a file of the lesson, and tells the line where the change stands."""

    def change(old: str, new: str, file: str = "lesson.md") -> int:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} does not stand in {file}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    return change


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
