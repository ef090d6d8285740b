"""The door to an OpenID Connect provider: oauthenticator's code flow with PKCE, and an id token that is checked."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from typing import Any, cast

import jwt
from jupyterhub.utils import url_path_join
from oauthenticator.generic import GenericOAuthenticator
from oauthenticator.oauth2 import OAuthCallbackHandler, OAuthLoginHandler, _deserialize_state
from tornado.httpclient import HTTPClientError
from tornado.httputil import url_concat
from tornado.web import HTTPError

from courses.site_doors import OidcDoor
from hub_config import people
from hub_config.signin.doorway import Doorway
from hub_config.signin.school import School, model_of

_SKEW = 60  # seconds that two clocks may differ
_SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_MOST_TOKENS = 10_000
_DAYS = 14  # as long as JupyterHub's own sign-in
COOKIE = "bdhai-oidc"  # the name of the id token that is kept for a browser
_REFUSED = 400  # a code that is wrong, old or used; 401 is this installation's own secret
FAR = "Chưa nối được với trang đăng nhập bên ngoài. Bạn chờ ít phút rồi thử lại."
NOT_BELIEVED = (
    "Lời xác nhận từ {name} chưa đúng hoặc đã quá hạn. Bạn về trang đăng nhập rồi đăng nhập lại từ đầu."
)
LOST = "Lần đăng nhập này đã dùng rồi, đã quá hạn, hoặc mở ở trình duyệt khác. Bạn về trang đăng nhập rồi bắt đầu lại."
DECLINED = "Bạn chưa đồng ý ở trang {name}, nên lớp chưa biết bạn là ai. Bạn đăng nhập lại và bấm đồng ý."


class ProviderError(Exception):
    """The provider can't be reached, or it is not set up as the site says; the log says which."""


class NotBelievedError(Exception):
    """What came back from the provider vouches for nobody here."""


class OpenId(School, GenericOAuthenticator):  # type: ignore[misc]  # oauthenticator has no types
    """Lets in whom the provider vouches for. Its addresses are read from the provider when the first person comes."""

    def __init__(self, settings: OidcDoor, **kwargs: Any) -> None:  # noqa: ANN401 - traitlets' own signature
        super().__init__(**kwargs)
        self._settings = settings
        self._keys: jwt.PyJWKClient | None = None
        self._tokens: dict[str, str] = {}
        self.client_id = settings.client_id
        self.scope = ["openid", "profile"]
        self.enable_pkce = True
        if self.site.address:
            self.oauth_callback_url = url_path_join(self.site.address, "hub", "oauth_callback")

    async def discover(self) -> None:
        """Read where the provider has its doors.

        Raises:
            ProviderError: it does not answer, or answers for another issuer.
        """
        if self._keys is not None:
            return
        found = await self._ask_for_addresses()
        self.authorize_url, self.token_url = found["authorization_endpoint"], found["token_endpoint"]
        self.userdata_url = found.get("userinfo_endpoint", "")
        methods = found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        self.basic_auth = bool(self.client_secret) and "client_secret_basic" in methods
        self._keys = jwt.PyJWKClient(found["jwks_uri"], lifespan=3600, timeout=10)

    async def _ask_for_addresses(self) -> dict[str, Any]:
        issuer = self._settings.issuer
        url = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            found = cast("dict[str, Any]", await self.httpfetch(url, "discovering", request_timeout=10))
        except (HTTPClientError, OSError, ValueError) as error:
            raise ProviderError(str(error)) from error
        if found.get("issuer") != issuer:
            raise ProviderError(f"issuer is {found.get('issuer')!r}, not {issuer!r}")
        return found

    @property
    def provider(self) -> str:
        """Return how pages name the provider."""
        return self._settings.name

    def keep(self, token: str) -> str:
        """Return a name for an id token, by which the same browser signs out at the provider, too.

        It stays in memory: on the phone it would tell the next person who was here, and it may be too long for a cookie.
        """
        name = secrets.token_urlsafe(16)
        self._tokens[name] = token
        while len(self._tokens) > _MOST_TOKENS:
            del self._tokens[next(iter(self._tokens))]
        return name

    async def way_out(self, name: str, back: str) -> str:
        """Return where a browser ends its session at the provider (RP-initiated logout); empty: the provider has no such place.

        Args:
            name: what ``keep`` returned; after a restart of the hub the provider asks the person instead.
            back: where the provider sends the browser afterwards; registered there.

        Raises:
            ProviderError: it can't be reached.
        """
        end = (await self._ask_for_addresses()).get("end_session_endpoint")
        if not end:
            return ""
        token = self._tokens.pop(name, None)
        fields = {"client_id": self.client_id, "post_logout_redirect_uri": back}
        return str(url_concat(end, fields | ({"id_token_hint": token} if token else {})))

    async def authenticate(self, handler: Any, data: object = None, **_: object) -> dict[str, object]:  # noqa: ANN401 - oauthenticator's own signature
        """Exchange the code, check the id token, and return the person.

        Raises:
            ProviderError: the provider's answer can't be had.
            NotBelievedError: it can't be believed.
            WaitingError, JoiningError: see ``people.enter``.
        """
        await self.discover()
        try:
            tokens = await self.get_token_info(
                handler, self.build_access_tokens_request_params(handler, data)
            )
            claims = await asyncio.to_thread(self._checked, tokens.get("id_token"), handler.nonce)
            told = await self.token_to_user(tokens) if self.userdata_url else claims
        except (HTTPClientError, HTTPError, OSError, jwt.PyJWTError) as error:
            kind = NotBelievedError if _says_no(error) else ProviderError
            raise kind(type(error).__name__) from error  # its text may hold a token
        if told.get("sub") != claims["sub"]:
            raise NotBelievedError("userinfo is about somebody else than the id token")
        handler.id_token = tokens["id_token"]
        door = self._settings
        login = self.seal.of("oidc", f"{door.issuer}\0{claims['sub']}")
        person = await asyncio.to_thread(
            people.enter, self.url, login, {**claims, **told}, door.match, door.admit
        )
        return model_of(person)

    def _checked(self, token: object, nonce: str) -> dict[str, Any]:
        """Return the claims of an id token that this provider signed for this sign-in; slow, asks for keys."""
        if not isinstance(token, str) or self._keys is None:
            raise jwt.InvalidTokenError
        key = self._keys.get_signing_key_from_jwt(
            token
        ).key  # without the name that PyJWT guesses for its algorithm
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=list(_SIGNATURES),
            audience=self.client_id,
            issuer=self._settings.issuer,
            leeway=_SKEW,
            options={"require": ["exp", "iat", "sub"]},
        )
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if several else self.client_id) != self.client_id:
            raise jwt.InvalidTokenError
        if claims.get("nonce") != nonce:
            raise jwt.InvalidTokenError
        return claims


