"""What the doors of others have in common: their handlers speak to their own authenticator, and greet alike."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from courses.school.joining import JoiningError
from hub_config.people import WaitingError
from hub_config.signin.pages import DoorPage


class Doorway(DoorPage):
    """A handler of the door named ``door``: stock handlers find their settings at ``self.authenticator``."""

    door: str

    @property
    def authenticator(self) -> Any:  # noqa: ANN401 - each door has its own class
        """Return the authenticator of this door."""
        return getattr(self.settings["authenticator"], self.door)

    async def arrive(self, way_in: Awaitable[object]) -> object | None:
        """Return the user who came in; None when the page says why nobody did."""
        try:
            return await way_in
        except WaitingError:
            await self.show_waiting()
        except JoiningError as refusal:
            await self.show_told(403, str(refusal))
        return None

    async def show_told(self, status: int, sentence: str) -> None:
        """Show a page with one sentence and the way back."""
        await self.show("told.html", status, sentence=sentence)
