"""The learner's pages: "Hôm nay" and a result."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from sqlalchemy.orm import Session

from courses.exercises.base import Frozen
from courses.school.codes import tidy_code
from courses.school.joining import waiting_for
from courses.school.models import Person
from hub_config.portal.appeals import appeals_view
from hub_config.portal.classes import waiting_count
from hub_config.portal.handler import PageHandler
from hub_config.portal.points import points_of
from hub_config.portal.queue.items import open_items
from hub_config.portal.results_view import may_mark, open_submission, result_view
from hub_config.portal.review import cards_today
from hub_config.portal.shelf import Shelf
from hub_config.portal.states import Row, next_row, rows_of


class Level(Frozen):
    """The lessons of one level, in order."""

    number: int
    title: str
    rows: tuple[Row, ...]
    done: int


class Home(Frozen):
    """What "Hôm nay" shows. ``cards``: review cards due; ``waiting``: submissions that wait for this trainer."""

    next: Row | None
    levels: tuple[Level, ...]
    points: int
    done: int
    cards: int
    waiting: int | None
    queue: int = 0  # answers in this trainer's queue
    asking: int = 0  # people who wait for this trainer to let them in


def home(session: Session, person: Person, shelf: Shelf) -> Home:
    """Return the home page of a person."""
    lessons = shelf.all()
    rows = rows_of(session, lessons, [person])[person.id]
    trainer = person.role in {"trainer", "administrator"}
    return Home(
        next=next_row(rows),
        levels=_levels(rows),
        points=points_of(session, person, lessons),
        done=_done(rows),
        cards=len(cards_today(session, person, shelf).cards),
        waiting=waiting_count(session, person, lessons) if trainer else None,
        queue=len(open_items(session, person, lessons)) if trainer else 0,
        asking=len(waiting_for(session, person)) if trainer else 0,
    )


def _levels(rows: Sequence[Row]) -> tuple[Level, ...]:
    """Group rows by level; the starters (0.x) stand before level 1 under their own heading."""
    grouped = groupby(rows, key=lambda row: (row.level, row.number.startswith("0.")))
    return tuple(
        Level(number=level, title="Khởi động" if starter else f"Bậc {level}", rows=own, done=_done(own))
        for (level, starter), own in ((key, tuple(group)) for key, group in grouped)
    )


def _done(rows: Sequence[Row]) -> int:
    return sum(row.state in {"da_nop", "da_cham"} for row in rows)


class HomePage(PageHandler):
    """``/``."""

    async def get(self) -> None:
        """Show today's lesson and the way so far."""
        lessons = self.desk.shelf.all()
        viewer, shown = await self.ask(lambda session, person: home(session, person, self.desk.shelf))
        self.show("home.html", viewer, home_view=shown, courses=sorted({one.course for one in lessons}))


class ResultPage(PageHandler):
    """``/ket-qua/<receipt>``."""

    async def get(self, receipt: str) -> None:
        """Show a result that the person may see."""
        shelf = self.desk.shelf
        code = tidy_code(receipt)

        def find(session: Session, person: Person) -> dict[str, object] | None:
            opened = open_submission(session, shelf, person, code)
            if opened is None:
                return None
            return {
                "result": result_view(session, opened),
                "may_mark": may_mark(person, opened.submission),
                "appeals": appeals_view(session, opened, person),
            }

        viewer, found = await self.ask(find)
        if found is None:
            raise self.missing()
        self.show("result.html", viewer, typed=None, **found)
