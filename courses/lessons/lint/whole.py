"""A whole lesson practises by rule, asks for own words, and ends with teaching."""

from __future__ import annotations

from collections.abc import Iterable

from courses.exercises.base import RubricExercise
from courses.lessons.lint.finding import Finding, Subject
from courses.lessons.model import ExerciseSlot


def check_settings(subject: Subject) -> Iterable[Finding]:
    """Ask for at least one exercise in three settings."""
    if all("" in slot.variants for slot in subject.lesson.slots):
        yield subject.error(1, "bài chưa có ba trường hợp (case): mỗi thử thách cần ba bối cảnh")


def check_both_kinds(subject: Subject) -> Iterable[Finding]:
    """Ask for an exercise that rules mark, one that criteria mark, and the teach-back."""
    slots = subject.lesson.slots
    if all(_is_open(slot) for slot in slots):
        yield subject.error(
            1, "bài chưa có câu máy chấm được: thêm choice, sort, spot, fill, number, table hoặc chat"
        )
    if not any(_is_open(slot) for slot in slots):
        yield subject.error(1, "bài chưa có câu viết theo tiêu chí: thêm prompt, product, canvas hoặc teach")
    if subject.lesson.teach_back is None:
        yield subject.error(1, "bài chưa có phần dạy lại: thêm teach ở cuối")


def _is_open(slot: ExerciseSlot) -> bool:
    exercise = next(iter(slot.variants.values()))
    return isinstance(exercise, RubricExercise) and bool(exercise.rubric)
