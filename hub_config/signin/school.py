"""What every door has in common: who is let in, with which group, and how slow checks run."""

from __future__ import annotations

import asyncio
from typing import Any

from jupyterhub.auth import Authenticator
from traitlets import Instance, default

from courses.exercises.base import Frozen
from courses.school.logins import Seal, open_seal
from courses.site import Site, database_url, layout
from hub_config import people
from hub_config.people import HubPerson


class DoorLine(Frozen):
    """What the sign-in page says about a door: a button where there is an address, else only a sentence."""

    text: str
    url: str = ""


class School(Authenticator):  # type: ignore[misc]  # JupyterHub has no types
    """Let the school's active people in; their role becomes their one group in the hub."""

    site = Instance(Site).tag(config=True)
    seal = Instance(Seal)

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 - traitlets' own signature
        super().__init__(**kwargs)
        self.manage_groups = True
        self.any_allow_config = True  # check_allowed below is the allow rule
        self.auth_refresh_age = 60  # a changed role or a closed account counts within a minute
        self.refresh_pre_spawn = True

    @default("seal")
    def _open_seal(self) -> Seal:
        return open_seal(layout(self.site).secrets)

    async def check_allowed(self, username: str, auth_model: object = None) -> bool:
        """Allow whoever is an active person of the school."""
        del auth_model
        return await asyncio.to_thread(people.find, self.url, username) is not None

    async def refresh_user(self, user: Any, handler: object = None, **_: object) -> bool | dict[str, object]:  # noqa: ANN401 - a JupyterHub User
        """Give the person's present group; a person who is no longer active must sign in again."""
        del handler
        person = await asyncio.to_thread(people.find, self.url, user.name)
        return False if person is None else model_of(person)

    @property
    def url(self) -> str:
        """Return the school's database address."""
        return database_url(self.site)


def model_of(person: HubPerson) -> dict[str, object]:
    """Return what JupyterHub keeps of somebody who came in."""
    return {"name": person.username, "groups": [person.role], "admin": False}
