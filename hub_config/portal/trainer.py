"""Pages of trainers and administrators: the class, one learner, one submission with its marks to overrule."""

from __future__ import annotations

from urllib.parse import quote

from sqlalchemy.orm import Session

from autograder.human.decide import Case, Ruling, decide
from autograder.pupil_results import overrule_pupil
from courses.clock import now
from courses.exercises.base import Frozen
from courses.exercises.teach.kind import Teach
from courses.school.accounts import new_activation_code
from courses.school.codes import tidy_code
from courses.school.logins import shown_login
from courses.school.models import Person
from courses.school.people import find_person
from hub_config.portal.classes import ClassView, Learner, class_view, learner_view
from hub_config.portal.handler import PageHandler
from hub_config.portal.joining.view import Joining, joining_view
from hub_config.portal.marking import aids, rule
from hub_config.portal.pupil.deciding import papers, read_choices
from hub_config.portal.results_view import Opened, ResultView, may_mark, open_submission, result_view
from hub_config.portal.scores import LONGEST_COMMENT, TOO_LONG, read_score


class ClassPage(PageHandler):
    """``/lop`` and ``/lop?to=<group>``."""

    async def get(self) -> None:
        """Show one of the person's groups."""
        lessons = self.desk.shelf.all()
        code = self.get_query_argument("to", None)
        site = self.desk.site

        def look(session: Session, person: Person) -> tuple[ClassView, Joining | None] | None:
            shown = class_view(session, person, lessons, code)
            if shown is None:
                return None
            group = shown.chosen.code if shown.chosen else None
            return shown, joining_view(session, person, site, group, now())

        viewer, found = await self.find(look)
        self.show("class.html", viewer, class_view=found[0], joining=found[1], told=self._told())

    def _told(self) -> str:
        """Return what was just done, as a sentence."""
        for key, sentence in _DONE.items():
            name = self.get_query_argument(key, "")
            if name:
                return sentence.format(name=name[:80])
        return ""


_DONE = {
    "ma-moi": "Đã có mã lớp mới.",
    "ma-tat": "Đã tắt mã lớp.",
    "da-nhan": "Đã nhận {name} vào lớp.",
    "khong-nhan": "Đã xóa lời xin của {name}.",
    "khong-con": "Lời xin này đã có người trả lời, hoặc tổ không phải của bạn.",
}


class LearnerPage(PageHandler):
    """``/lop/<username>``."""

    async def get(self, username: str) -> None:
        """Show one learner's lessons."""
        await self.show_learner(username)

    async def show_learner(self, username: str, *, new_code: bool = False) -> None:
        """Show the page; with ``new_code``, a fresh activation code stands on it, this once."""
        lessons = self.desk.shelf.all()

        def look(session: Session, person: Person) -> tuple[Learner, str, str] | None:
            learner = learner_view(session, person, lessons, username)
            found = find_person(session, username)
            if learner is None or found is None:
                return None
            code = new_activation_code(session, found, now()) if new_code else ""
            return learner, shown_login(session, found), code

        viewer, found = await self.find(look)
        learner, login, code = found
        self.show("learner.html", viewer, learner=learner, login=login, code=code)


class NewCodePage(LearnerPage):
    """``/lop/<username>/ma-moi``: a code for somebody who forgot their password."""

    async def get(self, username: str) -> None:
        """Go to the learner: reading an address gives nobody a code."""
        self.redirect(f"{self.desk.prefix}lop/{quote(username)}")

    async def post(self, username: str) -> None:
        """Give a new code and show it."""
        await self.show_learner(username, new_code=True)


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
    met: dict[str, bool] | None = None  # criterion by criterion; None: points were typed


class Unchosen(Frozen):
    """Why a trainer's decisions about the pupil could not be taken."""

    exercise: str
    fault: str


