"""bdhai new: a lesson that is right from the first minute, made of the kinds' own pieces."""

import pytest
from typer.testing import CliRunner

from courses.cli import app
from courses.exercises.registry import kinds
from courses.lessons import load_lesson
from courses.lessons.lint import WHOLE, lint
from courses.lessons.new import KINDS, NewLessonError, new_lesson
from courses.lessons.notes import without_notes
from courses.lessons.pieces import ROLES, pieces
from courses.lessons.public import public_lesson, strings
from tests.courses.lessons.conftest import tree

ADD = "add courses/exercises/{0}/example.md and example.yaml (CONTRIBUTING, “A new exercise kind”)"


@pytest.fixture
def run(tmp_path):
    """Return a function that runs a command over an empty lessons' folder of one's own."""
    site = tmp_path / "site.yaml"
    site.write_text(f"lessons: {tmp_path / 'lessons'}\n", encoding="utf-8")
    runner = CliRunner(env={"BDHAI_SITE": str(site)})
    return lambda *arguments: runner.invoke(app, arguments)


def test_every_kind_brings_its_piece():
    assert [ADD.format(kind) for kind in kinds() if kind not in pieces()] == []


@pytest.mark.parametrize("kind", sorted(pieces()))
def test_each_kinds_piece_is_a_lesson_without_an_error(tmp_path, kind):
    folder = new_lesson(tmp_path, 1, f"thu-{kind}", [kind])
    found = [one for one in lint(tmp_path, [folder]) if one.severity == "error" and one.code not in WHOLE]
    assert [str(one) for one in found] == []
    lesson = load_lesson(folder)
    assert {slot.kind for slot in lesson.slots} == {kind}
    assert {sample.role: sample.case for sample in lesson.samples} == ROLES


def test_the_usual_new_lesson_has_only_more_to_write_and_keeps_the_authors_notes_back(tmp_path):
    folder = new_lesson(tmp_path, 2, "moi-an-gio")
    assert folder == tmp_path / "level2/01-moi-an-gio"
    found = lint(tmp_path)
    assert [str(one) for one in found if one.code not in WHOLE] == []
    assert {one.code for one in found} == {"length", "sample-set"}
    lesson = load_lesson(folder)
    assert [slot.kind for slot in lesson.slots] == list(KINDS)
    assert (lesson.level, lesson.number) == (2, "2.1")
    written = (folder / "lesson.md").read_text(encoding="utf-8")
    notes = [line for line in written.split("\n") if line.startswith("%")]
    assert len(notes) > 5
    shown = "\n".join([lesson.source, *strings(public_lesson(lesson))])
    assert not [note for note in notes if note in shown]
    assert [path.name for path in (tmp_path / "level2").iterdir()] == ["01-moi-an-gio"]


def test_a_note_keeps_the_lines_numbers_and_code_keeps_its_signs():
    text = "một\n% ghi chú\nhai\n```\n%time\n```\n\\% ba"
    assert without_notes(text) == "một\n\nhai\n```\n%time\n```\n\\% ba"


def test_the_next_number_is_taken_unless_one_is_wished_for(tmp_path):
    assert new_lesson(tmp_path, 1, "mot").name == "01-mot"
    assert new_lesson(tmp_path, 1, "bon", number=4).name == "04-bon"
    assert new_lesson(tmp_path, 1, "nam").name == "05-nam"
    assert new_lesson(tmp_path, 1, "hai", number=2).name == "02-hai"


REFUSED = [
    ({"name": "mot"}, "Đã có bài 01-mot"),
    ({"name": "hai", "number": 1}, "Số 01 đã là của bài 01-mot"),
    ({"name": "hai", "number": 100}, "từ 1 đến 99"),
    ({"name": "Mời ăn giỗ"}, "chữ thường không dấu"),
    ({"name": "../mot"}, "chữ thường không dấu"),
    ({"name": "02-hai"}, "không ghi số thứ tự"),
    ({"name": "a" * 41}, "tối đa 40 ký tự"),
    ({"name": "hai", "kinds": ["do-vui"]}, "Không có loại bài “do-vui”"),
]  # fmt: skip


@pytest.mark.parametrize("case", REFUSED, ids=[case[1] for case in REFUSED])
def test_what_cannot_be_made_is_told_and_nothing_is_left_behind(tmp_path, case):
    new_lesson(tmp_path, 1, "mot")
    before = tree(tmp_path)
    wanted, message = case
    with pytest.raises(NewLessonError, match=message):
        new_lesson(tmp_path, 1, **wanted)
    assert tree(tmp_path) == before


def test_the_command_says_which_three_commands_come_next(run):
    done = run("new", "1", "moi-an-gio", "--kinds", "choice, spot")
    assert done.exit_code == 0, done.output
    for command in ("preview level1/01-moi-an-gio", "lint level1/01-moi-an-gio", "build --out"):
        assert f"  bdhai {command}" in done.stdout
    again = run("lint", "level1/01-moi-an-gio")
    assert again.exit_code == 1, again.output
    assert "thêm ví dụ có lời giải [length]" in again.output


def test_a_name_with_vietnamese_marks_gets_one_that_works(run):
    done = run("new", "1", "Mời ăn giỗ")
    assert done.exit_code == 1
    assert "Bạn có thể gõ: bdhai new 1 moi-an-gio" in done.stderr
