"""A lesson takes at most 15 minutes of one learner's time.

minutes = words read / 150 + the minutes that each exercise's kind says answering takes.

Words read: prose for everybody, statements and options, and the longest of the three settings, in
Vietnamese syllables (what stands between spaces). 150 a minute is slow, careful reading on a phone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from courses.clock import text_number
from courses.exercises.text import words
from courses.lessons.lint.finding import Finding, Subject
from courses.lessons.model import CASES, Lesson, Prose

WORDS_A_MINUTE = 150
LIMIT = 15


def reading_minutes(lesson: Lesson) -> float:
    """Return the minutes of reading in the longest setting."""
    return max(sum(len(words(text)) for text in read_in(lesson, case)) for case in CASES) / WORDS_A_MINUTE


def read_in(lesson: Lesson, case: str) -> Iterator[str]:
    """Yield the texts that a learner of one setting reads."""
    for block in lesson.blocks:
        if not isinstance(block, Prose):
            yield block.variant(case).reading()
        elif block.case in {None, case}:
            yield block.text


def doing_minutes(lesson: Lesson) -> float:
    """Return the minutes of answering, the longest setting of each exercise."""
    return sum(max(exercise.minutes() for exercise in slot.variants.values()) for slot in lesson.slots)


def check_time(subject: Subject) -> Iterable[Finding]:
    """Refuse more than 15 minutes; warn when the lesson promises less than it takes."""
    reading, doing = reading_minutes(subject.lesson), doing_minutes(subject.lesson)
    total = reading + doing
    line = subject.key_line("minutes")
    told = f"ước tính {text_number(total)} phút (đọc {text_number(reading)}, làm bài {text_number(doing)})"
    if total > LIMIT:
        yield subject.error(line, f"{told}, quá {LIMIT} phút: bớt chữ hoặc bớt bài tập")
    elif total > subject.lesson.minutes:
        yield subject.warning(
            line, f"{told}, nhưng minutes ghi {subject.lesson.minutes}: sửa minutes hoặc bớt chữ"
        )
