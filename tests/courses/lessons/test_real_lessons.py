"""Every lesson that learners get passes the linter and is marked as its authors expect."""

import pytest

from courses.exercises.base import RubricExercise
from courses.lessons import lesson_folders, load_lesson
from courses.lessons.lint import lint
from courses.site import REPOSITORY

FOLDERS = lesson_folders(REPOSITORY)


def test_there_are_lessons():
    assert FOLDERS


def test_no_lesson_has_an_error():
    assert [str(one) for one in lint(REPOSITORY) if one.severity == "error"] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_sample_is_marked_as_its_author_expects(folder):
    lesson = load_lesson(folder)
    assert {"full", "partial", "blank", "wrong"} <= {sample.role for sample in lesson.samples}
    for sample in lesson.samples:
        for slot in lesson.slots:
            exercise = slot.variant(sample.case)
            expected = sample.expect.get(slot.id)
            answer = exercise.parse_answer(expected.answer if expected else {})
            score = exercise.mark(answer).score
            if score is None:
                assert isinstance(exercise, RubricExercise)
                score = exercise.judged_mark(answer, expected.verdicts).score
            assert score == pytest.approx(expected.score if expected else 0, abs=0.005), (
                sample.name,
                slot.id,
            )
