"""What runs in the learner's kernel: ``exercise("id")``, ``review()`` and ``submit()``.

Importing this package costs milliseconds: widgets (ipywidgets, anywidget) are imported by the first
``exercise()``, the portal is called with the standard library, and nothing here knows a kind's key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from courses.player.view import configure_view, learner_env, voila_config

if TYPE_CHECKING:
    from courses.player.desk import Shown

__all__ = ["configure_view", "exercise", "learner_env", "review", "revive", "submit", "voila_config"]


def exercise(exercise_id: str) -> Shown:
    """Return the card of one exercise of the lesson in the working folder.

    Args:
        exercise_id: the id after ``:::{kind}`` in the lesson.

    Returns:
        A widget; or, when the lesson cannot be read, a notice that says what to do.
    """
    from courses.player.desk import show  # noqa: PLC0415 - keeps ``import courses.player`` light

    return show(exercise_id)


def submit() -> Shown:
    """Return the card that shows what is answered and hands the lesson in."""
    from courses.player.cards import SUBMIT  # noqa: PLC0415 - as above
    from courses.player.desk import show  # noqa: PLC0415 - as above

    return show(SUBMIT)


def review() -> Shown:
    """Return the card with the review cards that are due today."""
    from courses.player.cards import REVIEW  # noqa: PLC0415 - as above
    from courses.player.desk import show  # noqa: PLC0415 - as above

    return show(REVIEW)


def revive(cards: str) -> None:
    """Make a page's cards again in a kernel that was restarted under it.

    Args:
        cards: JSON object, model id → exercise id, or the name of another card (see ``desk``). Known models stay.
    """
    from courses.player.desk import revive as again  # noqa: PLC0415 - as above

    again(cards)
