"""Base handlers: who asks, database work in a thread, pages and errors."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from sqlalchemy.orm import Session
from tornado.web import HTTPError

from courses.exercises.base import Frozen
from courses.player.reading import Reading, cookie_name, read_cookie
from courses.school.db import session as open_session
from courses.school.models import Person, Setting
from courses.school.people import find_person
from hub_config.portal.desk import Desk
from hub_config.portal.rendering import page
from hub_config.web import MAX_BODY, HubDown, SignedIn

log = logging.getLogger(__name__)
T = TypeVar("T")


class Stranger(Exception):  # noqa: N818 - told to the person, not a fault
    """The hub knows this user; the school's list of people does not."""


class Viewer(Frozen):
    """Who looks at a page. ``sample``: the site shows sample data."""

    username: str
    display_name: str
    role: str
    sample: bool


class Handler(SignedIn):
    """A handler with the portal's desk."""

    desk: Desk
    viewer: Viewer | None = None  # who asks, once the database was asked

    def initialize(self, desk: Desk) -> None:
        """Take what the application holds."""
        self.desk = desk
        self.hub_auth = desk.auth

    async def ask(self, work: Callable[[Session, Person], T]) -> tuple[Viewer, T]:
        """Run database work for the signed-in person in a thread, in one transaction.

        Raises:
            Stranger: the person is not on the school's list.
        """
        username = self.hub_user
        assert username is not None  # noqa: S101 - prepare() lets nobody else through

        def run() -> tuple[Viewer, T]:
            with open_session(self.desk.engine) as session:
                person = find_person(session, username)
                if person is None:
                    raise Stranger
                self.viewer = _viewer(session, person)
                return self.viewer, work(session, person)

        return await asyncio.get_running_loop().run_in_executor(self.desk.threads, run)


def _viewer(session: Session, person: Person) -> Viewer:
    sample = session.get(Setting, "sample")
    return Viewer(
        username=person.username,
        display_name=person.display_name,
        role=person.role,
        sample=sample is not None and sample.value == "1",
    )


class PageHandler(Handler):
    """A page: people who are not signed in go to the login page first."""

    async def prepare(self) -> None:
        """Recognise the person, or send them to sign in; a form without its ``_xsrf`` is refused."""
        if len(self.request.body) > MAX_BODY:
            raise HTTPError(413)
        if await self.identify() is not None:
            return
        if self.request.method not in {"GET", "HEAD"}:
            raise HTTPError(403)
        self.to_login()

    def show(self, template: str, viewer: Viewer | None, **values: object) -> None:
        """Answer with a page."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        token = self._form_token(viewer)
        self.finish(page(self.desk, template, viewer, token, values, self.reading(viewer)))

    def reading(self, viewer: Viewer | None) -> Reading:
        """Return how the viewer likes to read, as this browser remembers it."""
        return read_cookie(self.get_cookie(cookie_name(viewer.username))) if viewer else Reading()

    def _form_token(self, viewer: Viewer | None) -> str:
        return self.xsrf_token.decode() if viewer else ""

    async def find(self, work: Callable[[Session, Person], T | None]) -> tuple[Viewer, T]:
        """Do as `ask` does for what may not exist, or not for this person.

        Raises:
            HTTPError: 404.
        """
        viewer, found = await self.ask(work)
        if found is None:
            raise self.missing()
        return viewer, found

    def missing(self) -> HTTPError:
        """Return the error for what does not exist or is not for this person: both look the same."""
        return HTTPError(404)

    def write_error(self, status_code: int, **kwargs: Any) -> None:  # noqa: ANN401 - tornado's own signature
        """Say what happened, what is safe and what to do."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, HubDown):
            status_code = 503
        elif isinstance(error, Stranger):
            status_code = 403
        self.set_status(status_code)
        self.show("error.html", self.viewer, **_said(status_code, stranger=isinstance(error, Stranger)))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:  # noqa: ANN401 - tornado's own signature
        """Log faults of ours; what is told to the person is none."""
        if not isinstance(value, Stranger | HubDown):
            super().log_exception(typ, value, tb)


class MissingPage(PageHandler):
    """Every other address."""

    async def get(self, *_: str) -> None:
        """Say that there is no such page."""
        await self.ask(lambda *_: None)  # the error page, too, says whether this is sample data
        raise self.missing()


def _said(status: int, *, stranger: bool) -> dict[str, str]:
    if stranger:
        return _ERRORS[0]
    return _ERRORS.get(status, _ERRORS[400] if status < HTTPStatus.INTERNAL_SERVER_ERROR else _ERRORS[500])


_ERRORS = {
    0: {
        "title": "Bạn chưa có tên trong lớp",
        "what": "Bạn đã đăng nhập, nhưng danh sách lớp chưa có tên bạn.",
        "next": "Bạn nhờ huấn luyện viên của tổ thêm tên, rồi mở lại trang này.",
    },
    400: {
        "title": "Yêu cầu chưa đúng",
        "what": "Trang này không hiểu điều vừa được gửi. Chưa có gì thay đổi.",
        "next": "Bạn quay lại trang Hôm nay rồi thử lại.",
    },
    403: {
        "title": "Trang đã mở quá lâu",
        "what": "Phiên của bạn đã đổi, nên điều vừa gửi chưa được ghi.",
        "next": "Bạn quay lại, tải lại trang rồi gửi lần nữa.",
    },
    404: {
        "title": "Không có trang này",
        "what": "Địa chỉ này không có, hoặc không dành cho bạn.",
        "next": "Bạn quay lại trang Hôm nay, mọi bài học đều ở đó.",
    },
    413: {
        "title": "Gửi quá dài",
        "what": "Điều vừa gửi dài quá 256 KiB nên chưa được ghi.",
        "next": "Bạn viết gọn lại rồi gửi lần nữa.",
    },
    500: {
        "title": "Trang đang gặp trục trặc",
        "what": "Lỗi ở phía chúng tôi. Bài làm của bạn vẫn được giữ.",
        "next": "Bạn chờ vài phút rồi mở lại.",
    },
    503: {
        "title": "Chưa nối được với trang đăng nhập",
        "what": "Lớp học đang khởi động hoặc đang bận. Bài làm của bạn vẫn được giữ.",
        "next": "Bạn chờ một phút rồi mở lại.",
    },
}
