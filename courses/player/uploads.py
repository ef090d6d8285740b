"""A learner's file on its way: from the browser to the learner's own server, and on to the portal.

The server (not the kernel) has the token that the portal asks for. The file goes through a temporary file, so
memory stays small whatever its size; nothing of it is kept here.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import tempfile
from dataclasses import dataclass, field
from typing import IO, cast
from urllib.parse import urlsplit

from jupyter_server.base.handlers import JupyterHandler
from tornado.web import HTTPError, authenticated, stream_request_body

from courses.player.lesson import Json
from courses.player.portal import file_limit_mib

SECONDS = 120.0  # the portal reads the file before it answers
IN_MEMORY = 512 * 1024  # bytes; larger files are on the disk meanwhile
MIB = 1024 * 1024
NAME = "X-File-Name"

_SAFE = "Tệp vẫn ở máy bạn, bài đã làm vẫn được giữ."
_TOO_LONG = f"Tệp lớn quá mức cho phép ({{mib}} MB). {_SAFE} Bạn thu nhỏ ảnh hoặc cắt ngắn video rồi gửi lại."
_CUT = f"Chưa nối được với trang lớp học nên tệp chưa gửi được. {_SAFE} Bạn chờ vài phút rồi gửi lại."
_NONE = f"Bài này đang mở ngoài lớp học nên chưa gửi tệp được. {_SAFE} Bạn mở bài từ trang Hôm nay nhé."
_NO_ROOM = f"Máy chủ chưa ghi được tệp. {_SAFE} Bạn thử lại sau ít phút."


@dataclass
class Arriving:
    """What has come of a file so far."""

    most: int
    size: int = 0
    is_broken: bool = False
    file: IO[bytes] = field(default_factory=lambda: tempfile.SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 - closed by close()

    @property
    def is_long(self) -> bool:
        """Tell whether more came than may."""
        return self.size > self.most

    def write(self, chunk: bytes) -> None:
        """Keep a piece unless the whole is too long already."""
        self.size += len(chunk)
        if self.is_long or self.is_broken:
            return
        try:
            self.file.write(chunk)
        except OSError:
            self.is_broken = True

    def close(self) -> None:
        """Forget it."""
        try:
            self.file.close()
        except OSError:
            self.is_broken = True


@stream_request_body
class UploadHandler(JupyterHandler):
    """``POST bdhai/files``: pass a file on to the portal; the reply is the portal's, or ``{"error"}``."""

    arriving: Arriving | None = None
    is_passed_on = False

    async def prepare(self) -> None:  # type: ignore[override]  # tornado calls it without arguments
        """Let the learner in (cookie or token, and the page's ``_xsrf``) before any byte is kept."""
        await super().prepare()
        if self._finished or self.current_user is None:
            return
        most = file_limit_mib() * MIB
        self.request.connection.set_max_body_size(4 * most)  # type: ignore[union-attr]  # always HTTP/1 here
        self.arriving = Arriving(most)

    def data_received(self, chunk: bytes) -> None:
        """Keep a piece."""
        if self.arriving is not None:
            self.arriving.write(chunk)

    @authenticated
    async def post(self) -> None:
        """Send it on."""
        arriving = self.arriving
        if arriving is None:
            raise HTTPError(403)
        self.is_passed_on = True
        if arriving.is_long:
            self._answer(413, {"error": _TOO_LONG.format(mib=file_limit_mib())})
        elif arriving.is_broken:
            self._answer(503, {"error": _NO_ROOM})
        else:
            name = self.request.headers.get(NAME, "")[:4000]
            self._answer(*await asyncio.to_thread(send_on, arriving, name))

    def _answer(self, status: int, body: Json) -> None:
        self.set_status(status)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps(body, ensure_ascii=False))

    def on_finish(self) -> None:
        """Keep nothing."""
        if self.arriving is not None:
            self.arriving.close()

    def on_connection_close(self) -> None:
        """The page was closed or the learner cancelled while the file came in."""
        super().on_connection_close()
        if self.arriving is not None and not self.is_passed_on:
            self.arriving.close()


def send_on(arriving: Arriving, name: str) -> tuple[int, Json]:
    """Send a file to the portal with the server's token.

    Returns:
        The portal's status and body; 503 with a sentence when there is no portal to reach.
    """
    portal = urlsplit(os.environ.get("BDHAI_PORTAL_URL", "").rstrip("/"))
    if not portal.hostname or portal.scheme not in {"http", "https"}:
        return 503, {"error": _NONE}
    kind = http.client.HTTPSConnection if portal.scheme == "https" else http.client.HTTPConnection
    connection = kind(portal.hostname, portal.port, timeout=SECONDS)
    headers = {
        "Authorization": f"token {os.environ.get('JUPYTERHUB_API_TOKEN', '')}",
        "Content-Type": "application/octet-stream",
        "Content-Length": str(arriving.size),
        NAME: name,
    }
    try:
        arriving.file.seek(0)
        connection.request("POST", f"{portal.path}/api/files", body=arriving.file, headers=headers)
        reply = connection.getresponse()
        return reply.status, _object(reply.read())
    except (OSError, ValueError, http.client.HTTPException):
        return 503, {"error": _CUT}
    finally:
        connection.close()


def _object(data: bytes) -> Json:
    try:
        value = json.loads(data)
    except ValueError:
        value = None
    return cast("Json", value) if isinstance(value, dict) else {"error": _CUT}
