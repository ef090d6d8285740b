"""What all handlers of the JSON API share: reading and validating the body, replies, errors."""

from __future__ import annotations

import json
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError
from tornado.web import HTTPError, stream_request_body

from courses.school.submissions import SubmissionTooLarge
from hub_config.portal.handler import Handler, Stranger
from hub_config.portal.learning import Refusal
from hub_config.portal.limits import Limiter
from hub_config.portal.shapes import CheckReply, Problem
from hub_config.web import MAX_BODY, HubDown

M = TypeVar("M", bound=BaseModel)

_TOO_LONG = "Bài gửi vượt quá 256 KiB. Bạn rút gọn phần chữ rồi gửi lại."
SAID = {
    400: "Nội dung gửi lên không phải JSON đọc được.",
    401: "Bạn chưa đăng nhập, hoặc phiên đăng nhập đã hết hạn.",
    403: "Yêu cầu này chưa được phép: thiếu mã của trang, hãy tải lại trang.",
    404: "Không có địa chỉ này, hoặc không dành cho bạn.",
    405: "Địa chỉ này không nhận cách gọi đó.",
    413: _TOO_LONG,
    415: "Chỉ nhận nội dung application/json.",
    500: "Lỗi ở phía máy chủ. Bài làm vẫn được giữ; bạn thử lại sau vài phút.",
    503: "Chưa nối được với trang đăng nhập. Bạn thử lại sau một phút.",
}


@stream_request_body
class Api(Handler):
    """What all API handlers share. The body is read only after its size and the asker are known."""

    received: bytearray
    close_after = False

    async def prepare(self) -> None:
        """Refuse what is too long or unknown before reading it."""
        self.received = bytearray()
        declared = self.request.headers.get("Content-Length", "0")
        if declared.isdecimal() and int(declared) > MAX_BODY:
            self._refuse(413)
        if await self.identify() is None:
            self._refuse(403 if self.has_cookie and self.request.method == "POST" else 401)

    def _refuse(self, status: int) -> NoReturn:
        """Answer before the body was read; the connection must not be used again, and the client is told so."""
        self.close_after = True
        raise HTTPError(status)

    def data_received(self, chunk: bytes) -> None:
        """Collect the body, and no more of it than is needed to know that it is too long."""
        if len(self.received) <= MAX_BODY:
            self.received += chunk

    def asked(self, shape: type[M]) -> M:
        """Return the validated body.

        Raises:
            HTTPError: 413, 415 or 400.
            Refusal: 422, naming the field.
        """
        if len(self.received) > MAX_BODY:
            raise HTTPError(413)
        if self.request.headers.get("Content-Type", "").partition(";")[0].strip() != "application/json":
            raise HTTPError(415)
        try:
            return shape.model_validate_json(bytes(self.received))
        except ValidationError as error:
            raise _fault(error) from error

    def limit(self, limiter: Limiter, kind_word: str) -> None:
        """Take one request from the person's bucket.

        Raises:
            Refusal: 429 with a kind sentence.
        """
        seconds = limiter.wait(self.hub_user)
        if seconds:
            said = f"Bạn {kind_word} hơi nhanh. Bạn nghỉ {seconds} giây, đọc lại bài rồi thử tiếp nhé."
            raise Refusal(429, said, wait=seconds)

    def reply(self, value: BaseModel | tuple[BaseModel, ...], status: int = 200) -> None:
        """Answer with JSON."""
        self.set_status(status)
        if isinstance(value, tuple):
            self.send_json([one.model_dump(mode="json") for one in value])
        else:
            self.send_json(value.model_dump(mode="json", exclude_none=isinstance(value, _SPARSE)))

    def send_json(self, value: object) -> None:
        """Answer with a JSON value."""
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps(value, ensure_ascii=False))

    def write_error(self, status_code: int, **kwargs: Any) -> None:  # noqa: ANN401 - tornado's own signature
        """Answer with a Problem."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        problem = _problem(error, status_code)
        status = _status(error, status_code)
        if self.close_after or status == 503:  # noqa: PLR2004 - HTTP: unavailable, said before the body was read
            self.set_header("Connection", "close")
        if isinstance(error, Refusal) and error.wait:
            self.set_header("Retry-After", str(error.wait))
        if status == 405:  # noqa: PLR2004 - HTTP: method not allowed
            self.set_header("Allow", ", ".join(self._methods()))
        self.reply(problem, status)

    def _methods(self) -> list[str]:
        return [method for method in ("GET", "POST") if method.lower() in vars(type(self))]

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:  # noqa: ANN401 - tornado's own signature
        """Log faults of ours; a refusal is none."""
        if not isinstance(value, Refusal | Stranger | HubDown | SubmissionTooLarge):
            super().log_exception(typ, value, tb)


_SPARSE = (Problem, CheckReply)


def _fault(error: ValidationError) -> Exception:
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return HTTPError(400)
    field = ".".join(str(part)[:40] for part in first["loc"][:3]) or "nội dung"
    return Refusal(422, f"Phần “{field}” thiếu hoặc không đúng dạng.")


def _status(error: object, status: int) -> int:
    if isinstance(error, Refusal):
        return error.status
    if isinstance(error, SubmissionTooLarge):
        return 413
    if isinstance(error, Stranger):
        return 403
    return 503 if isinstance(error, HubDown) else status


def _problem(error: object, status: int) -> Problem:
    if isinstance(error, Refusal):
        return Problem(error=str(error), exercise=error.exercise)
    if isinstance(error, Stranger):
        return Problem(
            error="Tài khoản này chưa có tên trong danh sách lớp. Bạn nhờ huấn luyện viên thêm tên."
        )
    status = _status(error, status)
    return Problem(error=SAID.get(status, SAID[400] if status < 500 else SAID[500]))  # noqa: PLR2004 - HTTP