class Marking(PageHandler):
    """What the pages of one submission share: nobody gets further but those who may mark it."""

    def opened(self, session: Session, person: Person, receipt: str) -> Opened:
        """Return the submission; for everybody else it does not exist."""
        opened = open_submission(session, self.desk.shelf, person, tidy_code(receipt))
        if opened is None or not may_mark(person, opened.submission):
            raise self.missing()
        return opened

    async def show_marking(
        self, receipt: str, typed: Attempted | None = None, unchosen: Unchosen | None = None
    ) -> None:
        """Show the submission, with what could not be taken and why."""

        def find(session: Session, person: Person) -> tuple[ResultView, dict[str, object]]:
            opened = self.opened(session, person, receipt)
            pupils = papers(session, opened.lesson, opened.submission)
            beside: dict[str, object] = {
                "schemes": _schemes(opened),
                "pupils": pupils,
                "aids": aids(session, opened),
            }
            return result_view(session, opened), beside

        viewer, (result, beside) = await self.ask(find)
        saved, heard = (self.get_query_argument(name, "") for name in ("da-ghi", "da-nghe"))
        values = {"typed": typed, "unchosen": unchosen, "saved": saved, "heard": heard}
        self.show("mark.html", viewer, result=result, **beside, **values)

    def back(self, receipt: str, exercise: str, said: str, place: str) -> None:
        """Go back to the submission, where ``said`` tells what was written."""
        where = f"{self.desk.prefix}bai-nop/{tidy_code(receipt)}"
        self.redirect(f"{where}?{said}={quote(exercise)}#{quote(place)}", status=303)


class MarkPage(Marking):
    """``/bai-nop/<receipt>``: a submission and one form per exercise."""

    async def get(self, receipt: str) -> None:
        """Show the submission."""
        await self.show_marking(receipt)

    async def post(self, receipt: str) -> None:
        """Take one mark, or show the form again with what to mend."""
        typed = self._typed()

        def take(session: Session, person: Person) -> None:
            opened = self.opened(session, person, receipt)
            if typed.met is None:
                _take(session, opened, typed, person.username)
            else:
                rule(session, opened, typed.exercise, self._field, person.username)

        try:
            await self.ask(take)
        except ValueError as error:
            self.set_status(422)
            await self.show_marking(receipt, typed.model_copy(update={"fault": str(error)}))
        else:
            self.back(receipt, typed.exercise, "da-ghi", typed.exercise)

    def _field(self, name: str) -> str:
        return str(self.get_body_argument(name, ""))

    def _typed(self) -> Attempted:
        """Return what came: one form types points, the other names the rubric and decides its criteria."""
        chosen = {
            name[3:]: self._field(name) == "dat" for name in self.request.arguments if name[:3] == "tc-"
        }
        return Attempted(
            exercise=self._field("exercise"),
            score=self._field("score"),
            comment=self._field("comment").replace("\r\n", "\n"),
            fault="",
            met=chosen if self._field("rubric") else None,
        )


class PupilPage(Marking):
    """``/bai-nop/<receipt>/be-che/<exercise>``: what the pupil has understood, as a person decides it."""

    async def get(self, receipt: str, exercise: str) -> None:
        """Go to the submission: a form that could not be taken stays behind under this address."""
        self.back(receipt, exercise, "xem", f"be-che-{exercise}")

    async def post(self, receipt: str, exercise: str) -> None:
        """Take the decisions, or show the form again with what to mend."""

        def take(session: Session, person: Person) -> str:
            opened = self.opened(session, person, receipt)
            return self._decide(session, opened, exercise, person.username)

        _, fault = await self.ask(take)
        if fault:
            self.set_status(422)
            await self.show_marking(receipt, unchosen=Unchosen(exercise=exercise, fault=fault))
        else:
            self.back(receipt, exercise, "da-nghe", f"be-che-{exercise}")

    def _decide(self, session: Session, opened: Opened, exercise: str, by: str) -> str:
        teach = _teach(opened, exercise)
        if teach is None:
            raise self.missing()
        given = {one.id: self.get_body_argument(f"hieu-{one.id}", "") for one in teach.misconceptions}
        try:
            overrule_pupil(session, opened.submission, teach, read_choices(teach, given), by)
        except ValueError as error:
            return str(error)
        return ""


def _teach(opened: Opened, exercise: str) -> Teach | None:
    variants = (slot.variant(opened.submission.case) for slot in opened.lesson.slots)
    return next((one for one in variants if isinstance(one, Teach) and one.id == exercise), None)


def _schemes(opened: Opened) -> dict[str, Scheme]:
    exercises = (slot.variant(opened.submission.case) for slot in opened.lesson.slots)
    return {one.id: Scheme(exercise=one.id, text=one.mark_scheme()) for one in exercises}


def _take(session: Session, opened: Opened, typed: Attempted, by: str) -> None:
    """Store points as a decision, in the place of any mark that stands: the queue offers to undo it.

    Raises:
        ValueError: a Vietnamese sentence that says what is wrong with it.
    """
    if len(typed.comment) > LONGEST_COMMENT:
        raise ValueError(TOO_LONG)
    ruling = Ruling(score=read_score(typed.score), comment=typed.comment.strip())
    case = Case(kind="queue", exercise=typed.exercise, by=by)
    decide(session, opened.lesson, case, ruling, [opened.submission], replace=True)