def _says_no(error: Exception) -> bool:
    """Tell whether the provider, or the check of what it sent, refused; False: it could not be asked."""
    if isinstance(error, HTTPClientError):
        return error.code == _REFUSED
    return not isinstance(error, OSError | jwt.PyJWKClientConnectionError)


def _nonce(verifier: str) -> str:
    return hashlib.sha256(f"nonce {verifier}".encode()).hexdigest()


class OpenIdLogin(Doorway, OAuthLoginHandler):  # type: ignore[misc]  # oauthenticator has no types
    """``/hub/oauth_login``: to the provider."""

    door = "oidc"

    async def get(self) -> None:
        """Send the browser to the provider."""
        try:
            await self.authenticator.discover()
        except ProviderError as error:
            self.log.warning("OpenID provider: %s", error)
            await self.show_told(503, FAR)
            return
        super().get()

    def _generate_pkce_params(self) -> tuple[str, str]:
        verifier, challenge = super()._generate_pkce_params()
        self._nonce = _nonce(verifier)
        return verifier, challenge

    def authorize_redirect(self, *, extra_params: dict[str, str], **more: object) -> None:
        """Bind the id token to this sign-in, beside the code."""
        super().authorize_redirect(extra_params=extra_params | {"nonce": self._nonce}, **more)


class OpenIdCallback(Doorway, OAuthCallbackHandler):  # type: ignore[misc]  # oauthenticator has no types
    """``/hub/oauth_callback``: back from the provider."""

    door = "oidc"
    id_token: str

    @property
    def nonce(self) -> str:
        """Return what the id token must hold: made from the secret of this sign-in that the browser keeps."""
        return _nonce(str(_deserialize_state(self.get_state_cookie()).get("code_verifier", "")))

    async def get(self) -> None:
        """Let the person in, or say why not."""
        name = self.authenticator.provider
        try:
            self.check_arguments()
        except (HTTPError, AttributeError, ValueError):  # a state may be anything
            declined = self.get_query_argument("error", "") == "access_denied"
            await self.show_told(403 if declined else 400, DECLINED.format(name=name) if declined else LOST)
            return
        try:
            user = await self.arrive(self.login_user())
        except ProviderError as error:
            self.log.warning("OpenID provider: %s", error)
            await self.show_told(503, FAR)
            return
        except NotBelievedError as error:
            self.log.warning("OpenID sign-in refused: %s", error)
            await self.show_told(403, NOT_BELIEVED.format(name=name))
            return
        if user is not None:
            self._remember(self.authenticator.keep(self.id_token))
            self.redirect(self.get_next_url(user))
        elif not self._finished:
            raise HTTPError(403)

    def _remember(self, name: str) -> None:
        """Let the browser name its id token when it signs out."""
        path = f"{self.hub.base_url}logout"
        self._set_cookie(COOKIE, name, encrypted=False, path=path, expires_days=_DAYS, samesite="Lax")
