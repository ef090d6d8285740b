"""scripts/contact_sheet.py: the sheet and the page, without a browser."""

from __future__ import annotations

import importlib.util
import sys

import pytest
from PIL import Image

from courses.lessons import lesson_folders, load_lesson
from courses.lessons.lint.time_budget import doing_minutes, reading_minutes
from courses.site import REPOSITORY


@pytest.fixture(scope="module")
def script():
    found = importlib.util.spec_from_file_location("contact_sheet", REPOSITORY / "scripts/contact_sheet.py")
    module = importlib.util.module_from_spec(found)
    sys.modules["contact_sheet"] = module
    found.loader.exec_module(module)
    yield module
    del sys.modules["contact_sheet"]


@pytest.fixture
def taken(script):
    lesson = load_lesson(lesson_folders(REPOSITORY)[0])
    picture = Image.new("RGB", script.SMALL, "#1B6B45")
    other = lesson.model_copy(update={"level": 3, "number": "3.1", "title": "Hỏi | đáp"})
    return [script.Taken(lesson, (picture, picture), 2.345), script.Taken(other, (picture,), 9.0)]


def test_pictures_stand_in_rows_with_paper_between(script):
    wide, high = script.SMALL
    made = script.sheet([Image.new("RGB", script.SMALL, "#000000")] * (script.ACROSS + 1))
    assert made.size == (
        script.ACROSS * (wide + script.GAP) + script.GAP,
        2 * (high + script.GAP) + script.GAP,
    )
    assert made.getpixel((script.GAP, script.GAP)) == (0, 0, 0)
    assert made.getpixel((script.GAP + 5, high + 2 * script.GAP + 5)) == (0, 0, 0)
    assert made.getpixel((made.width - 9, made.height - 9)) != (0, 0, 0)


def test_the_page_tells_minutes_by_the_formula_and_the_scripts_seconds(script, taken):
    lesson = taken[0].lesson
    page = script.told(taken)
    minutes = (
        f"{reading_minutes(lesson) + doing_minutes(lesson):.1f}".rstrip("0").rstrip(".").replace(".", ",")
    )
    assert f"| {lesson.number} | {lesson.title} | {minutes} | " in page
    assert " | 2,3 |\n" in page
    assert "| 3.1 | Hỏi \\| đáp |" in page
    assert page.index("## Bậc 1") < page.index("## Bậc 3")


def test_each_level_has_its_sheet_and_old_ones_go(script, taken, tmp_path):
    (tmp_path / "lessons").mkdir()
    (tmp_path / "lessons/bac-5.webp").write_bytes(b"old")
    script.write(taken, tmp_path)
    assert sorted(path.name for path in (tmp_path / "lessons").iterdir()) == ["bac-1.webp", "bac-3.webp"]
    assert (tmp_path / "lessons.md").read_text(encoding="utf-8") == script.told(taken)


def test_the_sheets_in_the_repository_are_light():
    assert sum(path.stat().st_size for path in (REPOSITORY / "docs/lessons").iterdir()) < 3_000_000
