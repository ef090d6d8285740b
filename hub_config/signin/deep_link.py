"""Deep linking: a teacher picks a lesson here, and the platform puts a link to it into its course."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from jupyterhub.utils import url_path_join

from courses.school.joining import JoiningError
from hub_config.signin.frame import FramedDoorway
from hub_config.signin.lessons import LinkedLesson, lessons

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
COOKIE = "lti-deep-link"  # the name that a signed request is bound to
CHOOSE = "/hub/lti13/chon-bai"  # what platforms call the content selection URL
NO_TEACHER = "Chỉ thầy cô mới gắn được bài vào khóa học. Nếu bạn là thầy cô, bạn nhờ người quản trị khóa học xem lại vai trò của bạn."
NO_WAY_BACK = (
    "Trang học chưa nói gắn bài vào đâu, hoặc không nhận liên kết tới bài. Bạn báo người quản trị trang học."
)
PASSED = "Trang chọn bài này để đã lâu nên không dùng được nữa. Bạn mở lại việc chọn bài từ {name}."
_DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
_HOURS = 1 / 24  # in days: a teacher takes an hour at most
_SECONDS = 300  # how long the answer counts
_MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
_INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
_TEACHERS = {
    *(_MEMBERSHIP + role for role in ("Instructor", "ContentDeveloper", "Administrator")),
    *(_INSTITUTION + role for role in ("Instructor", "Faculty", "Administrator")),
}


def request_of(claims: Mapping[str, Any]) -> dict[str, object]:
    """Return what an answer to a deep linking request needs, from its checked claims.

    Raises:
        JoiningError: the platform does not call this person a teacher, or does not say where the answer goes.
    """
    if not _TEACHERS & set(claims.get(f"{CLAIM}roles") or ()):
        raise JoiningError(NO_TEACHER)
    settings = claims.get(f"{_DL}deep_linking_settings") or {}
    back = str(settings.get("deep_link_return_url") or "")
    if urlsplit(back).scheme not in {"http", "https"} or "ltiResourceLink" not in settings.get(
        "accept_types", ()
    ):
        raise JoiningError(NO_WAY_BACK)
    return {"back": back, "data": settings.get("data"), "deployment": claims[f"{CLAIM}deployment_id"]}


class DeepLinkPage(FramedDoorway):
    """``/hub/lti13/chon-bai``: the list of lessons, and the way back to the platform."""

    def check_xsrf_cookie(self) -> None:
        """Ask for no token: in a platform's frame there are no cookies. The signed request says all, and no person is in it."""

    async def get(self) -> None:
        """Show the lessons."""
        state = self.get_query_argument("state", "")
        if self._request(state) is None:
            await self._tell_passed()
            return
        await self.show("lti_choose.html", 200, levels=_by_level(self._lessons()), state=state)

    async def post(self) -> None:
        """Show the signed answer with the button that carries it to the platform."""
        asked = self._request(self.typed("state"))
        chosen = next((one for one in self._lessons() if one.key == self.typed("lesson")), None)
        if asked is None or chosen is None:
            await self._tell_passed()
            return
        back = str(asked["back"])
        where = urlsplit(back)
        policy = self._headers.get("Content-Security-Policy")
        policy = policy.replace("form-action 'self'", f"form-action 'self' {where.scheme}://{where.netloc}")
        self.set_header("Content-Security-Policy", policy)
        answer = self.authenticator.key.sign(self._answer(asked, chosen))
        name = self.authenticator.settings.name
        await self.show("lti_return.html", 200, back=back, answer=answer, lesson=chosen, platform=name)

    async def _tell_passed(self) -> None:
        await self.show_told(400, PASSED.format(name=self.authenticator.settings.name))

    def _request(self, state: str) -> dict[str, object] | None:
        plain = self.get_signed_cookie(COOKIE, value=state, max_age_days=_HOURS) if state else None
        return None if plain is None else cast("dict[str, object]", json.loads(plain))

    def _lessons(self) -> tuple[LinkedLesson, ...]:
        return lessons(self.authenticator.site.lessons)

    def _answer(self, asked: Mapping[str, object], lesson: LinkedLesson) -> dict[str, object]:
        door, now = self.authenticator, int(time.time())
        here = door.site.address or f"{door.get_uri_scheme(self.request)}://{self.request.host}"
        link = {
            "type": "ltiResourceLink",
            "title": lesson.title,
            "url": url_path_join(here, "hub/bai", lesson.key),
        }
        claims: dict[str, object] = {
            "iss": door.settings.client_id,
            "aud": [door.settings.issuer],
            "iat": now,
            "exp": now + _SECONDS,
            "nonce": secrets.token_urlsafe(16),
            f"{CLAIM}deployment_id": asked["deployment"],
            f"{CLAIM}message_type": "LtiDeepLinkingResponse",
            f"{CLAIM}version": "1.3.0",
            f"{_DL}content_items": [link],
        }
        return claims if asked["data"] is None else claims | {f"{_DL}data": asked["data"]}


def _by_level(found: tuple[LinkedLesson, ...]) -> list[tuple[int, list[LinkedLesson]]]:
    levels = sorted({lesson.level for lesson in found})
    return [(level, [lesson for lesson in found if lesson.level == level]) for level in levels]
