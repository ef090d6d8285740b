"""``/cach-doc``: text size, contrast and motion, kept in the browser for all pages, without a script."""

from __future__ import annotations

from dataclasses import replace

from courses.player.reading import LASTS_DAYS, SIZES, cookie_name
from hub_config.portal.handler import PageHandler


class ReadingPage(PageHandler):
    """The page of one person's way of reading."""

    async def get(self) -> None:
        """Show what is chosen."""
        viewer, _ = await self.ask(lambda *_: None)
        self.show("reading.html", viewer, sizes=SIZES, chosen=self.reading(viewer))

    async def post(self) -> None:
        """Keep what was chosen; the lesson page's own switches stay as they are."""
        viewer, _ = await self.ask(lambda *_: None)
        size = self.get_body_argument("size", "0")
        chosen = replace(
            self.reading(viewer),
            size=int(size) if size in map(str, range(len(SIZES))) else 0,
            contrast=self.get_body_argument("contrast", "") == "co",
            calm=self.get_body_argument("calm", "") == "co",
        )
        # The lesson page writes the same cookie by script, hence no HttpOnly; it holds nothing private.
        name = cookie_name(viewer.username)
        self.set_cookie(name, chosen.cookie(), expires_days=LASTS_DAYS, path="/", samesite="Lax")
        self.redirect(f"{self.desk.prefix}cach-doc", status=303)
