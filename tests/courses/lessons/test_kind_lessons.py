"""Each exercise kind has a sample lesson under tests/lessons: built, linted, and marked as its author expects."""

import pytest

from courses.exercises.base import RubricExercise
from courses.exercises.registry import kinds
from courses.lessons import lesson_folders, load_lesson
from courses.lessons.build import build_all
from courses.lessons.lint import WHOLE, lint
from courses.site import REPOSITORY

ROOT = REPOSITORY / "tests" / "lessons"
FOLDERS = lesson_folders(ROOT)


def test_no_sample_lesson_has_an_error():
    found = [one for one in lint(ROOT) if one.severity == "error" and one.code not in WHOLE]
    assert [str(one) for one in found] == []


def test_the_sample_lessons_build_the_same_bytes_twice(tmp_path):
    build_all(ROOT, tmp_path / "one")
    build_all(ROOT, tmp_path / "two")
    files = [path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file()]
    assert {path.parts[2] for path in files if len(path.parts) > 2} == {folder.name for folder in FOLDERS}
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes(), file


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_sample_is_marked_as_its_author_expects(folder):
    lesson = load_lesson(folder)
    assert {"full", "partial", "blank", "wrong"} <= {sample.role for sample in lesson.samples}
    for sample in lesson.samples:
        for exercise_id, expected in sample.expect.items():
            exercise = lesson.slot(exercise_id).variant(sample.case)
            score = exercise.mark(exercise.parse_answer(expected.answer)).score
            if score is None:
                assert isinstance(exercise, RubricExercise)
                score = exercise.judged_mark(exercise.parse_answer(expected.answer), expected.verdicts).score
            assert score == pytest.approx(expected.score, abs=0.005), (sample.name, exercise_id)


def test_every_kind_has_a_sample_lesson():
    assert {slot.kind for folder in FOLDERS for slot in load_lesson(folder).slots} == set(kinds())
