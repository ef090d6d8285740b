"""Abbreviations and foreign words are in the glossary, and explained where the lesson first uses them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from courses.catalog.glossary import Glossary
from courses.exercises.text import words
from courses.lessons.lint.dictionary import Syllables
from courses.lessons.lint.finding import Finding, Subject
from courses.lessons.lint.reading import read_by_anyone

_WORD = re.compile(r"[^\W\d_]{2,}")
_NUMBER = re.compile(r"\w*\d[\w./-]*")  # 30/2020/NĐ-CP, 5W1H: no words


def check_glossary(subject: Subject) -> Iterable[Finding]:
    """Refuse abbreviations that the glossary hasn't, and its foreign words when the lesson explains none of them."""
    vietnamese, known = subject.common.words.vietnamese, subject.common.words.syllables
    if vietnamese is None or known is None:  # check_spelling says so
        return
    foreign = _foreign(subject.common.words.glossary, vietnamese)
    told: set[str] = set()
    for word, line in _words(subject):
        key = word.casefold()
        if key in told:
            continue
        if word.isupper() and key not in known:
            told.add(key)
            yield subject.error(
                line, f"chữ viết tắt “{word}” chưa có trong glossary.yaml: thêm vào đó, hoặc viết đủ chữ"
            )
        elif key in foreign and not foreign[key] & set(subject.lesson.terms):
            told.add(key)
            term = min(foreign[key])
            yield subject.error(
                line, f"“{word}” chưa được giải thích trong bài: lần đầu viết {{term:{term}|{word}}}"
            )


def _words(subject: Subject) -> Iterator[tuple[str, int]]:
    for piece in read_by_anyone(subject.lesson):
        for word in _WORD.findall(_NUMBER.sub(" ", piece.text)):
            yield word, piece.line


def _foreign(glossary: Glossary, vietnamese: Syllables) -> Mapping[str, frozenset[str]]:
    """Return the ids of the terms that explain a word, for every word of the glossary that is not Vietnamese."""
    found: dict[str, set[str]] = {}
    for term in glossary.values():
        for word in words(term.word):
            if word not in vietnamese and not any(sign.isdigit() for sign in word):
                found.setdefault(word, set()).add(term.id)
    return {word: frozenset(ids) for word, ids in found.items()}
