"""Pages of trainers and administrators: the class, one learner, one submission with its marks to overrule."""

from __future__ import annotations

import re
from urllib.parse import quote

from sqlalchemy.orm import Session

from autograder.results import overrule
from courses.exercises.base import Frozen
from courses.school.codes import tidy_code
from courses.school.models import Person
from hub_config.portal.classes import class_view, learner_view
from hub_config.portal.handler import PageHandler
from hub_config.portal.results_view import Opened, ResultView, may_mark, open_submission, result_view

LONGEST_COMMENT = 2000
_SCORE = re.compile(r"\d{1,4}([.,]\d{1,2})?")


class ClassPage(PageHandler):
    """``/lop`` and ``/lop?to=<group>``."""

    async def get(self) -> None:
        """Show one of the person's groups."""
        lessons = self.desk.shelf.all()
        code = self.get_query_argument("to", None)
        viewer, shown = await self.ask(lambda session, person: class_view(session, person, lessons, code))
        if shown is None:
            raise self.missing()
        self.show("class.html", viewer, class_view=shown)


class LearnerPage(PageHandler):
    """``/lop/<username>``."""

    async def get(self, username: str) -> None:
        """Show one learner's lessons."""
        lessons = self.desk.shelf.all()
        viewer, shown = await self.ask(
            lambda session, person: learner_view(session, person, lessons, username)
        )
        if shown is None:
            raise self.missing()
        self.show("learner.html", viewer, learner=shown)


class Scheme(Frozen):
    """What helps to mark one exercise: its key or rubric, as Markdown. Never for learners."""

    exercise: str
    text: str


class Attempted(Frozen):
    """A mark as the trainer typed it, shown again when it could not be taken."""

    exercise: str
    score: str
    comment: str
    fault: str


class MarkPage(PageHandler):
    """``/bai-nop/<receipt>``: a submission and one form per exercise."""

    async def get(self, receipt: str) -> None:
        """Show the submission."""
        await self._show(receipt, None)

    async def post(self, receipt: str) -> None:
        """Take one mark, or show the form again with what to mend."""
        typed = Attempted(
            exercise=self.get_body_argument("exercise", ""),
            score=self.get_body_argument("score", ""),
            comment=self.get_body_argument("comment", "").replace("\r\n", "\n"),
            fault="",
        )

        def take(session: Session, person: Person) -> str:
            opened = self._opened(session, person, receipt)
            return _take(session, opened, typed, person.username)

        _, fault = await self.ask(take)
        if fault:
            self.set_status(422)
            await self._show(receipt, typed.model_copy(update={"fault": fault}))
        else:
            where = f"{self.desk.prefix}bai-nop/{tidy_code(receipt)}"
            exercise = quote(typed.exercise)
            self.redirect(f"{where}?da-ghi={exercise}#{exercise}", status=303)

    async def _show(self, receipt: str, typed: Attempted | None) -> None:
        def find(session: Session, person: Person) -> tuple[ResultView, dict[str, Scheme]]:
            opened = self._opened(session, person, receipt)
            return result_view(session, opened), _schemes(opened)

        viewer, (result, schemes) = await self.ask(find)
        saved = self.get_query_argument("da-ghi", "")
        self.show("mark.html", viewer, result=result, schemes=schemes, typed=typed, saved=saved)

    def _opened(self, session: Session, person: Person, receipt: str) -> Opened:
        opened = open_submission(session, self.desk.shelf, person, tidy_code(receipt))
        if opened is None or not may_mark(person, opened.submission):
            raise self.missing()
        return opened


def _schemes(opened: Opened) -> dict[str, Scheme]:
    exercises = (slot.variant(opened.submission.case) for slot in opened.lesson.slots)
    return {one.id: Scheme(exercise=one.id, text=one.mark_scheme()) for one in exercises}


def _take(session: Session, opened: Opened, typed: Attempted, by: str) -> str:
    """Store the mark and return ``""``, or return what is wrong with it."""
    if len(typed.comment) > LONGEST_COMMENT:
        return "Lời góp ý dài quá 2.000 ký tự. Bạn viết gọn lại giúp."
    try:
        score = read_score(typed.score)
        overrule(session, opened.submission, typed.exercise, score, typed.comment.strip(), by)
    except ValueError as error:
        return str(error)
    return ""


def read_score(typed: str) -> float:
    """Return a score typed with a decimal comma or point.

    Raises:
        ValueError: a Vietnamese sentence.
    """
    text = typed.strip()
    if not text.isascii() or not _SCORE.fullmatch(text):
        raise ValueError("Điểm phải là một số, ví dụ 3 hoặc 2,5.")
    return float(text.replace(",", "."))
