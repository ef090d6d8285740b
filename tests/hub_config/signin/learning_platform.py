"""A learning platform for tests: a local HTTP server that speaks LTI 1.3 as Moodle does.

It announces a launch (login initiation), checks the authentication request, answers with a signed id token by form,
publishes its keys, and takes deep linking responses, which it checks against the tool's own key set.
"""

from __future__ import annotations

import html
import json
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
ROLE = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
CLIENT = "tool-1"
KID = "platform-key"


class Platform:
    """A platform at ``address``; ``tool`` is the hub's address, set when the hub is up.

    ``links`` are the content items that teachers chose; ``changed`` are claims that the next tokens carry instead.
    """

    def __init__(self):
        self.tool = ""
        self.links = []
        self.changed = {}
        self.forge = None  # makes a token of claims by its own rules
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.signing_key = self.key
        self._hints = {}
        platform = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                platform.answer(self, parse_qs(urlsplit(self.path).query))

            def do_POST(self):
                length = int(self.headers["Content-Length"])
                platform.answer(self, parse_qs(self.rfile.read(length).decode()))

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def launch_address(self, person, target="", *, kind="LtiResourceLinkRequest", roles=("Learner",)):
        """Return the address that a click in a course opens: it leads to the tool's login initiation."""
        hint = uuid.uuid4().hex
        target = target or f"{self.tool}/hub/bai"
        self._hints[hint] = {"person": person, "target": target, "kind": kind, "roles": roles}
        return f"{self.address}/launch?hint={hint}"

    def answer(self, handler, fields):
        path = urlsplit(handler.path).path
        one = {name: values[0] for name, values in fields.items()}
        status, headers, body = {
            "/course": self._course,
            "/launch": self._launch,
            "/auth": self._auth,
            "/jwks": self._jwks,
            "/deep": self._deep,
        }.get(path, lambda _: (404, {}, ""))(one)
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body.encode())

    def _course(self, one):
        """A course page that shows a launch in a frame."""
        frame = f'<iframe src="/launch?hint={html.escape(one["hint"])}" title="Bài học" width="360" height="640"></iframe>'
        return 200, {"Content-Type": "text/html; charset=utf-8"}, f"<h1>Khóa học</h1>{frame}"

    def _launch(self, one):
        hint = self._hints[one["hint"]]
        query = {
            "iss": self.address,
            "login_hint": hint["person"].get("sub", "0"),
            "lti_message_hint": one["hint"],
            "target_link_uri": hint["target"],
            "client_id": CLIENT,
            "lti_deployment_id": "1",
        }
        return 302, {"Location": f"{self.tool}/hub/lti13/oauth_login?{urlencode(query)}"}, ""

    def _auth(self, one):
        """Check what the specification asks of an authentication request, then answer by form."""
        wanted = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": CLIENT,
            "redirect_uri": f"{self.tool}/hub/lti13/oauth_callback",
        }
        wrong = {name: one.get(name) for name, value in wanted.items() if one.get(name) != value}
        hint = self._hints.get(one.get("lti_message_hint"))
        if wrong or not one.get("nonce") or not one.get("state") or hint is None:
            return 400, {}, f"bad request: {wrong}"
        fields = {"id_token": self.token(hint, one["nonce"]), "state": one["state"]}
        inputs = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
            for name, value in fields.items()
        )
        page = f'<form method="post" action="{one["redirect_uri"]}">{inputs}<button>Mở bài</button></form>'
        return 200, {"Content-Type": "text/html; charset=utf-8"}, page

    def token(self, hint, nonce):
        now = int(time.time())
        claims = {
            "iss": self.address,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            **hint["person"],
            f"{CLAIM}version": "1.3.0",
            f"{CLAIM}deployment_id": "1",
            f"{CLAIM}message_type": hint["kind"],
            f"{CLAIM}target_link_uri": hint["target"],
            f"{CLAIM}roles": [ROLE + role for role in hint["roles"]],
            f"{CLAIM}context": {"id": "5", "label": "AI1", "title": "Bình dân học AI"},
        }
        if hint["kind"] == "LtiDeepLinkingRequest":
            claims[f"{DL}deep_linking_settings"] = {
                "deep_link_return_url": f"{self.address}/deep",
                "accept_types": ["ltiResourceLink"],
                "accept_presentation_document_targets": ["window"],
                "data": "phiên-7",
            }
        else:
            claims[f"{CLAIM}resource_link"] = {"id": "17"}
        claims = {name: value for name, value in (claims | self.changed).items() if value is not None}
        if self.forge:
            return self.forge(claims)
        return jwt.encode(claims, self.signing_key, algorithm="RS256", headers={"kid": KID})

    def _jwks(self, _):
        public = dict(RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True))
        key = public | {"kid": KID, "alg": "RS256", "use": "sig"}
        return 200, {"Content-Type": "application/json"}, json.dumps({"keys": [key]})

    def _deep(self, one):
        """Take a deep linking response, signed by the tool."""
        keys = jwt.PyJWKClient(f"{self.tool}/hub/lti13/jwks")
        key = keys.get_signing_key_from_jwt(one["JWT"])
        claims = jwt.decode(one["JWT"], key, algorithms=["RS256"], audience=self.address, issuer=CLIENT)
        assert claims[f"{CLAIM}message_type"] == "LtiDeepLinkingResponse"
        assert claims[f"{CLAIM}version"] == "1.3.0"
        assert claims[f"{CLAIM}deployment_id"] == "1"
        assert claims[f"{DL}data"] == "phiên-7"
        self.links += claims[f"{DL}content_items"]
        return 200, {"Content-Type": "text/html; charset=utf-8"}, "Đã gắn bài vào khóa học"
