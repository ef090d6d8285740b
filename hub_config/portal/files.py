"""Files of learners: taken in (``POST api/files``), and handed out to those who may see the submission."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote

from sqlalchemy.orm import Session
from tornado.web import HTTPError, stream_request_body

from courses.clock import now
from courses.exercises.base import AnswerError
from courses.exercises.files import HandedFile, file_of
from courses.school.codes import tidy_code
from courses.school.db import session as open_session
from courses.school.models import Person
from courses.school.people import find_person
from courses.school.uploads import Quota, QuotaExceeded, Sent, store_upload
from hub_config.files.names import disposition, tidy_name
from hub_config.files.reading import Read, Refused, read_file
from hub_config.files.store import Coming
from hub_config.portal.api_base import Api
from hub_config.portal.handler import PageHandler, Stranger
from hub_config.portal.learning import Refusal
from hub_config.portal.results_view import open_submission
from hub_config.portal.shapes import FileReply

T = TypeVar("T")
MIB = 1024 * 1024
CHUNK = 256 * 1024
_NO_ROOM = (
    "Máy chủ chưa ghi được tệp (có thể đã hết chỗ). Tệp vẫn ở máy bạn, bài đã làm vẫn được giữ. "
    "Bạn thử lại sau ít phút, hoặc báo huấn luyện viên."
)
# What is handed out is never a page of the portal's own origin, whatever a browser makes of it.
LOCKED = "sandbox; default-src 'none'; frame-ancestors 'none'"


@stream_request_body
class FilesApi(Api):
    """``POST files``: the body is the file, the header ``X-File-Name`` its name, percent-encoded UTF-8."""

    coming: Coming | None = None
    is_long = False
    is_broken = False
    is_read = False

    @property
    def most(self) -> int:
        """Bytes that one file may have."""
        return self.desk.site.uploads.file_mib * MIB

    async def prepare(self) -> None:
        """Refuse before reading: nobody, somebody too fast, a file that says it is too long."""
        self.received = bytearray()
        self.close_after = True  # until the body is wanted
        if await self.identify() is None:
            raise HTTPError(403 if self.has_cookie else 401)
        if self.request.method != "POST":
            self.close_after = False
            return
        declared = self.request.headers.get("Content-Length", "0")
        if declared.isdecimal() and int(declared) > self.most:
            raise self._too_long()
        self.limit(self.desk.uploads, "gửi tệp")
        self.request.connection.set_max_body_size(2 * self.most)  # type: ignore[union-attr]  # always HTTP/1 here
        self.coming = await self._on_disk(self.desk.files.receive)
        self.close_after = False

    def _too_long(self) -> Refusal:
        return Refusal(
            413,
            f"Tệp lớn hơn {self.desk.site.uploads.file_mib} MB nên chưa gửi được. "
            "Bạn thu nhỏ ảnh, cắt ngắn video hoặc chia tệp rồi gửi lại.",
        )

    async def data_received(self, chunk: bytes) -> None:  # type: ignore[override]  # tornado awaits it
        """Write a piece; what is too much is not kept."""
        if self.coming is None or self.is_broken:
            return
        if self.coming.size + len(chunk) > self.most:
            self.is_long = True
            return
        try:
            await self._in_thread(lambda coming=self.coming: coming.write(chunk))  # type: ignore[misc]  # bound now
        except OSError:
            self.is_broken = True

    async def post(self) -> None:
        """Read the file and keep it."""
        coming = self.coming
        if coming is None:
            raise HTTPError(400)
        self.is_read = True
        try:
            if self.is_long:
                raise self._too_long()
            if self.is_broken:
                raise Refusal(503, _NO_ROOM)
            await self._on_disk(coming.close)
            read = await self._facts(coming)
            known = await self._on_disk(lambda: self._keep(coming, read))
        finally:
            coming.drop()
        self.reply(known, 201)

    async def _facts(self, coming: Coming) -> Read:
        try:
            async with self.desk.readers:
                return await read_file(coming.path, coming.preview)
        except Refused as refused:
            raise Refusal(422, str(refused)) from refused

    def _keep(self, coming: Coming, read: Read) -> FileReply:
        """Place the file and write its row; both or neither."""
        limits, store = self.desk.site.uploads, self.desk.files
        quota = Quota(files=limits.person_files, size=limits.person_mib * MIB)
        sent = Sent(
            sha256=coming.sha256,
            name=tidy_name(
                unquote(self.request.headers.get("X-File-Name", "")), read.type, read.facts.format
            ),
            size=coming.size,
            type=read.type,
            facts=read.facts.model_dump(mode="json", exclude_defaults=True),
        )
        with store.lock:
            with open_session(self.desk.engine) as session:
                known, freed = self._row(session, sent, quota)
                store.place(coming)
            for sha256 in freed:
                store.forget(sha256)
        return FileReply.model_validate(known)

    def _row(self, session: Session, sent: Sent, quota: Quota) -> tuple[object, frozenset[str]]:
        person = find_person(session, str(self.hub_user))
        if person is None:
            raise Stranger
        try:
            return store_upload(session, person, sent, quota, now())
        except QuotaExceeded as error:
            raise Refusal(413, str(error)) from error

    async def _on_disk(self, work: Callable[[], T]) -> T:
        """Run disk work in a thread; a disk that refuses is said kindly."""
        try:
            return await self._in_thread(work)
        except OSError as error:
            raise Refusal(503, _NO_ROOM) from error

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.desk.threads, work)

    def on_finish(self) -> None:
        """Leave nothing half received."""
        if self.coming is not None:
            self.coming.drop()

    def on_connection_close(self) -> None:
        """The learner went away: forget what has come, unless it is being kept this moment."""
        super().on_connection_close()
        if self.coming is not None and not self.is_read:
            self.coming.drop()


class FilePage(PageHandler):
    """``tep/<receipt>/<exercise>``: the file of a submission, to be saved."""

    async def get(self, receipt: str, exercise: str) -> None:
        """Hand the file out."""
        file = await self._file(receipt, exercise)
        self.set_header("Content-Type", "application/octet-stream")
        self.set_header("Content-Disposition", disposition(file.name))
        await self._send(self.desk.files.path(file.id))

    async def _file(self, receipt: str, exercise: str) -> HandedFile:
        def find(session: Session, person: Person) -> HandedFile | None:
            opened = open_submission(session, self.desk.shelf, person, tidy_code(receipt))
            raw = opened.submission.answers.get(exercise) if opened else None
            try:
                return file_of(raw.get("file")) if isinstance(raw, dict) else None
            except AnswerError:
                return None

        _, found = await self.ask(find)
        if found is None:
            raise self.missing()
        return found

    async def _send(self, path: Path) -> None:
        self.set_header("Content-Security-Policy", LOCKED)
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        pieces = _pieces(path)
        loop = asyncio.get_running_loop()
        try:
            while piece := await loop.run_in_executor(self.desk.threads, next, pieces, b""):
                self.write(piece)
                await self.flush()
        except FileNotFoundError as error:
            raise self.missing() from error
        self.finish()


class PreviewPage(FilePage):
    """``tep/<receipt>/<exercise>/xem``: a picture drawn anew by the server, small and without hidden data."""

    async def get(self, receipt: str, exercise: str) -> None:
        """Show the small copy."""
        file = await self._file(receipt, exercise)
        self.set_header("Content-Type", "image/jpeg")
        await self._send(self.desk.files.preview(file.id))


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(CHUNK):
            yield piece
