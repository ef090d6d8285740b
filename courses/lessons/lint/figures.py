"""A criterion that counts tells how many, and so does the task: a learner reads the task first, and does what it says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from courses.exercises.base import Exercise, RubricExercise
from courses.exercises.product.kind import Product
from courses.lessons.lint.finding import Finding, Subject
from courses.lessons.lint.reading import pieces
from courses.lessons.model import Prose

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"\w+")
_DAY = re.compile(r"\bthứ\s(?:hai|ba|tư|năm|sáu|bảy)\b|\bnăm\s\d{4}\b", re.IGNORECASE)
_NAMES = {
    "hai": "2", "ba": "3", "bốn": "4", "năm": "5", "sáu": "6", "bảy": "7", "tám": "8", "chín": "9", "mười": "10",
}  # fmt: skip


def check_figures(subject: Subject) -> Iterable[Finding]:
    """Warn of figures in a criterion's text that neither the task nor its setting's story names."""
    for slot in subject.lesson.slots:
        for case, exercise in slot.variants.items():
            if isinstance(exercise, RubricExercise):
                known = figures(" ".join(_read(subject, case, exercise)))
                for criterion in exercise.rubric:
                    if missing := sorted(figures(criterion.text) - known):
                        yield subject.warning(
                            slot.line,
                            f"{slot.kind}: tiêu chí “{criterion.id}” đếm tới {', '.join(missing)} mà đề không nhắc số ấy: "
                            "thêm vào đề",
                        )


def figures(text: str) -> set[str]:
    """Return the figures of a text, written in digits or, from two to ten, in words; weekdays and years are none."""
    plain = _DAY.sub(" ", text)
    named = (_NAMES.get(word) for word in _WORD.findall(plain.casefold()))
    return {*_FIGURE.findall(plain), *filter(None, named)}


def _read(subject: Subject, case: str, exercise: Exercise) -> Iterator[str]:
    """Yield what a learner has read of the task: statement, what is asked beside it, the setting's story."""
    yield exercise.reading()
    if isinstance(exercise, Product):
        yield from (check.label() for check in exercise.checks)
    for block in subject.lesson.blocks:
        if isinstance(block, Prose) and block.case == case and case:
            yield from (piece.text for piece in pieces(subject.lesson, block.text, block.line))
