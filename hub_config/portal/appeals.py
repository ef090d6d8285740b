"""“Phúc khảo” on the result page: what may be appealed, the thread of each appeal, and taking a new one."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from autograder.appeals import WHOLE, AppealRefused, appealable, make_appeal, threads
from autograder.models import Appeal, Decision
from autograder.results import result_of
from courses.exercises.base import Exercise, Frozen
from courses.school.codes import tidy_code
from courses.school.models import Person
from hub_config.portal.handler import PageHandler
from hub_config.portal.results_view import (
    Opened,
    ResultView,
    criterion_text,
    is_newest,
    open_submission,
    result_view,
)


class AppealView(Frozen):
    """One appeal as its learner and those who mark read it."""

    criterion: str  # its text
    sentence: str
    at: datetime
    decided_at: datetime | None = None
    reply: str = ""


class Choice(Frozen):
    """A criterion that may be appealed."""

    id: str
    text: str


class ExerciseAppeals(Frozen):
    """An exercise's appeals so far, and what may be appealed now (by its learner only)."""

    made: tuple[AppealView, ...] = ()
    choices: tuple[Choice, ...] = ()


class Typed(Frozen):
    """An appeal as it was typed, shown again when it could not be taken."""

    exercise: str
    criterion: str
    sentence: str
    fault: str = ""


def appeals_view(session: Session, opened: Opened, viewer: Person) -> dict[str, ExerciseAppeals]:
    """Return the appeals of a submission by exercise."""
    submission, lesson = opened.submission, opened.lesson
    made = threads(session, submission.id)
    own_page = viewer.id == submission.person_id and is_newest(session, submission)
    shown = {}
    for own in result_of(session, lesson, submission).exercises:
        exercise = lesson.slot(own.exercise).variant(submission.case)
        thread = tuple(_view(exercise, *one) for one in made.get(own.exercise, ()))
        taken = {appeal.criterion for appeal, _ in made.get(own.exercise, ())}
        open_to = [name for name in appealable(exercise, own) if name not in taken] if own_page else []
        choices = tuple(Choice(id=name, text=criterion_text(exercise, name)) for name in open_to)
        shown[own.exercise] = ExerciseAppeals(made=thread, choices=choices)
    return shown


def _view(exercise: Exercise, appeal: Appeal, decision: Decision | None) -> AppealView:
    return AppealView(
        criterion=criterion_text(exercise, appeal.criterion),
        sentence=appeal.sentence,
        at=appeal.at,
        decided_at=decision.at if decision else None,
        reply=appeal.reply if decision else "",
    )


def take(session: Session, opened: Opened, typed: Typed) -> str:
    """Store an appeal and return ``""``, or return why it was not taken."""
    submission, lesson = opened.submission, opened.lesson
    try:
        own = result_of(session, lesson, submission).of(typed.exercise)
        exercise = lesson.slot(typed.exercise).variant(submission.case)
    except KeyError:
        return "Bài nộp này không có câu đó."
    open_to = appealable(exercise, own)
    try:
        with session.begin_nested():
            make_appeal(session, submission, own, open_to, typed.criterion, typed.sentence)
    except AppealRefused as refused:
        return str(refused)
    except IntegrityError:  # the same form, sent twice at once
        return "Bạn đã phúc khảo ý này rồi. Mỗi ý phúc khảo một lần."
    return ""


class AppealPage(PageHandler):
    """``/ket-qua/<receipt>/phuc-khao``: takes the form of the result page."""

    async def get(self, receipt: str) -> None:
        """Go to the result, where the form is."""
        await self.ask(lambda *_: None)
        self.redirect(f"{self.desk.prefix}ket-qua/{quote(tidy_code(receipt))}")

    async def post(self, receipt: str) -> None:
        """Take one appeal of the learner's own, or show the page again with what to mend."""
        typed = Typed(
            exercise=self.get_body_argument("exercise", ""),
            criterion=self.get_body_argument("criterion", WHOLE),
            sentence=self.get_body_argument("sentence", ""),
        )

        def work(
            session: Session, person: Person
        ) -> tuple[str, ResultView, dict[str, ExerciseAppeals]] | None:
            opened = open_submission(session, self.desk.shelf, person, tidy_code(receipt))
            if opened is None or opened.submission.person_id != person.id:
                return None
            if not is_newest(session, opened.submission):
                return None
            fault = take(session, opened, typed)
            return fault, result_view(session, opened), appeals_view(session, opened, person)

        viewer, found = await self.ask(work)
        if found is None:
            raise self.missing()
        fault, result, appeals = found
        if not fault:
            where = f"{self.desk.prefix}ket-qua/{result.receipt}#phuc-khao-{quote(typed.exercise)}"
            self.redirect(where, status=303)
            return
        self.set_status(422)
        mine = typed.model_copy(update={"fault": fault})
        self.show("result.html", viewer, result=result, may_mark=False, appeals=appeals, typed=mine)
