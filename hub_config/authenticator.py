"""The hub's authenticator: the school's own accounts, and beside them the doors that ``site.yaml`` opens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from jupyterhub.handlers import BaseHandler
from tornado.httputil import HTTPServerRequest
from traitlets import Unicode

from courses.school.joining import WrongCodeError
from courses.school.logins import login_of
from hub_config import people
from hub_config.door import DoorHandler
from hub_config.people import HubPerson
from hub_config.signin.deep_link import DeepLinkPage
from hub_config.signin.leaving import LeavePage, LeftPage
from hub_config.signin.lessons import LESSON, LessonPage
from hub_config.signin.lti import Lti, LtiCallback, LtiKeys, LtiLogin
from hub_config.signin.openid import OpenId, OpenIdCallback, OpenIdLogin
from hub_config.signin.pages import (
    LONGEST,
    ActivationPage,
    ClassCodePage,
    LoginPage,
    SignUpPage,
    TooManyError,
)
from hub_config.signin.school import DoorLine, School, model_of
from hub_config.signin.throttle import Throttle, address_of

T = TypeVar("T")


class SchoolAuthenticator(School):
    """Signs people in by the school's own accounts."""

    oidc_secret = Unicode("", help="this installation's secret at the OpenID provider").tag(config=True)

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 - traitlets' own signature
        super().__init__(**kwargs)
        self.throttle = Throttle()
        # Each password check costs one core ~50 ms and 19 MiB on purpose; a flood of them must not starve the hub.
        self._turns = asyncio.Semaphore(2)
        self.oidc = self._open_oidc()
        self.lti = self._open_lti()

    def _open_oidc(self) -> OpenId | None:
        if "oidc" not in self.site.auth or self.site.oidc is None:
            return None
        return OpenId(self.site.oidc, parent=self, site=self.site, client_secret=self.oidc_secret)

    def _open_lti(self) -> Lti | None:
        if "lti" not in self.site.auth or self.site.lti is None:
            return None
        return Lti(self.site.lti, parent=self, site=self.site)

    @property
    def has_accounts(self) -> bool:
        """Tell whether people sign in here by name and password."""
        return bool({"native", "demo"} & set(self.site.auth))

    async def authenticate(self, handler: BaseHandler, data: dict[str, str]) -> dict[str, object] | None:
        """Return the signed-in person's name and group, or None.

        Raises:
            TooManyError: too many wrong tries before this one.
            WaitingError: a trainer has to let this person in first.
            WrongCodeError: somebody who waits typed a code that no class has.
        """
        if "waiting" in data:
            joined = await self._join_waiting(handler.request, data["waiting"], data["code"])
            return None if joined is None else model_of(joined)
        typed, password = data.get("typed", ""), data.get("password", "")
        if not typed or max(len(typed), len(password)) > LONGEST:
            return None
        login = login_of(typed, self.seal)
        person = await self.attempt(
            handler.request,
            login,
            lambda: people.sign_in(self.url, login, password),
            lambda found: found is None,
        )
        if person is None:
            return None
        self.throttle.succeeded(login)
        return model_of(person)

    async def _join_waiting(self, request: HTTPServerRequest, login: str, code: str) -> HubPerson | None:
        def join() -> HubPerson | WrongCodeError | None:
            try:
                return people.join_waiting(self.url, login, code)
            except WrongCodeError as error:
                return error

        result = await self.attempt(request, login, join, lambda got: isinstance(got, WrongCodeError))
        if isinstance(result, WrongCodeError):
            raise result
        return result

    async def attempt(
        self, request: HTTPServerRequest, login: str, work: Callable[[], T], wrong: Callable[[T], bool]
    ) -> T:
        """Run one try to get in, and count it when it was wrong.

        The count is looked at when it is this try's turn: a thousand tries at once are slowed down like a thousand in a row.

        Args:
            request: whose address counts.
            login: the login that is tried, or an empty text.
            work: the slow part; runs in a thread.
            wrong: tells a wrong try by what ``work`` returned.

        Raises:
            TooManyError: too many wrong tries before this one.
        """
        address = address_of(request)
        async with self._turns:
            minutes = self.throttle.wait(address, login)
            if minutes:
                self.log.warning("Sign-in slowed down for %s", address)
                raise TooManyError(minutes)
            result = await asyncio.to_thread(work)
            if wrong(result):
                self.throttle.failed(address, login)
            return result

    @property
    def lines(self) -> tuple[DoorLine, ...]:
        """Return what the sign-in page says about the other doors."""
        lines = []
        if self.site.oidc and self.oidc:
            lines.append(DoorLine(text=f"Đăng nhập bằng {self.site.oidc.name}", url="/hub/oauth_login"))
        if self.site.lti and self.lti:
            lines.append(
                DoorLine(
                    text=f"Học qua {self.site.lti.name}: bạn mở bài từ trang ấy, không cần mật khẩu ở đây."
                )
            )
        return tuple(lines)

    def get_handlers(self, app: object) -> list[tuple[str, type[BaseHandler]]]:
        """Add the pages of the door."""
        del app
        own = [
            (r"/login", LoginPage),
            (r"/kich-hoat", ActivationPage),
            (r"/dang-ky", SignUpPage),
            (r"/ma-lop", ClassCodePage),
            (r"/logout", LeavePage),
            (r"/da-ra", LeftPage),
        ]
        openid = [(r"/oauth_login", OpenIdLogin), (r"/oauth_callback", OpenIdCallback)]
        lti = [
            (r"/lti13/oauth_login", LtiLogin),
            (r"/lti13/oauth_callback", LtiCallback),
            (r"/lti13/jwks", LtiKeys),
            (r"/lti13/chon-bai", DeepLinkPage),
        ]
        lesson = [(rf"/bai/{LESSON}", LessonPage), (r"/cua", DoorHandler)]
        return [*own, *lesson, *(openid if self.oidc else []), *(lti if self.lti else [])]
