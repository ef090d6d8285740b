"""A real OpenID provider for tests: Canaille, a small identity server, with two people and one client.

``python provider.py PORT REDIRECT_URI`` serves on 127.0.0.1 until it is ended.
"""

import os
import sys
import uuid
from pathlib import Path

CLIENT = "bdhai"
SECRET = "bi-mat-cua-lop"
PEOPLE = {"lan": ("Nguyễn Thị Lan", "HV001"), "moi": ("Lê Văn Mới", None), "la": ("Đỗ Thị Lạ", None)}
PASSWORD = "mười hai con giáp"


def serve(port: int, redirect_uri: str) -> None:
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # plain http, on this machine only
    from canaille import create_app  # noqa: PLC0415 - only the provider's own process loads it
    from canaille.app import models  # noqa: PLC0415
    from canaille.backends import Backend  # noqa: PLC0415
    from joserfc.jwk import JWKRegistry  # noqa: PLC0415
    from werkzeug.serving import make_server  # noqa: PLC0415

    key = JWKRegistry.generate_key("RSA", 2048)
    key.ensure_kid()
    app = create_app(
        config={
            "SECRET_KEY": str(uuid.uuid4()),
            "PREFERRED_URL_SCHEME": "http",
            "SERVER_NAME": f"127.0.0.1:{port}",
            "CANAILLE": {
                "DATABASE": "memory",
                "JAVASCRIPT": False,
                "ACL": {"DEFAULT": {"PERMISSIONS": ["use_oidc"]}},
            },
            "CANAILLE_OIDC": {"ACTIVE_JWKS": [key.as_dict(private=True)]},
        }
    )
    with app.app_context():
        backend = Backend.instance
        for name, (full, number) in PEOPLE.items():
            person = models.User(
                user_name=name,
                formatted_name=full,
                given_name=full.rsplit(" ", 1)[1],
                family_name=full.split(" ", 1)[0],
                emails=[f"{name}@example.com"],
                phone_numbers=["+84912345678"],
                display_name=number,
                password=PASSWORD,
            )
            backend.save(person)
        client = models.Client(
            client_id=CLIENT,
            client_secret=SECRET,
            client_name="Bình dân học AI",
            redirect_uris=[redirect_uri],
            post_logout_redirect_uris=[redirect_uri.replace("oauth_callback", "da-ra")],
            scope=["openid", "profile"],
            grant_types=["authorization_code"],
            response_types=["code"],
            token_endpoint_auth_method="client_secret_basic",
        )
        backend.save(client)
        backend.update(client, audience=[client])  # whom its id tokens are for
        backend.save(client)
    sys.path.insert(0, str(Path(__file__).parents[3]))
    from tests.hub_config.signin.tampering import Tampering  # noqa: PLC0415 - found by the line above

    changed = Tampering(app, key.as_pem(private=True), key.kid)
    make_server("127.0.0.1", port, changed, threaded=True).serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2])
