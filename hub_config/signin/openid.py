"""The door to an OpenID Connect provider: oauthenticator's code flow with PKCE, and an id token that is checked."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any, cast

import jwt
from jupyterhub.utils import url_path_join
from oauthenticator.generic import GenericOAuthenticator
from oauthenticator.oauth2 import OAuthCallbackHandler, OAuthLoginHandler, _deserialize_state
from tornado.httpclient import HTTPClientError
from tornado.web import HTTPError

from courses.site_doors import OidcDoor
from hub_config import people
from hub_config.signin.doorway import Doorway
from hub_config.signin.school import School, model_of

_SKEW = 60  # seconds that two clocks may differ
_SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
FAR = "Chưa nối được với trang đăng nhập bên ngoài. Bạn chờ ít phút rồi thử lại."


class ProviderError(Exception):
    """The provider can't be reached, or says what can't be believed; the log says which."""


class OpenId(School, GenericOAuthenticator):  # type: ignore[misc]  # oauthenticator has no types
    """Lets in whom the provider vouches for. Its addresses are read from the provider when the first person comes."""

    def __init__(self, settings: OidcDoor, **kwargs: Any) -> None:  # noqa: ANN401 - traitlets' own signature
        super().__init__(**kwargs)
        self._settings = settings
        self._keys: jwt.PyJWKClient | None = None
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
        issuer = self._settings.issuer
        found = await self._ask_for_addresses(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != issuer:
            raise ProviderError(f"issuer is {found.get('issuer')!r}, not {issuer!r}")
        self.authorize_url, self.token_url = found["authorization_endpoint"], found["token_endpoint"]
        self.userdata_url = found.get("userinfo_endpoint", "")
        methods = found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        self.basic_auth = bool(self.client_secret) and "client_secret_basic" in methods
        self._keys = jwt.PyJWKClient(found["jwks_uri"], lifespan=3600, timeout=10)

    async def _ask_for_addresses(self, url: str) -> dict[str, Any]:
        try:
            return cast("dict[str, Any]", await self.httpfetch(url, "discovering", request_timeout=10))
        except (HTTPClientError, OSError, ValueError) as error:
            raise ProviderError(str(error)) from error

    async def authenticate(self, handler: Any, data: object = None, **_: object) -> dict[str, object]:  # noqa: ANN401 - oauthenticator's own signature
        """Exchange the code, check the id token, and return the person.

        Raises:
            ProviderError: the provider's answer can't be had or believed.
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
            raise ProviderError(type(error).__name__) from error  # its text may hold a token
        if told.get("sub") != claims["sub"]:
            raise ProviderError("userinfo is about somebody else than the id token")
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
        if claims.get("nonce") != nonce:
            raise jwt.InvalidTokenError
        return claims


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

    @property
    def nonce(self) -> str:
        """Return what the id token must hold: made from the secret of this sign-in that the browser keeps."""
        return _nonce(str(_deserialize_state(self.get_state_cookie()).get("code_verifier", "")))

    async def get(self) -> None:
        """Let the person in, or say why not."""
        self.check_arguments()
        try:
            user = await self.arrive(self.login_user())
        except ProviderError as error:
            self.log.warning("OpenID provider: %s", error)
            await self.show_told(503, FAR)
            return
        if user is not None:
            self.redirect(self.get_next_url(user))
        elif not self._finished:
            raise HTTPError(403)
