"""``/quan-tri/sua-tieu-chi/<lesson>``: every score that an author's edit moves, read before it is applied."""

from __future__ import annotations

import asyncio

from sqlalchemy.orm import Session

from autograder.daily.lock import Busy, alone
from autograder.near_pass import PassLine
from autograder.remark import ApplyError, Plan, Row, apply, plan
from autograder.remark.why import said
from courses.exercises.base import Frozen
from courses.lessons.model import Lesson
from courses.school.db import session as open_session
from courses.school.models import Person
from courses.site import layout
from hub_config.portal.handler import PageHandler

BUSY = "Máy đang chấm bài hằng ngày nên chưa áp dụng gì. Bạn chờ vài phút rồi bấm lại."
CHANGED = "Danh sách đã khác lúc bạn mở trang nên chưa áp dụng gì. Bạn đọc lại rồi bấm lần nữa."


class MovedRow(Frozen):
    """One score, without a name."""

    receipt: str
    pseudonym: str
    place: int  # of the exercise in the lesson, from 1
    newest: bool
    old_score: float
    old_max: float
    new_score: float | None
    new_max: float
    why: str


class RemarkView(Frozen):
    """The whole page."""

    lesson: str
    number: str
    title: str
    digest: str
    moves: tuple[MovedRow, ...]
    people: tuple[MovedRow, ...]
    unknown: tuple[MovedRow, ...]
    kept: tuple[MovedRow, ...]
    same: int

    @property
    def may_apply(self) -> bool:
        """Tell whether there is something to apply, and nothing left to ask."""
        return not self.unknown and bool(self.moves or self.people or self.same)


class RemarkPage(PageHandler):
    """For administrators."""

    async def get(self, key: str) -> None:
        """Show what would move."""
        await self._show(self._lesson(key))

    async def post(self, key: str) -> None:
        """Ask the AI about what is not known, or apply what was read."""
        lesson = self._lesson(key)
        viewer, allowed = await self.ask(lambda _, person: person.role == "administrator")
        if not allowed:
            raise self.missing()
        if self.get_body_argument("action", "") == "hoi":
            self.desk.remarks.start(lesson, self._line())
            self.redirect(self.request.path, status=303)
            return
        reason, seen = self.get_body_argument("reason", ""), self.get_body_argument("seen", "")
        try:
            moved = await self._apply(lesson, seen, reason, viewer.username)
        except ApplyError as error:
            self.set_status(422)
            await self._show(lesson, str(error), reason)
        else:
            self.redirect(f"{self.request.path}?da={moved}", status=303)

    async def _apply(self, lesson: Lesson, seen: str, reason: str, by: str) -> int:
        """Apply what was read; return how many scores moved. In a thread, in one transaction, alone."""

        def run() -> int:
            try:
                with alone(layout(self.desk.site).data, lambda _: None, wait=False):
                    return self._applied(lesson, seen, reason, by)
            except Busy as error:
                raise ApplyError(BUSY) from error

        return await asyncio.get_running_loop().run_in_executor(self.desk.threads, run)

    def _applied(self, lesson: Lesson, seen: str, reason: str, by: str) -> int:
        with open_session(self.desk.engine) as session:
            found = self._plan(session, lesson)
            if found.digest != seen:
                raise ApplyError(CHANGED)
            return len(apply(session, found, reason, by))

    def _plan(self, session: Session, lesson: Lesson) -> Plan:
        asked = self.desk.remarks.of(lesson)
        return plan(session, lesson, self._line(), asked.said.abstained if asked else None)

    def _line(self) -> PassLine:
        return PassLine.of(self.desk.site)

    async def _show(self, lesson: Lesson, fault: str = "", reason: str = "") -> None:
        def find(session: Session, person: Person) -> RemarkView | None:
            return (
                remark_view(lesson, self._plan(session, lesson)) if person.role == "administrator" else None
            )

        viewer, shown = await self.ask(find)
        if shown is None:
            raise self.missing()
        done = self.get_query_argument("da", "")
        asked = self.desk.remarks.of(lesson)
        values = {"fault": fault, "reason": reason, "done": done if done.isdigit() else ""}
        self.show("remark.html", viewer, remark=shown, asked=asked, **values)

    def _lesson(self, key: str) -> Lesson:
        lesson = self.desk.shelf.find(key)
        if lesson is None:
            raise self.missing()
        return lesson


def remark_view(lesson: Lesson, found: Plan) -> RemarkView:
    """Return a plan for reading."""
    places = {slot.id: place for place, slot in enumerate(lesson.slots, 1)}

    def rows(own: tuple[Row, ...]) -> tuple[MovedRow, ...]:
        return tuple(_row(row, places[row.exercise]) for row in own)

    return RemarkView(
        lesson=lesson.key,
        number=lesson.number,
        title=lesson.title,
        digest=found.digest,
        moves=rows(found.of("moves")),
        people=rows(found.of("people")),
        unknown=rows(found.of("unknown")),
        kept=rows(found.of("kept")),
        same=len(found.of("same")),
    )


def _row(row: Row, place: int) -> MovedRow:
    why = (*row.why, *([said(row.reason)] if row.state in {"people", "unknown"} else []))
    return MovedRow(
        receipt=row.receipt,
        pseudonym=row.pseudonym,
        place=place,
        newest=row.newest,
        old_score=row.old_score,
        old_max=row.old_max,
        new_score=row.new_score,
        new_max=row.new_max,
        why=" ".join(why),
    )
