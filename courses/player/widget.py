"""The one widget class: it carries a card to the page and the page's requests to the session.

It knows no exercise kind. In JupyterLab the page gets the JavaScript through the ``_esm`` trait; in
the lesson view it is already there as a cached file, so the trait is only a mark.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping

import anywidget
import traitlets

from courses.player.assets import STATIC_ENV, bundle
from courses.player.lesson import Json

Tell = Callable[[str], None]
Handler = Callable[[Mapping[str, object], Tell], Json]

CARD_MIME = "application/vnd.bdhai.card+json"
"""The card's first state inside the cell's output, so that the lesson view needs no round trip."""

MARK = "bdhai:card"


class Card(anywidget.AnyWidget):
    """One exercise, or the submit card."""

    card = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    # Declared here, for anywidget would make them of class attributes only.
    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)

    def __init__(self, handle: Handler, card: Json, state: Json, model_id: str | None = None) -> None:
        """Open the card.

        Args:
            handle: answers requests; called in a worker thread, for it writes files and calls services.
            card: what never changes, see ``desk``.
            state: what is saved.
            model_id: the id of a card on a page whose kernel was restarted; None for a new card.
        """
        self._handle_request = handle
        esm, css = _code(in_view=model_id is not None or _in_view())
        known = {} if model_id is None else {"model_id": model_id}
        super().__init__(card=card, state=state, _esm=esm, _css=css, **known)
        self.on_msg(_receive)

    def answer(self, request: Mapping[str, object], send: Callable[[Json], None]) -> Json:
        """Answer one request; blocking. ``send`` takes what is to be told before, from this thread."""
        ref = request.get("ref")
        return {**self._handle_request(request, lambda piece: send({"of": ref, "piece": piece})), "ref": ref}

    def done(self, request: Mapping[str, object], reply: Json) -> None:
        """Send a reply, and let other views of this card follow what was saved."""
        self.send(reply)
        if reply.get("ok") and request.get("type") == "save":
            self.state = {**self.state, "answer": request.get("answer"), "saved_at": reply["saved_at"]}
        elif reply.get("ok") and request.get("type") == "case":
            self.state = {key: reply[key] for key in self.state}

    def _repr_mimebundle_(self, **_kwargs: object) -> tuple[Json, Json] | None:
        shown = super()._repr_mimebundle_()
        if shown is not None and self._esm == MARK:
            shown[0][CARD_MIME] = {"card": self.card, "state": self.state}
        return shown


def _receive(card: Card, request: object, _buffers: object) -> None:
    """Answer in a worker thread: a slow portal must not keep the next save waiting."""
    if not isinstance(request, dict) or "ref" not in request:
        return
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:  # no event loop: a plain script or a test
        card.done(request, card.answer(request, card.send))
        return

    def send(told: Json) -> None:
        loop.call_soon_threadsafe(card.send, told)

    future = loop.run_in_executor(None, card.answer, request, send)
    future.add_done_callback(lambda done: card.done(request, done.result()))


def _in_view() -> bool:
    """Tell whether Voila started this kernel in a server that serves the code as a file."""
    return STATIC_ENV in os.environ and "VOILA_REQUEST_URL" in os.environ


def _code(*, in_view: bool) -> tuple[str, str]:
    """Return (esm, css): a mark where the page has the code already, else the code itself."""
    return (MARK, "") if in_view else (bundle().esm, bundle().scoped_css)
