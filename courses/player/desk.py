"""Make the cards of the lesson in the working folder: the heavy half, loaded by the first card."""

from __future__ import annotations

import json
import threading
from functools import lru_cache
from pathlib import Path

from courses.player.cards import card_of
from courses.player.lesson import PlayerError
from courses.player.session import Session, open_session
from courses.player.widget import Card


class Notice:
    """Shown instead of a card when there is none to show; a cell that fails would stop the lesson."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


Shown = Card | Notice

_REVIVED: dict[str, Shown] = {}
"""Cards by the model id of the page that asked for them."""


def show(card: str, model_id: str | None = None) -> Shown:
    """Return one card, or a notice with the reason why there is none."""
    try:
        session = _session(Path.cwd())
        shown, state = card_of(session, card)
        return Card(session.handle, shown, state, model_id)
    except PlayerError as error:
        return Notice(str(error))


def revive(cards: str) -> None:
    """See ``courses.player.revive``."""
    for model_id, card in json.loads(cards).items():
        if model_id not in _REVIVED:
            _REVIVED[model_id] = show(card, model_id)


@lru_cache(maxsize=4)
def _session(folder: Path) -> Session:
    """Open the lesson once, and tell the portal in the background that it was opened."""
    session = open_session(folder)
    threading.Thread(target=session.portal.visit, args=(session.lesson.key,), daemon=True).start()
    return session
