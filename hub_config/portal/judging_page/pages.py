"""``/quan-tri/cham`` and one page an exercise. Trainers read the numbers of their groups; administrators decide."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sqlalchemy.orm import Session

from autograder.audit import silence
from courses.exercises.base import Frozen
from courses.lessons.model import ExerciseSlot, Lesson
from courses.school.models import Person
from hub_config.portal.handler import PageHandler
from hub_config.portal.judging_page.curve import CurveView, curve_view
from hub_config.portal.judging_page.detail import DetailView, detail_view
from hub_config.portal.judging_page.figures import percent
from hub_config.portal.judging_page.view import (
    ExerciseRow,
    LessonRow,
    declaration,
    exercise_rows,
    may_read,
    outdated_lessons,
)

SAID = {"nghi": "Đã cho AI nghỉ chấm bài tập này.", "cham-lai": "Đã cho AI chấm lại bài tập này."}
DO: dict[str, Callable[[Session, tuple[str, str], str, str], object]] = {
    "nghi": silence.silence,
    "cham-lai": silence.lift,
}
"""What the form's button may ask for."""


class Overview(Frozen):
    """The whole page."""

    rows: tuple[ExerciseRow, ...]
    edits: tuple[LessonRow, ...]
    curve: CurveView | None
    floor: str
    share: str


class JudgingPage(PageHandler):
    """``/quan-tri/cham``."""

    async def get(self) -> None:
        """Show every exercise, the edits that wait, and the gate's curve."""
        lessons, settings = self.desk.shelf.all(), self.desk.site.judge

        def find(session: Session, person: Person) -> Overview | None:
            if not may_read(person):
                return None
            decides = person.role == "administrator"
            return Overview(
                rows=exercise_rows(session, person, lessons),
                edits=outdated_lessons(session, lessons) if decides else (),
                curve=curve_view(session, settings.gate_agreement),
                floor=f"{settings.audit_agreement:g}".replace(".", ","),
                share=percent(settings.audit_share),
            )

        viewer, shown = await self.find(find)
        self.show("judging.html", viewer, overview=shown)


class Opened(Frozen):
    """One exercise's page."""

    row: ExerciseRow
    detail: DetailView
    statement: str


class ExercisePage(PageHandler):
    """``/quan-tri/cham/<lesson>/<exercise>``."""

    async def get(self, key: str, exercise: str) -> None:
        """Show one exercise."""
        await self._show(key, exercise)

    async def post(self, key: str, exercise: str) -> None:
        """Silence the judge about the exercise, or let it be heard again."""
        lesson, slot = self._found(key, exercise)
        action, note = self.get_body_argument("action", ""), self.get_body_argument("note", "")
        _, fault = await self.ask(partial(_decide, (lesson.key, slot.id), action, note))
        if fault is None:
            raise self.missing()
        if fault:
            self.set_status(422)
            await self._show(key, exercise, fault, note)
        else:
            self.redirect(f"{self.desk.prefix}quan-tri/cham/{key}/{exercise}?da={action}", status=303)

    async def _show(self, key: str, exercise: str, fault: str = "", note: str = "") -> None:
        lesson, slot = self._found(key, exercise)
        site, lessons = self.desk.site, self.desk.shelf.all()

        def find(session: Session, person: Person) -> Opened | None:
            rows = exercise_rows(session, person, lessons) if may_read(person) else ()
            row = next((own for own in rows if (own.lesson, own.exercise) == (lesson.key, slot.id)), None)
            if row is None:
                return None
            statement = next(iter(slot.variants.values())).statement
            return Opened(row=row, detail=detail_view(session, site, lesson, slot), statement=statement)

        viewer, shown = await self.find(find)
        done = SAID.get(self.get_query_argument("da", ""), "")
        self.show("judging_exercise.html", viewer, own=shown, fault=fault, note=note, done=done)

    def _found(self, key: str, exercise: str) -> tuple[Lesson, ExerciseSlot]:
        lesson = self.desk.shelf.find(key)
        slot = next((own for own in lesson.slots if own.id == exercise), None) if lesson else None
        if lesson is None or slot is None or declaration(slot) is None:
            raise self.missing()
        return lesson, slot


def _decide(key: tuple[str, str], action: str, note: str, session: Session, person: Person) -> str | None:
    """Do what the button says; return what is wrong with it, or None where there is no such page for this person."""
    if person.role != "administrator":
        return None
    if action not in DO:
        return "Trang này không hiểu điều vừa được gửi."
    try:
        DO[action](session, key, person.username, note)
    except ValueError as error:
        return str(error)
    return ""
