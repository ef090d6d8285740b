"""``{fact:ID}`` in a lesson becomes the fact's dated wording."""

from __future__ import annotations

import re
from collections.abc import Callable

from courses.catalog.facts import Facts

_FACT = re.compile(r"\{fact:(?P<id>[^}\n]*)\}")


def fact_ids(text: str) -> list[str]:
    """Return the ids that a text refers to, in order, repeats included."""
    return [found["id"].strip() for found in _FACT.finditer(text)]


def expand(text: str, facts: Facts, missing: Callable[[str, int], None]) -> str:
    """Return the text with its facts put in; ``missing(id, 0-based line)`` hears of unknown ones."""

    def wording(found: re.Match[str]) -> str:
        fact = facts.get(found["id"].strip())
        if fact is None:
            missing(found["id"].strip(), text.count("\n", 0, found.start()))
            return found[0]
        return fact.shown()

    return _FACT.sub(wording, text)
