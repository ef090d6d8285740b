"""The key with which this tool signs what it sends to a learning platform; the platform reads the public half."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm


@dataclass(frozen=True)
class ToolKey:
    """A private key of RSA with the name under which platforms know its public half."""

    private: rsa.RSAPrivateKey

    @property
    def public(self) -> dict[str, Any]:
        """Return the public half as a JSON Web Key."""
        key = dict(RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True))
        name = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()[:16]
        return key | {"kid": name, "alg": "RS256", "use": "sig"}

    def sign(self, claims: dict[str, object]) -> str:
        """Return claims as a signed JSON Web Token."""
        return jwt.encode(claims, self.private, algorithm="RS256", headers={"kid": self.public["kid"]})


def open_tool_key(folder: Path) -> ToolKey:
    """Return the key of an installation; it is drawn once and lies in ``lti.pem`` (mode 0600)."""
    path = folder / "lti.pem"
    if not path.exists():
        _draw(path)
    private = serialization.load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(private, rsa.RSAPrivateKey)  # noqa: S101 - what _draw writes
    return ToolKey(private)


def _draw(path: Path) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    plain = serialization.NoEncryption()
    pem = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    passing = path.with_name(f".lti.{secrets.token_hex(4)}")
    with os.fdopen(os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(pem)
    passing.replace(path)
