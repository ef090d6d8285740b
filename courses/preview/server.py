"""The preview's server: this computer only, behind a token that nobody can guess.

Every request must name 127.0.0.1 or localhost as its host (a page of the Internet that points its own name at
this computer is refused) and begin with the token.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import mimetypes
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tornado.httpserver import HTTPServer
from tornado.iostream import StreamClosedError
from tornado.netutil import bind_sockets
from tornado.web import Application, HTTPError, RequestHandler
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from courses.lessons.model import CASES, Lesson
from courses.player.assets import bundle
from courses.preview.agreement import Agreement
from courses.preview.draft import Desk
from courses.preview.line import dumped, reply_to
from courses.preview.page import Place, author_page, lesson_page

LOOK_EVERY = 0.3  # seconds between two looks at the lesson's files
_ASSET = re.compile(r"[a-z0-9][a-z0-9._-]*\.(?:svg|png|jpg|jpeg|webp)")
_STATIC = Path(__file__).parent / "static"
_LOOK = Path(__file__).resolve().parents[1] / "look" / "bdhai.css"
_FILES = {"desk.js": _STATIC / "desk.js", "desk.css": _STATIC / "desk.css", "bdhai.css": _LOOK}

TryJudge = Callable[[Lesson], Awaitable[tuple[Agreement, ...]]]
"""Has an AI judge a lesson's samples; what it says is compared with what their author expects."""


@dataclass
class Room:
    """What all handlers share."""

    desk: Desk
    released: Path
    token: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    try_judge: TryJudge | None = None
    hosts: frozenset[str] = frozenset()
    pages: set[LineHandler] = field(default_factory=set)
    listeners: set[EventsHandler] = field(default_factory=set)
    judged: tuple[int, tuple[Agreement, ...]] = (0, ())  # number of the draft, and what the AI said of it

    @property
    def base(self) -> str:
        """The path that every address begins with."""
        return f"/{self.token}/"

    @property
    def place(self) -> Place:
        """See ``Place``."""
        return Place(self.base, self.released)

    def news(self) -> str:
        """Return what the author's page is told after a change."""
        draft = self.desk.draft
        return json.dumps({"number": draft.number, "broken": draft.is_broken, "errors": draft.errors})


class Base(RequestHandler):
    """Lets in whoever knows the token and calls this computer by its own name."""

    is_known = False  # does the request carry the token?

    def initialize(self, room: Room) -> None:
        """Keep the room."""
        self.room = room

    def prepare(self) -> None:
        """Refuse other hosts, other origins and wrong tokens."""
        if self.request.host not in self.room.hosts:
            raise HTTPError(421)
        origin = self.request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != self.request.host:
            raise HTTPError(403)
        if not hmac.compare_digest(self.path_args[0].encode(), self.room.token.encode()):
            raise HTTPError(404)
        self.is_known = True

    def set_default_headers(self) -> None:
        """Keep the address with its token to ourselves, and every answer fresh."""
        self.set_header("Server", "bdhai")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "no-store")

    def compute_etag(self) -> None:
        """Nothing is kept, so nothing needs a mark."""

    def write_error(self, status_code: int, **kwargs: object) -> None:
        """Say it in one sentence; who did not know the token learns nothing."""
        del kwargs
        if not self.is_known:
            self.finish(str(status_code))
            return
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(author_page("outside.html", base=self.room.base, status=status_code))


class DeskHandler(Base):
    """The author's page."""

    def get(self, token: str) -> None:
        """Show it."""
        del token
        own = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'"
        self.set_header(
            "Content-Security-Policy", f"{own}; img-src data:; form-action 'none'; base-uri 'none'"
        )
        self.finish(author_page("desk.html", room=self.room, draft=self.room.desk.draft))


class PanelHandler(Base):
    """What stands beside the lesson: findings, samples, time."""

    def get(self, token: str) -> None:
        """Show the newest."""
        del token
        draft = self.room.desk.draft
        number, said = self.room.judged
        self.finish(
            author_page(
                "panel.html", room=self.room, draft=draft, said=said if number == draft.number else ()
            )
        )


class LessonHandler(Base):
    """The lesson as learners see it."""

    def get(self, token: str) -> None:
        """Show the last text that could be read, in the wished setting."""
        del token
        draft = self.room.desk.draft
        if draft.session is None:
            self.finish(author_page("waiting.html", draft=draft))
            return
        case = self.get_query_argument("case", "")
        if case in CASES:
            draft.session.store.switch(case)
        self.finish(lesson_page(draft, self.room.place, self.get_cookie))


class ResultHandler(Base):
    """The marks of what was handed in last."""

    def get(self, token: str) -> None:
        """Show them."""
        del token
        draft = self.room.desk.draft
        handed_in = getattr(draft.session.portal, "handed_in", []) if draft.session else []
        self.finish(author_page("result.html", room=self.room, draft=draft, work=next(iter(handed_in), None)))


class OutsideHandler(Base):
    """Where the lesson's links lead that leave the lesson."""

    def get(self, token: str) -> None:
        """Say so."""
        del token
        self.finish(author_page("outside.html", base=self.room.base, status=200))


class CodeHandler(Base):
    """The player's code, and our own."""

    def get(self, token: str, name: str) -> None:
        """Answer with the file, or 404."""
        del token
        code = bundle()
        texts = {code.js_name: code.page_js, code.css_name: code.page_css}
        if name not in texts and name not in _FILES:
            raise HTTPError(404)
        self.set_header(
            "Content-Type", f"text/{'javascript' if name.endswith('.js') else 'css'}; charset=utf-8"
        )
        self.finish(texts[name] if name in texts else _FILES[name].read_text(encoding="utf-8"))


