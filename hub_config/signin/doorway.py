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
        before = self.get_current_user_cookie()
        try:
            user = await way_in
        except WaitingError as waiting:
            await self.show_waiting(waiting.login)
        except JoiningError as refusal:
            await self.show_told(403, str(refusal))
        else:
            if before is not None and user is not None and before != user:
                self._part(user)
            return user
        return None

    def _part(self, user: object) -> None:
        """End the session of who was signed in on this phone before: it must open nothing of theirs to the next person."""
        self.clear_login_cookie()
        self.set_session_cookie()
        self.set_login_cookie(user)
