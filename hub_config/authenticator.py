"""Signing in against the school's accounts, and the page that turns a one-time code into a password."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from jupyterhub.auth import Authenticator
from jupyterhub.handlers import BaseHandler
from traitlets import Instance

from courses.site import Site, database_url
from hub_config import people
from hub_config.door import DoorHandler
from hub_config.people import HubPerson

T = TypeVar("T")

# Each password check costs one core ~50 ms and 64 MiB on purpose; a flood of them must not starve the hub.
_AT_ONCE = asyncio.Semaphore(2)
_LONGEST = 200  # nobody types more; argon2 need not see it


class SchoolAuthenticator(Authenticator):  # type: ignore[misc]  # JupyterHub has no types
    """Let the school's active people in; their role becomes their one group in the hub."""

    site = Instance(Site).tag(config=True)

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 - traitlets' own signature
        super().__init__(**kwargs)
        self.manage_groups = True
        self.any_allow_config = True  # check_allowed below is the allow rule
        self.auth_refresh_age = 60  # a changed role or a closed account counts within a minute
        self.refresh_pre_spawn = True

    async def authenticate(self, handler: BaseHandler, data: dict[str, str]) -> dict[str, object] | None:
        """Return the signed-in person's name and group, or None."""
        del handler
        username = data.get("username", "").strip().lower()
        password = data.get("password", "")
        if not username or len(username) > _LONGEST or len(password) > _LONGEST:
            return None
        person = await _slowly(lambda: people.sign_in(self.url, username, password))
        return None if person is None else _model(person)

    async def check_allowed(self, username: str, authentication: object = None) -> bool:
        """Allow whoever is an active person of the school."""
        del authentication
        return await asyncio.to_thread(people.find, self.url, username) is not None

    async def refresh_user(self, user: Any, handler: object = None) -> bool | dict[str, object]:  # noqa: ANN401 - a JupyterHub User
        """Give the person's present group; a person who is no longer active must sign in again."""
        del handler
        person = await asyncio.to_thread(people.find, self.url, user.name)
        return False if person is None else _model(person)

    def get_handlers(self, app: object) -> list[tuple[str, type[BaseHandler]]]:
        """Add the activation page beside the login page, and the door to one's own server."""
        return [*super().get_handlers(app), (r"/kich-hoat", ActivationHandler), (r"/cua", DoorHandler)]

    @property
    def url(self) -> str:
        """Return the school's database address."""
        return database_url(self.site)


class ActivationHandler(BaseHandler):  # type: ignore[misc]  # JupyterHub has no types
    """``/hub/kich-hoat``: user name, the code on the paper, a new password; then straight in."""

    async def get(self) -> None:
        """Show the form."""
        await self._show("", None)

    async def post(self) -> None:
        """Use the code, then sign the person in."""
        username = self.get_body_argument("username", "").lower()
        code = self.get_body_argument("code", "")
        password = self.get_body_argument("password", "", strip=False)
        refusal = await self._activate(username, code, password)
        if refusal is None and await self.login_user({"username": username, "password": password}):
            self.redirect(self.settings["default_url"])
            return
        self.set_status(403)
        await self._show(username, refusal or "Chưa đăng nhập được. Bạn hãy thử lại.")

    async def _activate(self, username: str, code: str, password: str) -> str | None:
        if password != self.get_body_argument("again", "", strip=False):
            return "Hai lần nhập mật khẩu chưa giống nhau. Bạn hãy nhập lại."
        if max(len(username), len(code), len(password)) > _LONGEST:
            return f"Mật khẩu dài nhất là {_LONGEST} ký tự. Bạn hãy chọn mật khẩu ngắn hơn."
        url = self.authenticator.url
        return await _slowly(lambda: people.activate(url, username, code, password))

    async def _show(self, username: str, refusal: str | None) -> None:
        token = self.xsrf_token.decode("ascii")
        page = self.render_template("activate.html", username=username[:64], refusal=refusal, xsrf=token)
        self.finish(await page)


async def _slowly(work: Callable[[], T]) -> T:
    """Run slow work in a thread, two at a time."""
    async with _AT_ONCE:
        return await asyncio.to_thread(work)


def _model(person: HubPerson) -> dict[str, object]:
    return {"name": person.username, "groups": [person.role], "admin": False}
