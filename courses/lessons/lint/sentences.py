"""Short sentences: what can be read in one breath on a phone.

Counted are paragraphs and list items of prose and statements. A quoted prompt, reply or document stays as it would be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from courses.clock import text_number
from courses.exercises.text import words
from courses.lessons.lint.finding import Finding, Subject
from courses.lessons.lint.reading import read_by_anyone, sentences
from courses.lessons.model import Lesson

MEAN = 20  # words (syllables) a sentence
LONGEST = 35


def own_sentences(lesson: Lesson) -> Iterator[tuple[str, int]]:
    """Yield the author's own sentences with the lines of their paragraphs."""
    for piece in read_by_anyone(lesson):
        if piece.role == "text":
            yield from ((sentence, piece.line) for sentence in sentences(piece))


def check_sentences(subject: Subject) -> Iterable[Finding]:
    """Refuse any sentence above 35 words, and a mean above 20."""
    counts: list[int] = []
    for sentence, line in own_sentences(subject.lesson):
        counts.append(len(words(sentence)))
        if counts[-1] > LONGEST:
            yield subject.error(
                line, f"câu “{sentence[:40]}…” dài {counts[-1]} chữ, quá {LONGEST}: tách làm hai câu"
            )
    mean = sum(counts) / max(1, len(counts))
    if mean > MEAN:
        yield subject.error(1, f"mỗi câu trung bình {text_number(mean)} chữ, quá {MEAN}: viết câu ngắn hơn")
