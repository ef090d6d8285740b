"""The boards service: one file for everybody who is signed in; no kernel and no database behind a view."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jupyterhub.services.auth import HubOAuth, HubOAuthCallbackHandler
from markupsafe import Markup
from prometheus_client import CollectorRegistry
from tornado.web import Application, HTTPError

from courses.site import Site, layout
from hub_config.boards.look import PAGE, TEMPLATES, frame
from hub_config.boards.shelf import Shelf, style_source
from hub_config.metrics.web import MeasuredApplication, RequestMeter
from hub_config.web import HubDown, SignedIn

_POLICY = (
    "default-src 'none'; style-src {style}; img-src data:; "
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
_NO_GZIP = re.compile(r"q\s*=\s*0(\.0*)?\s*$")


@dataclass(frozen=True)
class Room:
    """What the handlers share."""

    site: Site
    auth: HubOAuth
    shelf: Shelf


def make_app(site: Site, auth: HubOAuth, registry: CollectorRegistry | None = None) -> Application:
    """Return the application; its numbers are kept in the registry (by default one of its own)."""
    given = {"room": Room(site, auth, Shelf(layout(site).boards / PAGE))}
    prefix = str(auth.base_url)
    return MeasuredApplication(
        [(prefix, BoardPage, given), (f"{prefix}oauth_callback", Callback, given)],
        RequestMeter(layout(site), registry=registry or CollectorRegistry()),
        f"{prefix}metrics",
        cookie_secret=os.urandom(32),
        default_handler_class=MissingPage,
        default_handler_args=given,
    )


class Callback(HubOAuthCallbackHandler):  # type: ignore[misc]  # JupyterHub has no types
    """Where the hub sends people back after signing in."""

    def initialize(self, room: Room) -> None:
        """Use the room's authenticator."""
        self.hub_auth = room.auth


class Page(SignedIn):
    """A page for people who are signed in; everybody else signs in first."""

    _tag: str | None = None

    def initialize(self, room: Room) -> None:
        """Take what the application holds."""
        self.room = room
        self.hub_auth = room.auth

    async def prepare(self) -> None:
        """Recognise the person."""
        if self.request.method not in {"GET", "HEAD"}:
            raise HTTPError(405)
        if await self.identify() is None:
            self.to_login()

    def compute_etag(self) -> str | None:
        """Return the board's tag; other pages have none."""
        return self._tag

    def say(self, message: dict[str, str]) -> None:
        """Answer with a short page of words."""
        body = _message(self.room.site, message)
        self._html(style_source(body))
        self.finish(body)

    def _html(self, style: str) -> None:
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", _POLICY.format(style=style))

    def write_error(self, status_code: int, **kwargs: Any) -> None:  # noqa: ANN401 - tornado's own signature
        """Say what happened, what is safe and what to do."""
        if isinstance(kwargs.get("exc_info", (None, None))[1], HubDown):
            status_code = 503
        self.set_status(status_code)
        own = status_code if status_code >= HTTPStatus.INTERNAL_SERVER_ERROR else 404
        self.say(_MESSAGES.get(own, _MESSAGES[500]))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:  # noqa: ANN401 - tornado's own signature
        """Log faults of ours; a hub that is down is none."""
        if not isinstance(value, HubDown):
            super().log_exception(typ, value, tb)


class BoardPage(Page):
    """The board."""

    def get(self) -> None:
        """Send the page, or only word that it did not change."""
        page = self.room.shelf.page()
        if page is None:
            self.say(_MESSAGES[0])
            return
        packed = takes_gzip(self.request.headers.get("Accept-Encoding", ""))
        self._html(page.style)
        self.set_header("Cache-Control", "private, no-cache")  # keep it, but ask each time: phones are shared
        self.set_header("Vary", "Accept-Encoding")
        if packed:
            self.set_header("Content-Encoding", "gzip")
        self._tag = page.etag(packed=packed)
        self.finish(page.body(packed=packed))

    head = get


class MissingPage(Page):
    """Every other address."""

    def get(self) -> None:
        """Say that there is nothing here."""
        raise HTTPError(404)

    head = get


def takes_gzip(accepted: str) -> bool:
    """Tell whether an Accept-Encoding header allows gzip."""
    for offer in accepted.lower().split(","):
        name, _, weight = offer.partition(";")
        if name.strip() in {"gzip", "x-gzip"}:
            return not _NO_GZIP.search(weight)
    return False


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)


def _message(site: Site, message: dict[str, str]) -> bytes:
    page = frame(site, message["title"])
    values = {**page.model_dump(), "css": Markup(page.css)}  # noqa: S704 - our own style sheet
    template = _environment().get_template("message.html.j2")
    return template.render(page=values, sample=site.demo, **message).encode()


_MESSAGES = {
    0: {
        "title": "Bảng xếp hạng",
        "what": "Chưa có bảng xếp hạng.",
        "next": "Bảng có sau lần chấm bài đầu tiên, vào cuối ngày. Bạn cứ học bài hôm nay, điểm sẽ hiện ở đây.",
    },
    404: {
        "title": "Không có trang này",
        "what": "Địa chỉ này không có.",
        "next": "Bạn quay lại trang Hôm nay, mọi bài học đều ở đó.",
    },
    500: {
        "title": "Trang đang gặp trục trặc",
        "what": "Lỗi ở phía chúng tôi. Điểm và bài làm của bạn vẫn được giữ.",
        "next": "Bạn chờ vài phút rồi mở lại.",
    },
    503: {
        "title": "Chưa nối được với trang đăng nhập",
        "what": "Lớp học đang khởi động hoặc đang bận. Điểm và bài làm của bạn vẫn được giữ.",
        "next": "Bạn chờ một phút rồi mở lại.",
    },
}
