"""Deep linking: a teacher picks a lesson here, and the platform puts a link to it into its course."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from jupyterhub.utils import url_path_join
from tornado.web import HTTPError

from hub_config.signin.doorway import Doorway
from hub_config.signin.lessons import LinkedLesson, lessons

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
COOKIE = "lti-deep-link"  # the name that a signed request is bound to
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
        HTTPError: 403, the platform does not call this person a teacher; 400, it does not say where the answer goes.
    """
    if not _TEACHERS & set(claims.get(f"{CLAIM}roles") or ()):
        raise HTTPError(403)
    settings = claims.get(f"{_DL}deep_linking_settings") or {}
    back = str(settings.get("deep_link_return_url") or "")
    if urlsplit(back).scheme not in {"http", "https"} or "ltiResourceLink" not in settings.get(
        "accept_types", ()
    ):
        raise HTTPError(400)
    return {"back": back, "data": settings.get("data"), "deployment": claims[f"{CLAIM}deployment_id"]}


class DeepLinkPage(Doorway):
    """``/hub/lti13/chon-bai``: the list of lessons, and the way back to the platform."""

    door = "lti"

    async def get(self) -> None:
        """Show the lessons."""
        state = self.get_query_argument("state", "")
        self._request(state)
        await self.show("lti_choose.html", 200, levels=_by_level(self._lessons()), state=state)

    async def post(self) -> None:
        """Show the signed answer with the button that carries it to the platform."""
        asked = self._request(self.typed("state"))
        chosen = next((one for one in self._lessons() if one.key == self.typed("lesson")), None)
        if chosen is None:
            raise HTTPError(400)
        back = str(asked["back"])
        where = urlsplit(back)
        policy = self.settings["headers"]["Content-Security-Policy"]
        policy = policy.replace("form-action 'self'", f"form-action 'self' {where.scheme}://{where.netloc}")
        self.set_header("Content-Security-Policy", policy)
        answer = self.authenticator.key.sign(self._answer(asked, chosen))
        name = self.authenticator.settings.name
        await self.show("lti_return.html", 200, back=back, answer=answer, lesson=chosen, platform=name)

    def _request(self, state: str) -> dict[str, object]:
        plain = self.get_signed_cookie(COOKIE, value=state, max_age_days=_HOURS) if state else None
        if plain is None:
            raise HTTPError(400)
        return cast("dict[str, object]", json.loads(plain))

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
