"""A lesson is long enough to teach one idea and short enough for one sitting: words in each setting."""

from __future__ import annotations

from collections.abc import Iterable

from courses.exercises.text import words
from courses.lessons.lint.finding import Finding, Subject
from courses.lessons.lint.reading import read_by
from courses.lessons.model import CASES, Case, Lesson

FEWEST = 450
FEWEST_OF_A_STARTER = 250  # a first lesson on the telephone itself
MOST = 900


def words_read(lesson: Lesson, case: Case) -> int:
    """Return how many words (syllables) of prose and statements a learner of a setting reads."""
    return sum(len(words(piece.text)) for piece in read_by(lesson, case))


def check_length(subject: Subject) -> Iterable[Finding]:
    """Refuse too few and too many words, setting by setting."""
    lesson = subject.lesson
    fewest = FEWEST_OF_A_STARTER if lesson.number.startswith("0.") else FEWEST
    for case in CASES:
        count = words_read(lesson, case)
        told = f"trường hợp {case} có {count} chữ để đọc"
        if count < fewest:
            yield subject.error(1, f"{told}, cần ít nhất {fewest}: thêm ví dụ có lời giải")
        elif count > MOST:
            yield subject.error(1, f"{told}, nhiều nhất {MOST}: bớt chữ hoặc tách bài")
