"""Texts of authors and learners: one normal form, words, and what counts as a copy of the task."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_MARKUP = re.compile(r"[\W_]+", re.UNICODE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # Unicode's category Cc without \t and \n
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_PICTURE = re.compile(r"!\[[^\]]*\]\([^)\s]*\)")
_COPY_WORDS = 8  # a shorter passage of the task may well be a learner's own words


def nfc(text: str) -> str:
    """Return the text in Unicode normal form C, the only form that we store and compare."""
    return unicodedata.normalize("NFC", text)


def clean(text: str) -> str:
    """Return a learner's text as we store it: NFC, plain line ends, no control characters.

    PostgreSQL refuses NUL in JSON, and control characters mean nothing in an answer.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return nfc(_CONTROL.sub("", lines))


def is_encodable(text: str) -> bool:
    """Tell whether the text is whole: a lone surrogate cannot be stored or hashed."""
    return _SURROGATE.search(text) is None


def words(text: str) -> list[str]:
    """Return the syllables of a text, in small letters, without punctuation and Markdown signs."""
    return _MARKUP.sub(" ", nfc(text).casefold()).split()


def without_pictures(text: str) -> str:
    """Return a Markdown text without its pictures and the words for them."""
    return _PICTURE.sub(" ", text)


def is_copy_of(answer: str, task: str) -> bool:
    """Tell whether an answer is the task itself, one paragraph of it, or a long passage of it."""
    given = " ".join(words(answer))
    if not given:
        return False
    paragraphs, whole = _task_words(task)
    is_long = given.count(" ") + 1 >= _COPY_WORDS
    return given in paragraphs or given == whole.strip() or (is_long and f" {given} " in whole)


@lru_cache(maxsize=1024)
def _task_words(task: str) -> tuple[frozenset[str], str]:
    """Return a task's paragraphs and the whole of it as words; each task is asked for at every answer."""
    paragraphs = frozenset(" ".join(words(part)) for part in re.split(r"\n\s*\n", task))
    return paragraphs, f" {' '.join(words(task))} "
