"""What stands between the hub and its provider in a test: it changes the provider's real answers on their way."""

import json

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from werkzeug.wrappers import Request, Response

from tests.hub_config.signin.forging import forged


class Tampering:
    """A WSGI application around the provider's. ``POST /tamper`` says in JSON what happens from now on:

    ``claims`` are put into each id token (null takes one away), ``way`` is how it is signed, ``drop`` leaves it out;
    ``away`` answers nothing but 503.
    """

    def __init__(self, app, pem, kid):
        self._app, self._key, self._kid = app, load_pem_private_key(pem, None), kid
        self._how = {}

    def __call__(self, environ, start_response):
        request = Request(environ)
        if request.path == "/tamper":
            self._how = request.get_json()
            return Response("")(environ, start_response)
        if self._how.get("away"):
            return Response("", 503)(environ, start_response)
        if request.path.endswith("/token") and self._how:
            return self._changed(Response.from_app(self._app, environ))(environ, start_response)
        return self._app(environ, start_response)

    def _changed(self, answer):
        tokens = answer.get_json()
        claims = jwt.decode(tokens.pop("id_token"), options={"verify_signature": False})
        claims |= self._how.get("claims", {})
        claims = {name: value for name, value in claims.items() if value is not None}
        if not self._how.get("drop"):
            tokens["id_token"] = forged(claims, self._key, self._kid, self._how.get("way", ""))
        return Response(json.dumps(tokens), answer.status, content_type="application/json")
