"""Technical words are explained where a lesson first uses them; the glossary says which words are technical."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from courses.catalog.glossary import Term
from courses.exercises.terms import TERM
from courses.lessons.lint.finding import Finding, Subject
from courses.lessons.model import Lesson, Prose

_SKIPPED = re.compile(r"(?m)^(?:#|>).*$|!\[[^\]]*\]\([^)]*\)|\{fact:[^}]*\}")


def check_technical(subject: Subject) -> Iterable[Finding]:
    """Warn of a technical word that stands in a lesson before its explanation, or without any."""
    for term in subject.common.words.glossary.values():
        if term.technical and (line := _unexplained(subject.lesson, term)):
            yield subject.warning(
                line, f"“{term.word}” là từ khó, chưa được giải thích: lần đầu viết {{term:{term.id}}}"
            )


def _unexplained(lesson: Lesson, term: Term) -> int:
    """Return the line of a term's first use when no mark stands before it; 0 when all is well."""
    used = re.compile(rf"(?<!\w){re.escape(term.word)}(?!\w)", re.IGNORECASE)
    for text, first in _texts(lesson):
        marked = next(
            (found.start() for found in TERM.finditer(text) if found["id"].strip() == term.id), None
        )
        plain = _SKIPPED.sub(_blank, TERM.sub(_blank, text))
        place = used.search(plain)
        if place and (marked is None or place.start() < marked):
            return first + text.count("\n", 0, place.start())
        if marked is not None:
            return 0
    return 0


def _blank(found: re.Match[str]) -> str:
    """Keep length and lines, so that places stay the same."""
    return re.sub(r"[^\n]", " ", found[0])


def _texts(lesson: Lesson) -> Iterator[tuple[str, int]]:
    for block in lesson.blocks:
        if isinstance(block, Prose):
            yield block.text, block.line
        else:
            yield from ((exercise.statement, block.line) for exercise in block.variants.values())
