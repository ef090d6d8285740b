"""``/hang-cho/bai-mau``: what people kept as samples for the judge, and how to let go of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session
from tornado.web import HTTPError

from autograder.human.kept import kept_by, variant_of
from autograder.models import KeptSample
from courses.exercises.base import Frozen
from courses.school.models import Person
from hub_config.portal.handler import PageHandler
from hub_config.portal.shelf import Shelf


class KeptView(Frozen):
    """One sample. ``verdicts``: the criteria's texts and whether they are met; empty when the rubric was edited."""

    id: int
    number: str
    text: str
    verdicts: tuple[tuple[str, bool], ...]
    by: str
    at: datetime


class KeptPage(PageHandler):
    """A trainer sees their own samples, an administrator everybody's."""

    async def get(self) -> None:
        """List them."""

        def find(session: Session, person: Person) -> tuple[KeptView, ...] | None:
            if person.role not in {"trainer", "administrator"}:
                return None
            rows = kept_by(session, _whose(person))
            return tuple(_view(self.desk.shelf, row) for row in rows)

        viewer, samples = await self.ask(find)
        if samples is None:
            raise self.missing()
        self.show("queue_kept.html", viewer, samples=samples)

    async def post(self) -> None:
        """Let go of one."""
        number = self.get_body_argument("mau", "")
        if not (number.isascii() and number.isdecimal() and len(number) < 10):  # noqa: PLR2004 - fits a database's integer
            raise HTTPError(400)

        def remove(session: Session, person: Person) -> bool:
            row = session.get(KeptSample, int(number))
            if (
                person.role not in {"trainer", "administrator"}
                or row is None
                or _whose(person) not in {None, row.by}
            ):
                return False
            session.delete(row)
            return True

        _, removed = await self.ask(remove)
        if not removed:
            raise self.missing()
        self.redirect(f"{self.desk.prefix}hang-cho/bai-mau", status=303)


def _whose(person: Person) -> str | None:
    return None if person.role == "administrator" else person.username


def _view(shelf: Shelf, row: KeptSample) -> KeptView:
    lesson = shelf.find(row.lesson)
    variant = variant_of(lesson, row) if lesson else None
    fits = variant is not None and variant.rubric_hash() == row.rubric_hash
    texts = {criterion.id: criterion.text for criterion in variant.rubric} if variant and fits else {}
    return KeptView(
        id=row.id,
        number=lesson.number if lesson else row.lesson,
        text=row.text,
        verdicts=tuple((texts[id_], met) for id_, met in row.verdicts.items() if id_ in texts),
        by=row.by,
        at=row.at,
    )
