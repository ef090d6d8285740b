"""The level page, and its picture."""

from __future__ import annotations

import logging

from courses.catalog.levels import PICTURE
from courses.yaml_errors import YamlError
from hub_config.portal.handler import PageHandler
from hub_config.portal.levels.view import level_view

log = logging.getLogger(__name__)

# A picture of the lessons' folder is never a page of the portal's own origin, whatever stands in it.
LOCKED = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


class LevelPage(PageHandler):
    """``/bac/<n>``."""

    async def get(self, number: str) -> None:
        """Show what the level is for and the map of its lessons; a level that cannot be read is not there."""
        desk = self.desk
        try:
            viewer, shown = await self.ask(
                lambda session, person: level_view(
                    session, person, desk.shelf, desk.site.lessons, int(number)
                )
            )
        except (FileNotFoundError, YamlError) as error:
            log.warning("Bậc %s chưa đọc được: %s", number, error)
            raise self.missing() from error
        self.show("level.html", viewer, level=shown)


class LevelPicture(PageHandler):
    """``/bac/<n>/hinh.svg``."""

    async def get(self, number: str) -> None:
        """Hand out the level's picture."""
        file = self.desk.site.lessons / f"level{number}" / PICTURE
        if not file.is_file():
            raise self.missing()
        self.set_header("Content-Security-Policy", LOCKED)
        self.set_header("Content-Type", "image/svg+xml")
        self.finish(file.read_bytes())
