"""The pages of a preview: the lesson with the learners' own template, and the author's page around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import nbformat
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from courses.clock import text_number
from courses.lessons.notebook import CASE_NAMES
from courses.player.cards import REVIEW, SUBMIT, card_of
from courses.player.lesson import Json
from courses.player.page import prepare
from courses.player.session import Session
from courses.preview.draft import Draft

if TYPE_CHECKING:
    from jupyter_server.base.handlers import JupyterHandler

_HERE = Path(__file__).parent
_LESSON = _HERE.parent / "player" / "share" / "jupyter" / "voila" / "templates" / "bdhai"
_VIEW = "application/vnd.jupyter.widget-view+json"
_CARD = "application/vnd.bdhai.card+json"
MODEL = "xem-thu."
"""Begins the model id of every card; the card's own name follows."""

STATUS_WORDS = {
    "right": "đúng",
    "partly": "đúng một phần",
    "wrong": "chưa đúng",
    "blank": "để trống",
    "waiting": "chờ chấm",
}
ROLE_WORDS = {
    "full": "đủ điểm",
    "partial": "một phần",
    "blank": "để trống",
    "wrong": "sai",
    "other": "khác",
}


@dataclass(frozen=True)
class Place:
    """Where the preview is served: the path that all its addresses begin with, and the released lesson."""

    base: str  # /TOKEN/
    released: Path


def lesson_page(draft: Draft, place: Place, get_cookie: Callable[[str], str | None]) -> str:
    """Return the lesson's page, as Voila would fill the same template.

    Args:
        draft: the lesson as it was last readable.
        place: where the preview is served.
        get_cookie: the request's cookies by name, for the way of reading that the author tries.
    """
    if draft.session is None:
        raise ValueError("no lesson could be read yet")
    notebook = nbformat.from_dict(draft.notebook)  # type: ignore[no-untyped-call]  # theirs is untyped
    request = SimpleNamespace(
        base_url=place.base,
        contents_manager=SimpleNamespace(root_dir=str(place.released)),
        xsrf_token=b"",
        get_cookie=get_cookie,
    )
    notebook = prepare(cast("JupyterHandler", request), notebook, draft.session.lesson.key)
    outside = f"{place.base}ngoai-bai"
    case = draft.session.store.read().case
    notebook.metadata["bdhai_page"].update(home=outside, lab=outside, case=case, sample=False)
    session = draft.session
    return (
        _lesson_template()
        .get_template("index.html.j2")
        .render(
            nb=notebook,
            kernel_start=lambda _nb: "xem-thu",
            cell_generator=lambda nb, _kernel: _shown(nb.cells, session),
        )
    )


def _shown(cells: list[nbformat.NotebookNode], session: Session) -> Iterator[Json]:
    """Yield the code cells with their cards, as a kernel's outputs carry them."""
    for cell in cells:
        if cell.cell_type == "code":
            name = _card_name(cell.metadata.get("bdhai", {}))
            card, state = card_of(session, name)
            data = {_VIEW: {"model_id": f"{MODEL}{name}"}, _CARD: {"card": card, "state": state}}
            yield {"id": cell.id, "outputs": [{"data": data}]}


def _card_name(about: dict[str, str]) -> str:
    return {"submit": SUBMIT, "review": REVIEW}.get(about.get("role", ""), about.get("exercise", SUBMIT))


def author_page(name: str, **values: object) -> str:
    """Return one of our own pages."""
    return (
        _templates()
        .get_template(name)
        .render(cases=CASE_NAMES, statuses=STATUS_WORDS, roles=ROLE_WORDS, **values)
    )


@lru_cache(maxsize=1)
def _lesson_template() -> Environment:
    # The template escapes each value itself, as Voila's environment wants it.
    return Environment(loader=FileSystemLoader(_LESSON), autoescape=False)  # noqa: S701 - see the line above


@lru_cache(maxsize=1)
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined
    )
    made.filters["number"] = lambda value: text_number(value, 2)
    made.filters["minutes"] = text_number
    return made
