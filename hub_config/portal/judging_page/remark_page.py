"""``/quan-tri/sua-tieu-chi/<lesson>``: every score that an author's edit moves, read before it is applied."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy.orm import Session

from autograder.daily.lock import Busy, alone
from autograder.near_pass import PassLine
from autograder.remark import ApplyError, Plan, Row, apply, plan
from autograder.remark.why import said
from courses.clock import text_number
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
    newest: bool
    old: str
    new: str


class Group(Frozen):
    """Scores of one exercise that move for the same reason."""

    place: int  # of the exercise in the lesson, from 1
    why: str
    rows: tuple[MovedRow, ...]


class Part(Frozen):
    """All scores of one state."""

    number: int
    groups: tuple[Group, ...]


class RemarkView(Frozen):
    """The whole page."""

    lesson: str
    number: str
    title: str
    digest: str
    moves: Part
    people: Part
    unknown: Part
    kept: Part
    same: int

    @property
    def may_apply(self) -> bool:
        """Tell whether there is something to apply, and nothing left to ask."""
        return not self.unknown.number and self.written > 0

    @property
    def written(self) -> int:
        """How many marks would be written."""
        return self.moves.number + self.people.number + self.same


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
            self.desk.remarks.start(lesson)
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

        viewer, shown = await self.find(find)
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

    def rows(own: tuple[Row, ...]) -> Part:
        return Part(number=len(own), groups=_groups(own, places))

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


def _groups(rows: tuple[Row, ...], places: Mapping[str, int]) -> tuple[Group, ...]:
    """Return rows by exercise and reason: mostly one edit moves them all."""
    found: dict[tuple[int, str], list[MovedRow]] = defaultdict(list)
    for row in rows:
        why = (*row.why, *([said(row.reason)] if row.state in {"people", "unknown"} else []))
        found[places[row.exercise], " ".join(why)].append(_row(row))
    return tuple(Group(place=place, why=why, rows=tuple(own)) for (place, why), own in sorted(found.items()))


def _row(row: Row) -> MovedRow:
    return MovedRow(
        receipt=row.receipt,
        pseudonym=row.pseudonym,
        newest=row.newest,
        old=_score(row.old_score, row.old_max),
        new=_new(row),
    )


def _new(row: Row) -> str:
    if row.state == "kept":
        return "giữ nguyên"
    if row.state == "unknown":
        return "chưa biết"
    return "chờ" if row.new_score is None else _score(row.new_score, row.new_max)


def _score(score: float, most: float) -> str:
    return f"{text_number(score, 2)}/{text_number(most, 2)}"
