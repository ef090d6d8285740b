"""``/hang-cho``: the trainer's queue, one answer a page. Plain forms do it all; ``queue.js`` makes it quick."""

from __future__ import annotations

from sqlalchemy.orm import Session
from tornado.web import HTTPError

from autograder.human.decide import AlreadyDecided, Case, decide
from autograder.human.snippets import drop_snippet, save_snippet, snippet_text
from courses.exercises.files import HandedFile
from courses.school.models import Person, Submission
from hub_config.portal.files import FilePage, PreviewPage
from hub_config.portal.queue.done import take_back
from hub_config.portal.queue.form import Action, Typed, read_action, read_form, ruling_of
from hub_config.portal.queue.handler import QueueHandler
from hub_config.portal.queue.items import find_item, is_of_my_learners
from hub_config.portal.queue.view import Opened, QueueView, by_criteria, handed, rubric_of

_WHO_MARK = frozenset({"trainer", "administrator"})


class NotTaken(Exception):  # noqa: N818 - told to the person
    """A form that decides nothing; it is shown again with what to mend."""

    def __init__(self, typed: Typed, fault: str) -> None:
        super().__init__(fault)
        self.typed = typed.model_copy(update={"fault": fault})


class QueuePage(QueueHandler):
    """``/hang-cho``: the first answer that waits."""

    async def get(self) -> None:
        """Show it, or that nothing waits."""

        def find(session: Session, person: Person) -> QueueView | None:
            return self.page_at(session, person) if person.role in _WHO_MARK else None

        viewer, view = await self.ask(find)
        if view is None:
            raise self.missing()
        self.show_queue(viewer, view, said=self.get_query_argument("da", ""))


class ItemPage(QueueHandler):
    """``/hang-cho/<submission>/<exercise>``: one answer."""

    async def get(self, number: str, exercise: str) -> None:
        """Show it; one that is decided already leads on to what waits."""

        def find(session: Session, person: Person) -> QueueView | None:
            opened = self._opened(session, person, number, exercise)
            return self.page(session, person, opened) if opened else None

        viewer, view = await self.ask(find)
        if view is None:
            self.redirect(self.address(said="co-diem"), status=303)
        else:
            self.show_queue(viewer, view, said=self.get_query_argument("da", ""))

    async def post(self, number: str, exercise: str) -> None:
        """Decide, or do something with one's own comments."""
        action = read_action(self._field("do"))
        if action is None:
            raise HTTPError(400)
        try:
            if action.name == "ghi":
                await self._decide(number, exercise)
            else:
                await self._comment(number, exercise, action)
        except NotTaken as not_taken:
            await self._again(number, exercise, not_taken.typed)
        except AlreadyDecided:
            viewer, view = await self.ask(self.page_at)
            self.go_on(viewer, view, "co-diem")

    def _field(self, name: str) -> str:
        return str(self.get_body_argument(name, "", strip=False))

    def _opened(self, session: Session, person: Person, number: str, exercise: str) -> Opened | None:
        """Return the answer, or None when it is decided.

        Raises:
            HTTPError: 404, unknown or forbidden.
        """
        opened = self.opened(session, person, int(number), exercise)
        if opened is None and not is_of_my_learners(session, person, int(number), exercise):
            raise self.missing()
        return opened

    async def _decide(self, number: str, exercise: str) -> None:
        def take(session: Session, person: Person) -> QueueView:
            opened = self._opened(session, person, number, exercise)
            if opened is None:
                raise AlreadyDecided
            typed = self._take(session, opened, person.username)
            return self.page_at(session, person, typed.after)

        viewer, view = await self.ask(take)
        self.go_on(viewer, view, "ghi")

    def _take(self, session: Session, opened: Opened, by: str) -> Typed:
        criteria = by_criteria(opened.exercise, opened.raw)
        typed = read_form(self._field, criteria)
        try:
            case = Case(kind=opened.item.kind, exercise=opened.item.exercise, by=by)
            submissions = (opened.submission, *opened.others)
            decide(
                session,
                opened.lesson,
                case,
                ruling_of(typed, criteria, rubric_of(opened.exercise)),
                submissions,
                replace=opened.item.kind == "appeal",
            )
        except AlreadyDecided:
            raise
        except ValueError as error:
            raise NotTaken(typed, str(error)) from error
        return typed

    async def _comment(self, number: str, exercise: str, action: Action) -> None:
        def change(session: Session, person: Person) -> tuple[QueueView, Typed]:
            opened = self._opened(session, person, number, exercise)
            if opened is None:
                raise AlreadyDecided
            typed = read_form(self._field, by_criteria(opened.exercise, opened.raw))
            changed = with_comment(session, person.username, action, typed)
            return self.page(session, person, opened), changed

        viewer, (view, typed) = await self.ask(change)
        self.show_queue(viewer, view, typed)

    async def _again(self, number: str, exercise: str, typed: Typed) -> None:
        def find(session: Session, person: Person) -> QueueView:
            return self.page(session, person, self._opened(session, person, number, exercise))

        viewer, view = await self.ask(find)
        self.set_status(422)
        self.show_queue(viewer, view, typed)


def with_comment(session: Session, by: str, action: Action, typed: Typed) -> Typed:
    """Save, insert or delete one of a person's comments; return the form as it is shown then.

    Raises:
        NotTaken: there is nothing to save, or too much.
    """
    if action.name == "luu-cau":
        try:
            save_snippet(session, by, typed.comment)
        except ValueError as error:
            raise NotTaken(typed, str(error)) from error
        return typed.model_copy(update={"said": "Đã lưu câu góp ý để dùng lần sau."})
    if action.name == "xoa":
        drop_snippet(session, by, action.snippet)
        return typed.model_copy(update={"said": "Đã xóa câu góp ý."})
    text = snippet_text(session, by, action.snippet)
    comment = "\n".join(part for part in (typed.comment.rstrip(), text) if part)
    return typed.model_copy(update={"comment": comment, "said": "Đã chèn câu góp ý."})


class UndoPage(QueueHandler):
    """``/hang-cho/hoan-tac/<decision>``: one of the person's last decisions is taken back."""

    async def post(self, number: str) -> None:
        """Undo it and show the answer again."""

        def back(session: Session, person: Person) -> QueueView | None:
            taken = take_back(session, person, self.desk.shelf, int(number))
            if taken is None:
                return None
            return self.page_at(session, person, f"{taken.submission_id}/{taken.exercise}")

        viewer, view = await self.ask(back)
        if view is None:
            raise self.missing()
        self.go_on(viewer, view, "hoan-tac")


class _Nameless(FilePage):
    """A file of the queue, found by its submission's number."""

    async def _file(self, receipt: str, exercise: str) -> HandedFile:
        def find(session: Session, person: Person) -> HandedFile | None:
            item = find_item(session, person, int(receipt), exercise)
            return (
                handed(session.get_one(Submission, item.submission_id).answers.get(exercise))
                if item
                else None
            )

        _, found = await self.ask(find)
        if found is None:
            raise self.missing()
        return found


class NamelessFile(_Nameless):
    """``/hang-cho/<submission>/<exercise>/tep``: the file of an answer, without the name that its learner gave it."""


class NamelessPreview(_Nameless, PreviewPage):
    """``/hang-cho/<submission>/<exercise>/xem``: the small copy of a picture."""
