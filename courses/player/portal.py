"""The portal as the learner's kernel sees it: visit, check, review, hand in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from courses.player.http import TIMEOUT_SECONDS, Reply, Unreachable, get, post
from courses.player.lesson import Json, PlayerError

PUPIL_SECONDS = 55.0  # the portal lets the judge think for 45
_SAFE = "Bài của bạn vẫn được giữ."
_REFUSALS = {
    401: f"Phiên đăng nhập đã hết hạn. {_SAFE} Bạn về trang Hôm nay, đăng nhập lại rồi mở bài.",
    403: f"Tài khoản của bạn chưa được phép làm việc này. {_SAFE} Bạn nhờ huấn luyện viên xem giúp.",
    404: f"Trang lớp học chưa có bài này. {_SAFE} Bạn báo huấn luyện viên giúp nhé.",
    413: f"Bài dài quá mức cho phép. {_SAFE} Bạn rút ngắn lại rồi thử lần nữa.",
    422: f"Trang lớp học chưa đọc được câu trả lời này. {_SAFE} Bạn sửa lại câu trả lời rồi thử lần nữa.",
}
_BUSY = f"Trang lớp học đang gặp trục trặc. {_SAFE} Bạn chờ vài phút rồi bấm lại."
_CUT = f"Chưa nối được với trang lớp học. {_SAFE} Bạn chờ vài phút rồi bấm lại."
_NONE = (
    f"Bài này đang mở ngoài lớp học nên chưa kiểm tra và nộp được. {_SAFE} Bạn mở bài từ trang Hôm nay nhé."
)


def file_limit_mib(env: Mapping[str, str] = os.environ) -> int:
    """Return how many MiB a learner's file may have; the hub says it."""
    said = env.get("BDHAI_FILE_MIB", "")
    return int(said) if said.isascii() and said.isdigit() else 10


@dataclass(frozen=True)
class Portal:
    """The portal's address (without a closing slash) and the server's token."""

    url: str
    token: str

    def visit(self, lesson: str) -> None:
        """Tell that the lesson was opened. Nobody waits for it, so a failure is silent."""
        try:
            self._call("visits", {"lesson": lesson})
        except PlayerError:
            return

    def check(self, lesson: str, exercise: str, case: str, answer: Json) -> Json:
        """Have one rule-marked answer checked; counts one try.

        Returns:
            ``{status: right|partly|wrong|blank, told?, hint?, why?, tries}``.

        Raises:
            PlayerError: with what happened, what is safe and what to do.
        """
        return self._call("check", {"lesson": lesson, "exercise": exercise, "case": case, "answer": answer})

    def cards(self) -> Json:
        """Return the review cards that are due today.

        Returns:
            ``{learned, cards: [{lesson, title, card, q, a}], next_on}``.

        Raises:
            PlayerError: as ``check``.
        """
        return self._call("cards", None)

    def answer_card(self, lesson: str, card: int, grade: str) -> Json:
        """Answer one review card; a second answer of the same day changes nothing.

        Returns:
            ``{lesson, card, next_on, left}``.

        Raises:
            PlayerError: as ``check``.
        """
        return self._call("cards", {"lesson": lesson, "card": card, "grade": grade})

    def pupil(self, lesson: str, exercise: str, case: str, turns: list[Json]) -> Json:
        """Have Bé Chè answer the last turn of a conversation, or say how it stands when the last one is the pupil's.

        Returns:
            ``{reply, done, pending, left, understood, total, quiz}``, as the portal's ``PupilReply``.

        Raises:
            PlayerError: as ``check``.
        """
        body: Json = {"lesson": lesson, "exercise": exercise, "case": case, "turns": turns}
        return self._call("pupil", body, PUPIL_SECONDS)

    def submit(self, lesson: str, case: str, answers: dict[str, Json]) -> Json:
        """Hand the lesson in.

        Returns:
            ``{receipt, submitted_at, score, max_score, marks}``.

        Raises:
            PlayerError: as ``check``.
        """
        return self._call("submissions", {"lesson": lesson, "case": case, "answers": answers})

    def result_path(self, receipt: str) -> str:
        """Return the address of a result page on the learner's own host."""
        return f"{urlsplit(self.url).path.rstrip('/')}/ket-qua/{receipt}"

    def _call(self, what: str, body: Json | None, timeout: float = TIMEOUT_SECONDS) -> Json:
        """Send a body, or ask when there is none."""
        if not self.url:
            raise PlayerError(_NONE)
        try:
            address = f"{self.url}/api/{what}"
            reply = get(address, self.token) if body is None else post(address, self.token, body, timeout)
        except Unreachable as error:
            raise PlayerError(_CUT) from error
        return _accepted(reply)


def _accepted(reply: Reply) -> Json:
    if reply.status < 300:  # noqa: PLR2004 - HTTP success
        return reply.body
    said = reply.error if reply.status in _REFUSALS else ""
    # A refusal in the portal's own words says more than ours; only what is safe has to be added.
    raise PlayerError(f"{said} {_SAFE}" if said else _REFUSALS.get(reply.status, _BUSY))
