"""The commands as a trainer runs them."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from courses.cli import app
from tests.courses.lessons.conftest import SLUG, tree


@pytest.fixture
def run(tmp_path: Path, whole: Path, edit):
    """Return a function that runs a command over lessons of one's own; they use no fact."""
    edit("Nhớ rằng {fact:luat-thu}.", "Nhớ rằng lệnh là lời dặn.")
    edit("minutes: 12", "minutes: 15")
    site = tmp_path / "site.yaml"
    site.write_text(f"lessons: {whole.parents[1]}\n", encoding="utf-8")
    runner = CliRunner(env={"BDHAI_SITE": str(site)})
    return lambda *arguments: runner.invoke(app, arguments)


def test_lint_is_content_with_a_good_lesson(run):
    done = run("lint")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "0 lỗi, 0 cảnh báo.\n")


def test_lint_lists_errors_and_fails(run, edit):
    edit("- [x] Đoán chữ hợp", "- [ ] Đoán chữ hợp")
    done = run("lint", f"level1/{SLUG}")
    assert done.exit_code == 1
    assert (
        done.stdout == f"level1/{SLUG}/lesson.md:25: choice: chưa có lựa chọn đúng: đánh dấu [x] [choice]\n"
    )


def test_lint_takes_folders_and_gives_json(run, edit, folder):
    edit("minutes: 15", "minutes: 3")
    done = run("lint", str(folder), "--json")
    assert done.exit_code == 0
    (finding,) = json.loads(done.stdout)
    assert (finding["path"], finding["line"], finding["severity"]) == (
        f"level1/{SLUG}/lesson.md",
        3,
        "warning",
    )


def test_lint_of_a_lesson_that_is_not_there_says_so(run):
    done = run("lint", "level1/09-khong-co")
    assert done.exit_code == 1
    assert done.stdout == "level1/09-khong-co/lesson.md:1: không có tệp này [lesson]\n"


def test_build_writes_the_courses(run, tmp_path):
    done = run("build", "--out", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    assert f"level1/release/{SLUG}/lesson.json" in tree(tmp_path / "out")


def test_build_stops_at_a_broken_lesson(run, edit, tmp_path):
    edit("- [x] Đoán chữ hợp", "- [ ] Đoán chữ hợp")
    done = run("build", "--out", str(tmp_path / "out"))
    assert done.exit_code == 1
    assert "lesson.md:25: choice" in done.stderr
    assert not (tmp_path / "out/level1").exists()


@pytest.mark.parametrize("arguments", [("lint",), ("build", "--out", "out")])
def test_a_folder_without_lessons_is_told(run, root, arguments):
    shutil.rmtree(root / "level1")
    done = run(*arguments)
    assert done.exit_code == 1
    assert "không thấy bài học nào" in done.stderr


def test_the_schools_commands_stand_beside(run):
    assert "import" in run("roster", "--help").output
