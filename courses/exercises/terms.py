"""``{term:ID|shown}`` marks in Markdown, and the pop-up button that the lesson page makes of each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from courses.exercises.markdown import render

TERM = re.compile(r"\{term:(?P<id>[^|}\n]*)(?:\|(?P<shown>[^|}\n]*))?\}")

# Markdown must see one plain letter where a mark stands; these two never occur in a text.
_OPEN, _CLOSE = "\ue000", "\ue001"
_STAND_IN = re.compile(f"{_OPEN}(\\d+){_CLOSE}([.,;:!?…)”’]*)")


def render_with_terms(text: str, means: Mapping[str, str], first: int) -> str:
    """Return safe HTML in which each mark is a button with its explanation beside it.

    Args:
        text: Markdown with full marks.
        means: explanation by term id; a mark without one comes out as its shown words.
        first: number of the first pop-up; ids on a page must differ.
    """
    marks: list[str] = []

    def keep(found: re.Match[str]) -> str:
        marks.append(_popup(found, means, first + len(marks)))
        return f"{_OPEN}{len(marks) - 1}{_CLOSE}"

    html = render(TERM.sub(keep, text.replace(_OPEN, "").replace(_CLOSE, "")))
    return _STAND_IN.sub(lambda found: _kept_together(marks[int(found[1])], found[2]), html)


def _kept_together(mark: str, signs: str) -> str:
    """Return a mark with the signs behind it: a browser may break a line between a button and its full stop."""
    return f'<span class="term-end">{mark}{signs}</span>' if signs and mark.startswith("<") else mark + signs


def count_terms(text: str) -> int:
    """Return how many marks stand in a text."""
    return len(TERM.findall(text))


def _popup(found: re.Match[str], means: Mapping[str, str], number: int) -> str:
    shown = escape((found["shown"] or found["id"]).strip())
    explained = means.get(found["id"].strip())
    if explained is None:
        return shown
    name = f"tu-{number}"
    return (
        f'<button type="button" class="term" popovertarget="{name}">{shown}</button>'
        f'<span class="term-note" id="{name}" popover role="note" tabindex="-1" autofocus>'
        f"<strong>{shown}</strong>: {escape(explained)}"
        f'<button type="button" class="btn btn-quiet term-close" popovertarget="{name}"'
        ' popovertargetaction="hide">Đóng</button></span>'
    )
