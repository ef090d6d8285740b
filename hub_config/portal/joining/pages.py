"""``/lop/ma-lop`` and ``/lop/xin-vao/<number>``: what a trainer decides about joining, each by one plain form."""

from __future__ import annotations

from urllib.parse import quote

from sqlalchemy.orm import Session
from tornado.web import HTTPError

from courses import clock
from courses.school import joining
from courses.school.models import Person
from hub_config.portal.handler import PageHandler


class _Decision(PageHandler):
    """A form of the class page: does something, then goes back there and says what was done."""

    async def get(self, *_: str) -> None:
        """Go to the class page: a form that could not be taken leaves its address behind."""
        self.redirect(f"{self.desk.prefix}lop")

    def field(self, name: str) -> str:
        """Return a field of the form."""
        return str(self.get_body_argument(name, ""))

    def back(self, said: str, name: str = "") -> None:
        """Go back to the class that the page showed."""
        group = self.field("trang")
        where = f"{self.desk.prefix}lop?" + (f"to={quote(group)}&" if group else "")
        self.redirect(f"{where}{said}={quote(name or '1')}#vao-lop", status=303)


class ClassCodePage(_Decision):
    """Gives a class a new code, or takes its code away."""

    async def post(self) -> None:
        """Do what the button says."""
        group, end = self.field("to"), self.field("tat")

        def change(session: Session, person: Person) -> bool:
            if end:
                return joining.close_class_code(session, person, group)
            return joining.renew_class_code(session, person, group, clock.now())

        _, done = await self.ask(change)
        if not done:
            raise self.missing()
        self.back("ma-tat" if end else "ma-moi")


class AnswerPage(_Decision):
    """Lets somebody who waits in, or strikes them off."""

    async def post(self, number: str) -> None:
        """Do what the button says."""
        answer, group = self.field("tra-loi"), self.field("to")
        if answer not in {"nhan", "khong"}:
            raise HTTPError(400)

        def decide(session: Session, person: Person) -> str | None:
            if answer == "khong":
                return joining.refuse(session, person, int(number))
            taken = joining.approve(session, person, int(number), group, clock.now())
            return taken.display_name if taken else None

        _, name = await self.ask(decide)
        if name is None:
            self.back("khong-con")
            return
        self.back("da-nhan" if answer == "nhan" else "khong-nhan", name)
