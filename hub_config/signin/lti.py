"""The door to a learning platform: launches by LTI 1.3, checked by ltiauthenticator."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
from jupyterhub.utils import url_path_join
from limits import RateLimitItemPerHour
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from ltiauthenticator.lti13.auth import LTI13Authenticator
from ltiauthenticator.lti13.constants import LTI13_GENERAL_REQUIRED_CLAIMS
from ltiauthenticator.lti13.error import ValidationError
from ltiauthenticator.lti13.handlers import LTI13CallbackHandler, LTI13LoginInitHandler
from ltiauthenticator.lti13.validator import LTI13LaunchValidator
from tornado.httputil import HTTPServerRequest
from tornado.web import HTTPError

from courses.school.joining import JoiningError
from courses.site import layout
from courses.site_doors import LtiDoor
from hub_config import people
from hub_config.signin.deep_link import CHOOSE, CLAIM, COOKIE, request_of
from hub_config.signin.doorway import Doorway
from hub_config.signin.frame import FramedDoorway
from hub_config.signin.lessons import is_lesson, lesson_key
from hub_config.signin.school import School, model_of
from hub_config.signin.tool_key import open_tool_key

_SKEW = 60  # seconds that two clocks may differ
_ONCE = RateLimitItemPerHour(1, namespace="launch")  # a token counts for less than an hour
NOT_BELIEVED = "Lời mở bài chưa đúng hoặc đã quá hạn. Bạn đóng trang này rồi mở lại bài từ {name}."
LOST = (
    "Lần mở bài này đã dùng rồi, đã quá hạn, hoặc trình duyệt không giữ được dấu của nó. Bạn đóng trang này rồi mở lại bài từ "
    "{name}. Nếu vẫn vậy, bạn nhờ thầy cô chọn cho bài mở trong cửa sổ mới."
)
UNKNOWN = "Lớp chưa biết trang vừa mở bài này. Bạn mở bài từ {name}; nếu vẫn vậy, bạn báo thầy cô xem lại địa chỉ đã khai."
ELSEWHERE = "Khóa học ở {name} chưa được nối với lớp này. Bạn báo thầy cô phụ trách khóa học, kèm lời này: deployment id lạ."
NO_LESSON = (
    "Lớp không có bài mà {name} vừa mở; có thể bài đã đổi tên. Bạn báo thầy cô gắn lại bài vào khóa học."
)
FAR = "Chưa nối được với {name} để hỏi bạn là ai. Bạn chờ ít phút rồi mở lại bài."
NAMELESS = "Trang học chưa cho biết bạn là ai. Bạn đăng nhập ở đó trước, rồi mở lại bài."


class Lti(School, LTI13Authenticator):  # type: ignore[misc]  # ltiauthenticator has no types
    """Lets in whom the platform vouches for."""

    def __init__(self, settings: LtiDoor, **kwargs: Any) -> None:  # noqa: ANN401 - traitlets' own signature
        super().__init__(**kwargs)
        self.settings = settings
        self.issuer, self.client_id = settings.issuer, {settings.client_id}
        self.authorize_url, self.jwks_endpoint = settings.authorize_url, settings.jwks_url
        self.key = open_tool_key(layout(self.site).secrets)
        self._seen = MovingWindowRateLimiter(MemoryStorage())

    async def authenticate(self, handler: object, data: Mapping[str, Any]) -> dict[str, object]:
        """Return the person of a checked launch.

        Raises:
            WaitingError, JoiningError: see ``people.enter``.
        """
        del handler
        who = data.get("sub")
        if not isinstance(who, str) or not who:
            raise JoiningError(NAMELESS)
        door = self.settings
        login = self.seal.of("lti", f"{door.issuer}\0{who}")
        told = _told(data)
        person = await asyncio.to_thread(people.enter, self.url, login, told, door.match, door.admit)
        return model_of(person)

    def is_first(self, nonce: str) -> bool:
        """Tell whether a launch comes for the first time: one that was copied with its cookies must open nothing again."""
        return self._seen.hit(_ONCE, nonce)

    def lets_in(self, claims: Mapping[str, Any]) -> bool:
        """Tell whether a launch comes from a deployment that the site names."""
        known = self.settings.deployment_id
        return not known or claims.get(f"{CLAIM}deployment_id") in known

    def get_uri_scheme(self, request: HTTPServerRequest) -> str:
        """Return http or https as the browser used it; some proxies write an empty first part."""
        heard = [part.strip() for part in request.headers.get("X-Forwarded-Proto", "").split(",")]
        scheme = next((part for part in heard if part), request.protocol)
        return self.site.address.partition(":")[0] or scheme


def _told(claims: Mapping[str, Any]) -> dict[str, object]:
    """Return what a platform says about a person, flat: its own claims, then ``custom_…`` and LIS."""
    custom = claims.get(f"{CLAIM}custom") or {}
    lis = claims.get(f"{CLAIM}lis") or {}
    return {
        **claims,
        **{f"custom_{key}": value for key, value in custom.items()},
        "lis_person_sourcedid": lis.get("person_sourcedid"),
    }


class LaunchValidator(LTI13LaunchValidator):  # type: ignore[misc]  # ltiauthenticator has no types
    """Asks of a deep linking request what the specification asks; the stock one wants every optional claim, too."""

    def validate_id_token(self, id_token: dict[str, Any]) -> None:
        """Check the claims of a decoded token.

        Raises:
            ValidationError: a claim is missing or wrong.
        """
        if id_token.get(f"{CLAIM}message_type") != "LtiDeepLinkingRequest":
            super().validate_id_token(id_token)
            return
        self._check_arg_not_missing(id_token, LTI13_GENERAL_REQUIRED_CLAIMS)
        self._check_lti_version(id_token)
        self._check_if_iat_is_too_old(id_token)


class LtiLogin(FramedDoorway, LTI13LoginInitHandler):  # type: ignore[misc]  # ltiauthenticator has no types
    """``/hub/lti13/oauth_login``: the platform announces a launch; the browser goes back to it for the proof."""

    async def post(self) -> None:
        """Send the browser to the platform; a platform with one tool need not name it.

        Within the platform's frame the browser keeps no sign-in, so a launch goes on in a window of its own. A teacher's
        choice of a lesson stays: the platform waits for the answer in the frame, and it needs no sign-in.
        """
        door = self.authenticator.settings
        known = {"iss": door.issuer, "client_id": door.client_id}
        if any(self.get_argument(name, known[name]) != known[name] for name in known):
            await self.show_told(400, UNKNOWN.format(name=door.name))
            return
        self.request.arguments["client_id"] = [door.client_id.encode()]
        if self.is_framed and not urlsplit(self.get_argument("target_link_uri", "")).path.endswith(CHOOSE):
            await self.show("lti_frame.html", 200, address=self._again(), platform=door.name)
            return
        try:
            super().post()
        except HTTPError:
            await self.show_told(400, UNKNOWN.format(name=door.name))

    get = post

    def _again(self) -> str:
        """Return the address that announces this launch once more."""
        fields = [
            (name, value.decode()) for name, values in self.request.arguments.items() for value in values
        ]
        return f"{self.request.path}?{urlencode(fields)}"

    def get_redirect_uri(self) -> str:
        """Return where the platform sends the proof: below the site's own address where it is known."""
        address = self.authenticator.site.address
        return (
            url_path_join(address, "hub/lti13/oauth_callback") if address else str(super().get_redirect_uri())
        )

    def _set_oauth_cookie(self, key: str, value: str) -> None:
        """Remember the launch; the proof comes by a form of another site, which brings no cookie unless it's told to."""
        secure = self.authenticator.get_uri_scheme(self.request) == "https"
        across = {"samesite": "None", "secure": True} if secure else {}
        self._set_cookie(key, value, expires_days=1 / 24, httponly=True, encrypted=True, **across)


