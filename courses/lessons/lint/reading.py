"""What a learner reads of a lesson, as plain pieces with their lines: no Markdown signs, no code, no pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from courses.exercises.base import Frozen
from courses.exercises.terms import TERM
from courses.exercises.text import words
from courses.lessons.model import Case, Lesson, Prose

Role = Literal["text", "heading", "cell", "quote"]
"""``text`` is a paragraph or a list's item; ``quote`` shows a prompt, a reply, a document: somebody else's words."""

_BLOCKS: dict[str, Role] = {"heading": "heading", "th": "cell", "td": "cell", "blockquote": "quote"}
_SENTENCE_END = re.compile(r"(?<=[.?!…])[”’\")\]]*\s+")


class Piece(Frozen):
    """A paragraph, a list's item, a heading or a table's cell."""

    text: str
    line: int
    role: Role = "text"


@lru_cache(maxsize=1)
def _engine() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable("table")


def read_by(lesson: Lesson, case: Case) -> list[Piece]:
    """Return the prose and the statements that a learner of one setting reads, in order."""
    found: list[Piece] = []
    for block in lesson.blocks:
        if not isinstance(block, Prose):
            found += pieces(lesson, block.variant(case).statement, block.line)
        elif block.case in {None, case}:
            found += pieces(lesson, block.text, block.line)
    return found


def read_by_anyone(lesson: Lesson) -> list[Piece]:
    """Return the prose and the statements of all settings, in order, each once."""
    found: list[Piece] = []
    for block in lesson.blocks:
        if isinstance(block, Prose):
            found += pieces(lesson, block.text, block.line)
        else:
            for exercise in block.variants.values():
                found += pieces(lesson, exercise.statement, block.line)
    return found


def pieces(lesson: Lesson, text: str, line: int) -> Iterator[Piece]:
    """Yield the pieces of a Markdown text that begins on a line; ``{term:…}`` comes out as its shown words."""
    open_blocks: list[Role] = []
    for token in _engine().parse(TERM.sub(lambda found: _shown(lesson, found), text)):
        role = _BLOCKS.get(token.tag if token.type != "heading_open" else "heading")
        if token.nesting and token.type != "inline" and (role or token.type == "heading_close"):
            if token.nesting > 0:
                open_blocks.append(role or "heading")
            else:
                open_blocks.pop()
        if token.type == "inline" and (plain := _plain(token).strip()):
            place = line + (token.map[0] if token.map else 0)
            yield Piece(text=plain, line=place, role=open_blocks[0] if open_blocks else "text")


def _shown(lesson: Lesson, found: re.Match[str]) -> str:
    term = lesson.terms.get(found["id"].strip())
    return (found["shown"] or "").strip() or (term.word if term else found["id"])


def _plain(token: Token) -> str:
    signs = {"softbreak": " ", "hardbreak": " "}
    return "".join(
        child.content if child.type == "text" else signs.get(child.type, "") for child in token.children or ()
    )


def sentences(piece: Piece) -> list[str]:
    """Return the sentences of a piece that hold a word; a colon or semicolon ends none."""
    return [part.strip() for part in _SENTENCE_END.split(piece.text) if words(part)]