class AssetHandler(Base):
    """The lesson's own pictures, as they are on the disk now."""

    def get(self, token: str, name: str) -> None:
        """Answer with the picture; only files that lie in ``assets/`` itself."""
        del token
        file = self.room.desk.folder / "assets" / name
        if not _ASSET.fullmatch(name) or file.is_symlink() or not file.is_file():
            raise HTTPError(404)
        self.set_header("Content-Type", mimetypes.guess_type(name)[0] or "application/octet-stream")
        self.set_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        self.finish(file.read_bytes())


class KernelHandler(Base):
    """What the page asks of a server that has kernels."""

    def get(self, token: str) -> None:
        """There is one."""
        del token
        self.finish({"id": "xem-thu"})

    def post(self, token: str) -> None:
        """It stays."""
        del token
        self.set_status(204)


class UploadHandler(Base):
    """A file that the author tries to hand in."""

    def post(self, token: str) -> None:
        """Say that only a class takes files."""
        del token
        self.set_status(503)
        self.finish({"error": "Bản xem thử chưa nhận tệp. Bạn mở bài trong lớp học để thử gửi tệp."})


class JudgeHandler(Base):
    """“Cho AI chấm thử”."""

    async def post(self, token: str) -> None:
        """Have the samples judged, and show the panel with what came of it."""
        del token
        draft, judge = self.room.desk.draft, self.room.try_judge
        if judge is None or draft.lesson is None:
            raise HTTPError(404)
        self.room.judged = (draft.number, await judge(draft.lesson))
        self.finish(self.room.news())


class EventsHandler(Base):
    """Server-sent events: one line at every change of the lesson."""

    async def get(self, token: str) -> None:
        """Keep the line open until the page goes."""
        del token
        self.set_header("Content-Type", "text/event-stream")
        self.room.listeners.add(self)
        self.gone = asyncio.Event()
        await self.tell()
        await self.gone.wait()

    async def tell(self) -> None:
        """Send the news."""
        try:
            self.write(f"data: {self.room.news()}\n\n")
            await self.flush()
        except StreamClosedError:
            self.on_connection_close()

    def on_connection_close(self) -> None:
        """Forget the page."""
        self.room.listeners.discard(self)
        self.gone.set()


class LineHandler(Base, WebSocketHandler):
    """The cards' line."""

    def check_origin(self, origin: str) -> bool:
        """Only our own page."""
        return urlsplit(origin).netloc == self.request.host

    def open(self, *args: str, **kwargs: str) -> None:
        """Remember the page."""
        del args, kwargs
        self.room.pages.add(self)

    async def on_message(self, message: str | bytes) -> None:
        """Answer in a thread, and let the other pages follow what was saved."""
        session = self.room.desk.draft.session
        if session is None:
            return
        try:
            asked = json.loads(message)
        except ValueError:
            return
        own, all_pages = await asyncio.to_thread(reply_to, asked, session)
        for page in list(self.room.pages):
            for reply in [*(own if page is self else []), *all_pages]:
                await page.say(dumped(reply))

    async def say(self, text: str) -> None:
        """Send a message unless the page has just gone."""
        try:
            await self.write_message(text)
        except WebSocketClosedError:
            self.on_close()

    def on_close(self) -> None:
        """Forget the page."""
        self.room.pages.discard(self)


def make_app(room: Room) -> Application:
    """Return the application."""
    here = r"/([A-Za-z0-9_-]+)/"
    routes = [
        (here, DeskHandler),
        (here + "bai", LessonHandler),
        (here + "ben-canh", PanelHandler),
        (here + "ket-qua", ResultHandler),
        (here + "ngoai-bai", OutsideHandler),
        (here + "tin", EventsHandler),
        (here + "cham-thu", JudgeHandler),
        (here + r"bdhai/files", UploadHandler),
        (here + r"bdhai/([a-z0-9.-]+)", CodeHandler),
        (here + r"voila/files/level[1-5]/[a-z0-9-]+/assets/([^/]+)", AssetHandler),
        (here + r"api/kernels/xem-thu", KernelHandler),
        (here + r"voila/api/shutdown/xem-thu", KernelHandler),
        (here + r"api/kernels/xem-thu/channels", LineHandler),
    ]
    shared = {"room": room}
    return Application(
        [(pattern, handler, shared) for pattern, handler in routes],
        websocket_max_message_size=1024 * 1024,
        default_handler_class=MissingHandler,
        default_handler_args=shared,
    )


class MissingHandler(Base):
    """Every other address."""

    def prepare(self) -> None:
        """There is nothing here, and nobody is told more."""
        raise HTTPError(404)


def listen(room: Room, port: int) -> tuple[HTTPServer, int]:
    """Listen on 127.0.0.1 and return the server and its port; 0: any free port. Raises OSError."""
    sockets = bind_sockets(port, "127.0.0.1")
    taken = int(sockets[0].getsockname()[1])
    room.hosts = frozenset({f"127.0.0.1:{taken}", f"localhost:{taken}"})
    server = HTTPServer(make_app(room))
    server.add_sockets(sockets)
    return server, taken


async def watch(room: Room) -> None:
    """Look at the lesson's files for ever, and tell every open page of a change."""
    while True:
        if await asyncio.to_thread(room.desk.refresh):
            for listener in list(room.listeners):
                await listener.tell()
        await asyncio.sleep(LOOK_EVERY)
