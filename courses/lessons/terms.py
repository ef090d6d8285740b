"""``{term:ID}`` and ``{term:ID|shown}`` in prose: found, checked, and written out plainly.

A lesson keeps the marks, for the lesson page makes a button of each; a notebook in JupyterLab has no such
button and gets the explanation in brackets at the first use.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from courses.catalog.glossary import Glossary, Term
from courses.exercises.terms import TERM

_EMPTY = re.compile(r"(\n[ \t]*\n)")
_PIECES = re.compile(rf"({re.sub('[?]P<[^>]*>', '?:', TERM.pattern)}|\*\*|[“”])")


def term_ids(text: str) -> Iterator[tuple[str, int]]:
    """Yield the ids that a text refers to with their 0-based lines, repeats included."""
    for found in TERM.finditer(text):
        yield found["id"].strip(), text.count("\n", 0, found.start())


def check_terms(text: str, glossary: Glossary, missing: Callable[[str, int], None]) -> None:
    """Call ``missing(id, 0-based line)`` for each term that the glossary does not know."""
    for name, line in term_ids(text):
        if name not in glossary:
            missing(name, line)


def named(text: str, glossary: Glossary) -> str:
    """Return the text with each mark in its full form, ``{term:ID|shown}``."""

    def full(found: re.Match[str]) -> str:
        name, shown = found["id"].strip(), (found["shown"] or "").strip()
        term = glossary.get(name)
        return f"{{term:{name}|{shown or term.word}}}" if term else found[0]

    return TERM.sub(full, text)


def plain(text: str, terms: Mapping[str, Term], seen: set[str]) -> str:
    """Return the text without marks; a term that is not in ``seen`` is explained, and joins it.

    The explanation stands in brackets: behind the word, behind the bold or quoted words that it belongs to, or in a
    paragraph of its own below a heading or a quoted block, so that it makes none of them longer.
    """
    pieces = _EMPTY.split(text)
    return "".join(_paragraph(piece, terms, seen) for piece in pieces)


def _paragraph(text: str, terms: Mapping[str, Term], seen: set[str]) -> str:
    made: list[str] = []
    waiting: list[str] = []
    bold = quoted = False
    apart = text.lstrip().startswith((">", "#"))
    for piece in _PIECES.split(text):
        if found := TERM.fullmatch(piece):
            name, shown = found["id"].strip(), (found["shown"] or "").strip()
            made.append(shown)
            if name not in seen:
                seen.add(name)
                waiting.append(f"{shown}: {terms[name].means}" if apart else terms[name].bracketed)
        else:
            bold ^= piece == "**"
            quoted = piece == "“" or (quoted and piece != "”")
            made.append(piece)
        if not (bold or quoted or apart):
            made += [f" {note}" for note in waiting]
            waiting.clear()
    return "".join([*made, *(f"\n\n*{note}*" for note in waiting)])
