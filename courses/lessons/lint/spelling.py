"""Diacritics and spelling: every syllable that a learner reads is Vietnamese, a name, or explained.

Only what stands alone can be wrong here: “bàn” for “bán” is a syllable, too, and stays to the author's eye.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from courses.exercises.base import Exercise, RubricExercise
from courses.lessons.lint.dictionary import Syllables, has_marks
from courses.lessons.lint.finding import Finding, Subject
from courses.lessons.lint.reading import Piece, pieces, read_by_anyone, sentences
from courses.lessons.model import Lesson

_WORD = re.compile(r"\w+")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_QUOTED = re.compile(r"“[^”]*”")
_BARE = 6  # syllables of a sentence; a shorter one may well have no mark


def check_spelling(subject: Subject) -> Iterable[Finding]:
    """Refuse syllables that the dictionary hasn't, and sentences without any diacritic."""
    known = subject.common.words.syllables
    if known is None:
        yield subject.warning(
            1, "máy chưa có từ điển hunspell-vi nên chưa soát được chính tả: chạy scripts/bootstrap run"
        )
        return
    told: set[str] = set()
    for piece in _shown(subject):
        for word in odd_words(piece, known):
            if word not in told:
                told.add(word)
                yield subject.error(
                    piece.line,
                    f"“{word}” không có trong từ điển: sửa chính tả, hoặc giải thích trong glossary.yaml",
                )
        for sentence in _bare(piece):
            yield subject.error(piece.line, f"câu “{sentence[:40]}…” thiếu dấu: gõ lại có dấu")


def odd_words(piece: Piece, known: Syllables) -> Iterator[str]:
    """Yield the words of a piece that nobody knows; abbreviations are the glossary's matter."""
    for word in _WORD.findall(_own_words(piece)):
        is_number = any(sign.isdigit() or sign == "_" for sign in word)
        if not is_number and len(word) > 1 and not word.isupper() and word.casefold() not in known:
            yield word


def _own_words(piece: Piece) -> str:
    """Return the author's own words: nothing quoted that somebody typed without diacritics."""
    if piece.role == "quote" and not has_marks(piece.text):
        return ""
    return _QUOTED.sub(lambda found: found[0] if has_marks(found[0]) else " ", piece.text)


def _bare(piece: Piece) -> Iterator[str]:
    if piece.role != "quote":
        text = Piece(text=_own_words(piece), line=piece.line)
        for sentence in sentences(text):
            if len(_LETTERS.findall(sentence)) >= _BARE and not has_marks(sentence):
                yield sentence


def _shown(subject: Subject) -> Iterator[Piece]:
    """Yield all that an author tells learners in own words; options, passages and samples may be wrong on purpose."""
    lesson = subject.lesson
    head = {
        "title": (lesson.title,),
        "goals": lesson.goals,
        "outcome": (lesson.outcome,),
        "cards": tuple(text for card in lesson.cards for text in (card.q, card.a)),
    }
    for key, texts in head.items():
        yield from (Piece(text=text, line=subject.key_line(key)) for text in texts)
    yield from read_by_anyone(lesson)
    yield from _advice(lesson)


def _advice(lesson: Lesson) -> Iterator[Piece]:
    for slot in lesson.slots:
        for exercise in slot.variants.values():
            for text in _told(exercise):
                yield from pieces(lesson, text, slot.line)


def _told(exercise: Exercise) -> tuple[str, ...]:
    criteria = exercise.rubric if isinstance(exercise, RubricExercise) else ()
    return (*exercise.hints, exercise.why, *(criterion.text for criterion in criteria))
