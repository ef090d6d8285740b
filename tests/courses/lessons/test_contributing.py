"""The examples of CONTRIBUTING.md, put together, are a lesson that lint and build accept."""

import re
from datetime import date
from pathlib import Path

import pytest
from typer.main import get_command

from courses.exercises.base import RubricExercise
from courses.exercises.registry import kinds
from courses.lessons import load_lesson
from courses.lessons.build import build_all
from courses.lessons.lint import lint
from courses.site import REPOSITORY
from hub_config.cli import app

GUIDE = REPOSITORY / "CONTRIBUTING.md"
TODAY = date(2026, 11, 22)  # facts grow stale, and this guide stays true
OPTION_OF = {"hints": "hint"}
SECRET = {"hint", "why", "forgive", "reference", "misconceptions"}


def examples(language: str) -> list[str]:
    text = GUIDE.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    folder = tmp_path / "lessons/level1/02-lenh-bon-phan"
    (folder / "assets").mkdir(parents=True)
    (folder / "assets/bon-phan.svg").write_text("<svg/>", encoding="utf-8")
    (folder / "lesson.md").write_text("\n".join(examples("markdown")), encoding="utf-8")
    (folder / "samples.yaml").write_text("\n".join(examples("yaml")), encoding="utf-8")
    return folder


@pytest.fixture
def extra(tmp_path: Path) -> Path:
    """The fences marked “extra”: a second lesson under the same head, because one takes 15 minutes at most."""
    folder = tmp_path / "more/level1/03-bon-kieu-nua"
    folder.mkdir(parents=True)
    head = examples("markdown")[0]
    (folder / "lesson.md").write_text("\n".join([head, *examples("markdown extra")]), encoding="utf-8")
    (folder / "samples.yaml").write_text("\n".join(examples("yaml extra")), encoding="utf-8")
    return folder


def test_the_extra_examples_have_no_error(extra):
    found = lint(extra.parents[1], [extra], today=TODAY)
    assert [str(finding) for finding in found if finding.severity == "error"] == []


def test_the_examples_have_nothing_to_mend(written):
    assert [str(finding) for finding in lint(written.parents[1], today=TODAY)] == []


def test_the_examples_build_and_show_every_kind(written, extra, tmp_path):
    (lesson,) = build_all(written.parents[1], tmp_path / "out")
    (more,) = build_all(extra.parents[1], tmp_path / "out-more")
    assert {slot.kind for slot in (*lesson.slots, *more.slots)} == set(kinds())
    assert (tmp_path / "out/level1/release/02-lenh-bon-phan/lesson.json").exists()


def test_the_table_names_every_key_and_tells_which_are_secret(written, extra):
    rows = [
        line.split(" | ") for line in GUIDE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")
    ]
    secret = {key for row in rows for key in re.findall(r"`(\w+)`", row[0]) if row[-1].startswith("yes")}
    told = {key for row in rows for key in re.findall(r"`(\w+)`", row[0])}
    assert secret == SECRET
    own = {"id", "kind", "statement", "options", "right", "items", "key", "segments", "passages", "blanks"}
    for slot in (*load_lesson(written).slots, *load_lesson(extra).slots):
        exercise = slot.variant("citizen")
        assert {OPTION_OF.get(name, name) for name in set(type(exercise).model_fields) - own} <= told
        assert not SECRET & set(exercise.public())


def test_the_guide_says_how_long_the_extra_kinds_take(extra):
    minutes = {slot.kind: slot.variant("citizen").minutes() for slot in load_lesson(extra).slots}
    assert minutes == {
        "sort": 2 / 5,
        "spot": 0.75,
        "fill": 1,
        "number": 2 * 0.75,
        "table": 2,
        "canvas": 1 + 4 / 2,
        "chat": pytest.approx(1 / 3),
    }


def test_the_guide_says_how_long_each_kind_takes(written):
    lesson = load_lesson(written)
    minutes = {slot.kind: slot.variant("citizen").minutes() for slot in lesson.slots}
    assert minutes == {"choice": 0.5, "sort": 0.4, "spot": 0.75, "prompt": 3, "teach": 3, "product": 3}
    assert any(isinstance(slot.variant("citizen"), RubricExercise) for slot in lesson.slots)


def test_the_steps_name_commands_that_exist_and_pictures_with_words():
    text = GUIDE.read_text(encoding="utf-8")
    steps = text[: text.index("## Writing a lesson: reference")]
    named = set(re.findall(r"^\.venv/bin/bdhai (\w+)", steps, flags=re.MULTILINE))
    assert named == {"new", "preview", "lint"}
    assert named <= set(get_command(app).commands)
    pictures = re.findall(r"!\[(.*?)\]\((.*?)\)", steps)
    assert len(pictures) >= 3
    for words, file in pictures:
        assert len(words) > 40
        assert (REPOSITORY / file).stat().st_size < 100_000
    assert set(re.findall(r"`(\w+)`", steps[steps.index("| dùng loại |") : steps.index("**2.")])) == set(
        kinds()
    )
