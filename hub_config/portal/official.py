"""``/so-lieu``: aggregates for officials."""

from __future__ import annotations

from sqlalchemy.orm import Session

from courses.clock import now
from courses.school.models import Person
from hub_config.portal.figures import Figures, figures
from hub_config.portal.handler import PageHandler


class FiguresPage(PageHandler):
    """Numbers of people; no names, no cell under five."""

    async def get(self) -> None:
        """Show the figures to officials and administrators."""
        lessons = self.desk.shelf.all()

        def find(session: Session, person: Person) -> Figures | None:
            return figures(session, lessons) if person.role in {"official", "administrator"} else None

        viewer, shown = await self.find(find)
        self.show("figures.html", viewer, figures=shown, at=now())
