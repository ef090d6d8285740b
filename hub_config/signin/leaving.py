"""Signing out: of the school, and of the provider that the person came through, for phones are passed around."""

from __future__ import annotations

from jupyterhub.handlers.login import LogoutHandler

from hub_config.signin.openid import COOKIE, OpenId, ProviderError
from hub_config.signin.pages import DoorPage

STILL_OPEN = (
    "Bạn đã ra khỏi lớp, nhưng {name} có thể vẫn còn mở trên máy này. Máy dùng chung thì bạn mở trang ấy và đăng xuất ở đó, "
    "kẻo người sau vào bằng tên bạn."
)
BOTH = "Bạn đã ra khỏi lớp và khỏi {name}. Người sau dùng máy này phải đăng nhập bằng tên của mình."


class LeavePage(DoorPage, LogoutHandler):  # type: ignore[misc]  # JupyterHub has no types
    """``/hub/logout``."""

    async def render_logout_page(self) -> None:
        """Go on to the provider that the person came through; without one, to the sign-in page."""
        door, name = self.authenticator.oidc, self.get_cookie(COOKIE)
        if door is None or name is None:
            await super().render_logout_page()
            return
        self.clear_cookie(COOKIE, path=f"{self.hub.base_url}logout")
        address = await self._way_out(door, name)
        if address:
            self.redirect(address)
        else:
            await self.show("logout.html", 200, sentence=STILL_OPEN.format(name=door.provider))

    async def _way_out(self, door: OpenId, name: str) -> str:
        back = door.get_callback_url(self).removesuffix("oauth_callback") + "da-ra"
        try:
            return await door.way_out(name, back)
        except ProviderError as error:
            self.log.warning("OpenID provider: %s", error)
            return ""


class LeftPage(DoorPage):
    """``/hub/da-ra``: back from the provider, signed out of both."""

    async def get(self) -> None:
        """Say so; who is signed in here is sent to the first page."""
        door = self.authenticator.oidc
        if self.current_user is not None or door is None:
            self.redirect(self.settings["login_url"])
            return
        await self.show("logout.html", 200, sentence=BOTH.format(name=door.provider))
