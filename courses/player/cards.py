"""What each card of a lesson shows, as values: the widget of a kernel carries them, and so does a preview."""

from __future__ import annotations

from courses.player.lesson import Json
from courses.player.portal import file_limit_mib
from courses.player.session import Session

SUBMIT = ""
"""Stands for the submit card where an exercise id is expected."""

REVIEW = "review_"
"""Stands for the review cards; an author's id has no underscore."""


def card_of(session: Session, card: str) -> tuple[Json, Json]:
    """Return what never changes of a card, and what is saved.

    Raises:
        PlayerError: when the lesson has no such exercise, or its folder cannot be read.
    """
    if card == SUBMIT:
        return _submit_card(session), session.submit_state(session.store.read())
    if card == REVIEW:  # the page asks for the cards later: a slow portal never keeps the lesson waiting
        return {"view": "review", "exercise": REVIEW}, {}
    return _exercise_card(session, card), session.answer_state(session.store.read(), card)


def _exercise_card(session: Session, exercise: str) -> Json:
    slot = session.lesson.slot(exercise)
    return {
        "view": "exercise",
        "lesson": session.lesson.key,
        "owner": session.owner,
        "exercise": slot.id,
        "kind": slot.kind,
        "points": slot.points,
        "number": session.lesson.slots.index(slot) + 1,
        "count": len(session.lesson.slots),
        "variants": dict(slot.variants),
        "file_mib": file_limit_mib(),
    }


def _submit_card(session: Session) -> Json:
    return {
        "view": "submit",
        "lesson": session.lesson.key,
        "exercises": [slot.id for slot in session.lesson.slots],
    }