class LtiCallback(FramedDoorway, LTI13CallbackHandler):  # type: ignore[misc]  # ltiauthenticator has no types
    """``/hub/lti13/oauth_callback``: a launch with its proof."""

    async def post(self) -> None:
        """Let the person in and open the lesson that the platform links to; or let a teacher choose one to link."""
        door = self.authenticator
        try:  # in a thread: it asks the platform for its keys
            claims = await asyncio.to_thread(self.decode_and_validate_launch_request)
        except (ValidationError, HTTPError) as error:
            await self._refuse(error)
            return
        lesson = lesson_key(str(claims.get(f"{CLAIM}target_link_uri")))
        if not door.lets_in(claims):
            self.log.warning("LTI launch refused: unknown deployment")
            await self.show_told(403, ELSEWHERE.format(name=door.settings.name))
        elif claims[f"{CLAIM}message_type"] == "LtiDeepLinkingRequest":
            await self._choose(claims)
        elif lesson and not is_lesson(door.site.lessons, lesson):
            await self.show_told(404, NO_LESSON.format(name=door.settings.name))
        else:
            await self._open(claims, lesson)

    async def _refuse(self, error: Exception) -> None:
        """Say why a launch opens nothing: ``HTTPError`` is what the stock handler raises when it was not begun here."""
        name = self.authenticator.settings.name
        self.log.warning("LTI launch refused: %s", type(error).__name__)
        if isinstance(error, HTTPError):
            await self.show_told(400, LOST.format(name=name))
        elif isinstance(error.__context__, jwt.PyJWKClientConnectionError):
            await self.show_told(503, FAR.format(name=name))
        else:
            await self.show_told(403, NOT_BELIEVED.format(name=name))

    def decode_and_validate_launch_request(self) -> dict[str, Any]:
        """Return the claims of a launch that this browser began and the platform signed.

        Raises:
            ValidationError: the token is not the platform's, is too old, or lacks a claim.
            HTTPError: 400, the launch was not begun here, or was used before.
        """
        door = self.authenticator
        validator = LaunchValidator(parent=self.app, time_leeway=_SKEW)
        fields = {name: self.get_body_argument(name, "") for name in ("id_token", "state")}
        validator.validate_auth_response(fields)
        self.check_state()
        claims: dict[str, Any] = validator.verify_and_decode_jwt(
            encoded_jwt=fields["id_token"],
            issuer=door.issuer,
            audience=door.client_id,
            jwks_endpoint=door.jwks_endpoint,
            jwks_algorithms=door.jwks_algorithms,
        )
        validator.validate_id_token(claims)
        validator.validate_azp_claim(claims, door.client_id)
        self.check_nonce(claims)
        if not door.is_first(claims["nonce"]):
            raise HTTPError(400)
        return claims

    async def _open(self, claims: Mapping[str, Any], lesson: str | None) -> None:
        user = await self.arrive(self.login_user(claims))
        if user is not None:
            self.redirect(f"{self.hub.base_url}bai/{lesson}" if lesson else self.settings["default_url"])
        elif not self._finished:
            raise HTTPError(403)

    async def _choose(self, claims: Mapping[str, Any]) -> None:
        """Go on to the list of lessons, with what the answer needs, signed: cookies don't come along here yet."""
        try:
            asked = request_of(claims)
        except JoiningError as refusal:
            await self.show_told(403, str(refusal))
            return
        state = self.create_signed_value(COOKIE, json.dumps(asked))
        self.redirect(f"{self.hub.base_url}lti13/chon-bai?state={state.decode()}", status=303)


class LtiKeys(Doorway):
    """``/hub/lti13/jwks``: the public keys of this tool."""

    door = "lti"

    def get(self) -> None:
        """Return the key set."""
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps({"keys": [self.authenticator.key.public]}))
