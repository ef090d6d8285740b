"""The three settings are three different situations, not one text with a word changed."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from difflib import SequenceMatcher

from courses.exercises.text import words
from courses.lessons.lint.finding import Finding, Subject
from courses.lessons.model import CASES, Case, Lesson, Prose

_TOO_ALIKE = 0.85  # share of words in common runs


def check_cases(subject: Subject) -> Iterable[Finding]:
    """Refuse settings that are nearly the same; warn when a lesson has none."""
    lines = [slot.line for slot in subject.lesson.slots if "" not in slot.variants]
    if not lines:
        yield subject.warning(1, "bài chưa có ba trường hợp (case): mỗi thử thách cần ba bối cảnh")
        return
    texts = {case: _words_of(subject.lesson, case) for case in CASES}
    for one, two in itertools.combinations(CASES, 2):
        if SequenceMatcher(None, texts[one], texts[two], autojunk=False).ratio() > _TOO_ALIKE:
            yield subject.error(
                lines[0], f"case: {one} và {two} gần như giống hệt nhau: viết hai bối cảnh khác nhau"
            )


def _words_of(lesson: Lesson, case: Case) -> list[str]:
    """Return the words that only one setting reads."""
    texts = [
        block.text if isinstance(block, Prose) else block.variants[case].reading()
        for block in lesson.blocks
        if (block.case == case if isinstance(block, Prose) else case in block.variants)
    ]
    return words("\n".join(texts))
