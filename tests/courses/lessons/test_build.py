"""bdhai build: the same bytes every time, all or nothing, and stock nbgrader makes the same release."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import nbformat
import pytest

from courses.lessons import LessonError, load_lesson
from courses.lessons.build import build_all
from courses.lessons.notebook import CASE_NAMES
from tests.courses.lessons.conftest import SLUG, tree


@pytest.fixture
def built(root, facts, tmp_path):
    out = tmp_path / "out"
    build_all(root, out, facts)
    return out


def notebook(built: Path, kind: str) -> nbformat.NotebookNode:
    return nbformat.read(built / "level1" / kind / SLUG / f"{SLUG}.ipynb", as_version=4)


def test_building_twice_gives_the_same_bytes(root, facts, tmp_path, built):
    before = tree(built)
    build_all(root, built, facts)
    build_all(root, tmp_path / "elsewhere", facts)
    assert tree(built) == tree(tmp_path / "elsewhere") == before


def test_source_and_release_hold_notebook_lesson_and_pictures(built):
    files = ["02-lenh-thu.ipynb", "assets/bon-phan.svg", "lesson.json"]
    for kind in ("source", "release"):
        assert sorted(tree(built / "level1" / kind)) == [f"{SLUG}/{file}" for file in files]
    names = sorted(path.name for path in built.iterdir())
    assert names == ["level1"]


def test_lesson_json_tells_the_player_what_it_needs(built, folder, facts):
    lesson = load_lesson(folder, facts)
    public = json.loads((built / "level1/release" / SLUG / "lesson.json").read_text(encoding="utf-8"))
    assert public["v"] == 1
    assert (public["key"], public["number"], public["minutes"]) == (lesson.key, "1.2", 12)
    assert [slot["id"] for slot in public["slots"]] == [slot.id for slot in lesson.slots]
    assert list(public["slots"][0]["variants"]) == [""]
    assert sorted(public["slots"][4]["variants"]) == ["citizen", "official", "trader"]
    assert public["glossary"] == [{"id": "lenh", "means": lesson.terms["lenh"].means}]
    assert public["slots"][4]["variants"]["trader"] == lesson.slot("lenh").variant("trader").public()


@pytest.mark.parametrize("kind", ["source", "release"])
def test_notebooks_are_valid_and_their_cells_say_what_they_are(built, kind):
    book = notebook(built, kind)
    nbformat.validate(book)
    assert len({cell.id for cell in book.cells}) == len(book.cells)
    roles = [cell.metadata.bdhai["role"] for cell in book.cells]
    assert roles[:6] == ["title", "teach_back", "review", "prose", "task", "widget"]
    assert roles[-1] == "submit"
    assert book.cells[0].cell_type == "markdown"
    cases = [cell.metadata.bdhai["case"] for cell in book.cells if "case" in cell.metadata.bdhai]
    assert cases == ["official", "trader", "citizen"]


def test_exercise_cells_are_locked_tasks_worth_their_points(built, folder, facts):
    lesson = load_lesson(folder, facts)
    tasks = [cell for cell in notebook(built, "release").cells if cell.metadata.bdhai["role"] == "task"]
    graded = [(t.metadata.nbgrader.grade_id, t.metadata.nbgrader.points) for t in tasks]
    assert graded == [(slot.id, slot.points) for slot in lesson.slots]
    assert all(task.metadata.nbgrader.task and task.metadata.nbgrader.locked for task in tasks)
    assert all(name in tasks[4].source for name in CASE_NAMES.values())


def test_the_mark_scheme_stands_in_source_only(built):
    source = "".join(cell.source for cell in notebook(built, "source").cells)
    release = "".join(cell.source for cell in notebook(built, "release").cells)
    assert source.count("=== BEGIN MARK SCHEME ===") == source.count("=== END MARK SCHEME ===") == 6
    assert "- [x] Đoán chữ hợp nhất đứng sau" in source
    assert "Bạn là cán bộ văn thư giỏi" in source
    assert "MARK SCHEME" not in release


def test_code_cells_only_call_the_player(built):
    code = [cell for cell in notebook(built, "release").cells if cell.cell_type == "code"]
    assert code[0].source == "from courses.player import review\nreview()"
    assert code[1].source == 'from courses.player import exercise\nexercise("doan-chu")'
    assert code[-1].source == "from courses.player import submit\nsubmit()"
    assert all(cell.metadata.jupyter.source_hidden and cell.metadata.editable is False for cell in code)


def test_a_failed_build_leaves_the_old_output(root, facts, built, edit):
    before = tree(built)
    edit("- [x] Đoán chữ hợp", "- [ ] Đoán chữ hợp")
    with pytest.raises(LessonError, match="chưa có lựa chọn đúng"):
        build_all(root, built, facts)
    assert tree(built) == before


def test_a_lesson_that_would_show_a_secret_is_not_built(root, facts, built, edit):
    before = tree(built)
    edit("Bây giờ tới lượt bạn.", "Nhớ nhé: AI đoán chữ hợp nhất đứng ngay sau.")
    with pytest.raises(LessonError, match=r"lesson\.md:18: choice: phần giữ kín “AI đoán chữ hợp nhất"):
        build_all(root, built, facts)
    assert tree(built) == before


def test_gradebook_and_submissions_are_left_alone(root, facts, built):
    kept = built / "level1/submitted/an" / SLUG / "answers.json"
    kept.parent.mkdir(parents=True)
    kept.write_text("{}")
    (built / "level1/gradebook.db").write_bytes(b"db")
    build_all(root, built, facts)
    assert kept.read_text() == "{}"
    assert (built / "level1/gradebook.db").read_bytes() == b"db"


def test_a_lesson_that_was_withdrawn_leaves_the_output(root, folder, facts, built):
    shutil.copytree(folder, folder.with_name("03-khac"))
    build_all(root, built, facts)
    assert (built / "level1/release/03-khac").is_dir()
    shutil.rmtree(folder.with_name("03-khac"))
    build_all(root, built, facts)
    assert not (built / "level1/release/03-khac").exists()
    assert not (built / "level1/source/03-khac").exists()


def test_what_a_killed_build_left_is_cleared_away(root, facts, built):
    (built / ".build-killed/level1").mkdir(parents=True)
    build_all(root, built, facts)
    assert [path.name for path in built.iterdir()] == ["level1"]


def test_a_build_waits_for_another_of_the_same_folder(root, facts, built):
    before = tree(built)
    other = os.open(built, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    with ThreadPoolExecutor(1) as pool:
        build = pool.submit(build_all, root, built, facts)
        done, _ = wait([build], timeout=2)
        os.close(other)
        assert not done
        build.result()
    assert tree(built) == before


def nbgrader(course: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "nbgrader", *arguments]
    path = str(Path(sys.executable).parent)  # nbgrader calls alembic by name
    done = subprocess.run(
        command,
        cwd=course,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": f"{path}:/usr/bin:/bin", "HOME": str(course)},
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_stock_nbgrader_makes_the_very_same_release(built):
    ours = tree(built / "level1/release")
    nbgrader(built / "level1", "generate_assignment", SLUG, "--force")
    assert tree(built / "level1/release") == ours


def test_stock_nbgrader_feedback_shows_no_mark_scheme(built):
    course = built / "level1"
    nbgrader(course, "generate_assignment", SLUG, "--force")
    submitted = course / "submitted/an" / SLUG
    submitted.mkdir(parents=True)
    shutil.copy(course / "release" / SLUG / f"{SLUG}.ipynb", submitted)
    only_grades = "--Autograde.autograde_preprocessors=nbgrader.preprocessors.SaveAutoGrades"
    nbgrader(course, "autograde", SLUG, only_grades)
    nbgrader(course, "generate_feedback", SLUG)
    autograded = (course / "autograded/an" / SLUG / f"{SLUG}.ipynb").read_text(encoding="utf-8")
    feedback = (course / "feedback/an" / SLUG / f"{SLUG}.html").read_text(encoding="utf-8")
    assert "MARK SCHEME" in autograded  # nbgrader puts it back: the reason for our feedback setting
    assert "AI viết câu trả lời bằng cách nào?" in feedback
    for secret in ("MARK SCHEME", "cán bộ văn thư giỏi", "Năm 2031 còn chưa tới"):
        assert secret not in feedback


def test_nbgrader_never_runs_what_was_handed_in(built):
    config = (built / "level1/nbgrader_config.py").read_text(encoding="utf-8")
    listed = config[config.index("autograde_preprocessors") :].split("]")[0]
    assert "Execute" not in listed
    order = ["SaveAutoGrades", "LedgerMarks", "AssignLatePenalties"]
    assert [listed.index(name) for name in order] == sorted(listed.index(name) for name in order)


def test_the_config_names_no_path_of_this_machine(built, tmp_path):
    config = (built / "level1/nbgrader_config.py").read_text(encoding="utf-8")
    assert str(tmp_path) not in config
    assert 'course_id = "level1"' in config
