"""Why each check exists, told to the author: one Markdown file a code in ``explained/``.

A file has a title, the reason, a wrong and a right example in fences, and how to mend. The fence's name says where
the example stands, and a test puts it there: ``lesson.md`` (a lesson's text), ``lesson.md head`` (keys of its head),
``samples.yaml`` (added samples), ``facts.yaml``, ``assets/NAME`` (a picture).
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from courses.exercises.base import Frozen

_FOLDER = Path(__file__).with_name("explained")
_FENCE = re.compile(r"^```(?P<place>[^\n]+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_TITLE = re.compile(r"^# (?P<title>.+)$", re.MULTILINE)


class Example(Frozen):
    """A piece of a lesson. ``place``: see the module."""

    place: str
    text: str


class Explanation(Frozen):
    """What an author reads about one check."""

    code: str
    title: str
    wrong: Example
    right: Example
    text: str  # the whole file

    def shown(self) -> str:
        """Return the explanation for a terminal: examples indented, no Markdown signs."""
        text = _FENCE.sub(lambda found: textwrap.indent(found["text"], "    ").rstrip("\n"), self.text)
        return _TITLE.sub(lambda found: f"{found['title']} [{self.code}]", text, count=1).strip()


class ExplanationError(ValueError):
    """An explanation is missing or has not the form that the module describes."""


def codes() -> tuple[str, ...]:
    """Return the codes that are explained, sorted."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.md")))


def explanation(code: str) -> Explanation:
    """Return the explanation of a code.

    Raises:
        ExplanationError: when there is none, or when it lacks a part.
    """
    file = _FOLDER / f"{code}.md"
    if code not in codes():
        raise ExplanationError(f"{file.name}: no such explanation")
    text = file.read_text(encoding="utf-8")
    title = _TITLE.search(text)
    fences = [Example(place=found["place"].strip(), text=found["text"]) for found in _FENCE.finditer(text)]
    if title is None or len(fences) != 2 or "Cách sửa:" not in text:  # noqa: PLR2004 - a wrong and a right one
        raise ExplanationError(f"{file.name}: needs a title, two examples in fences and “Cách sửa:”")
    return Explanation(code=code, title=title["title"], wrong=fences[0], right=fences[1], text=text)
