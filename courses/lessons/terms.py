"""``{term:ID}`` and ``{term:ID|shown}`` in prose: found, checked, and written out plainly.

A lesson keeps the marks, for the lesson page makes a button of each; a notebook in JupyterLab has no such
button and gets the explanation in brackets at the first use.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from courses.catalog.glossary import Glossary, Term
from courses.exercises.terms import TERM


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
    """Return the text without marks; a term that is not in ``seen`` is explained, and joins it."""

    def words(found: re.Match[str]) -> str:
        name, shown = found["id"].strip(), (found["shown"] or "").strip()
        if name in seen:
            return shown
        seen.add(name)
        return terms[name].plain(shown)

    return TERM.sub(words, text)
