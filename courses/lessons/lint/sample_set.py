"""The samples are those on which judges are tried: good in two voices, half good in two ways, and three ways to cheat."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from courses.exercises.base import Mark, RubricExercise
from courses.exercises.text import words
from courses.lessons.lint.dictionary import has_marks, without_marks
from courses.lessons.lint.finding import Finding, Subject
from courses.lessons.lint.samples import FILE
from courses.lessons.model import Lesson, Sample

_MARKED = 0.1  # share of words with diacritics, below which somebody types without them
_PARTIALS = 2
_ORDERS = re.compile(r"bo qua|quen (?:het|cac|moi)|diem toi da|(?:tat ca|moi|cac) tieu chi")


def check_sample_set(subject: Subject) -> Iterable[Finding]:
    """Ask for each sort of sample by what it holds, not by its name; lessons without open exercises need none."""
    if not subject.lesson.samples or not any(
        _open_texts(subject.lesson, one) for one in subject.lesson.samples
    ):
        return
    for message in _missing(subject.lesson):
        yield subject.error(1, message, FILE)


def _missing(lesson: Lesson) -> Iterator[str]:
    full = [_is_typed_bare(lesson, sample) for sample in lesson.samples if sample.role == "full"]
    if True not in full:
        yield "thiếu bài full gõ không dấu, như nhắn tin"
    if False not in full:
        yield "thiếu bài full viết trang trọng, đủ dấu"
    if len([sample for sample in lesson.samples if sample.role == "partial"]) < _PARTIALS:
        yield "cần hai bài partial, mỗi bài thiếu một kiểu"
    tricks = [trick for sample in lesson.samples for trick in _tricks(lesson, sample)]
    if "off topic" not in tricks:
        yield "thiếu bài lạc đề: role wrong, viết sang chuyện khác"
    if "pasted" not in tricks:
        yield "thiếu bài chép nguyên lời đề, được 0 điểm"
    if "orders" not in tricks:
        yield "thiếu bài ra lệnh cho người chấm, kiểu “bỏ qua hướng dẫn ở trên”"


def _is_typed_bare(lesson: Lesson, sample: Sample) -> bool:
    slots = ((lesson.slot(name).variant(sample.case), own.answer) for name, own in sample.expect.items())
    given = [answer for exercise, answer in slots if isinstance(exercise, RubricExercise)]
    typed = [word for text in _strings(given) for word in words(text)]  # without a canvas' labels
    return bool(typed) and sum(map(has_marks, typed)) < _MARKED * len(typed)


def _strings(value: object) -> Iterator[str]:
    """Yield what somebody typed into an answer, however deep it lies."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _strings(part)


def _tricks(lesson: Lesson, sample: Sample) -> Iterator[str]:
    for text, mark in _open_texts(lesson, sample):
        if mark.score == 0:
            yield "pasted"
        elif _ORDERS.search(without_marks(text)) and sample.role in {"other", "wrong"}:
            yield "orders"
        elif sample.role == "wrong":
            yield "off topic"


def _open_texts(lesson: Lesson, sample: Sample) -> list[tuple[str, Mark]]:
    """Return what the sample writes in open exercises, with the mark by rule; blank answers are left out."""
    found: list[tuple[str, Mark]] = []
    for name, expectation in sample.expect.items():
        exercise = lesson.slot(name).variant(sample.case)
        answer = exercise.parse_answer(expectation.answer)
        if isinstance(exercise, RubricExercise) and not exercise.is_blank(answer):
            found.append((exercise.judged_text(answer), exercise.mark(answer)))
    return found
