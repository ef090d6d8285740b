"""Tokens as an attacker would make them, for the tests of both doors."""

import base64
import hashlib
import hmac
import json

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

WAYS = ("another key", "unsigned", "public key as secret")


def forged(claims, key, kid, way):
    """Return a token of claims.

    Args:
        claims: what it says.
        key: the RSA key that a genuine token is signed with.
        kid: its name.
        way: one of ``WAYS``; empty for a genuine signature.
    """
    if way == "another key":
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    if way == "unsigned":
        return jwt.encode(claims, None, algorithm="none", headers={"kid": kid})
    if way == "public key as secret":
        return _signed_by_public_key(claims, key, kid)
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": kid})


def _signed_by_public_key(claims, key, kid):
    """A checker that takes the algorithm from the token takes the public key, which everybody has, for a secret."""
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    head = {"alg": "HS256", "typ": "JWT", "kid": kid}
    signed = ".".join(_plain(json.dumps(part).encode()) for part in (head, claims))
    return f"{signed}.{_plain(hmac.digest(public, signed.encode(), hashlib.sha256))}"


def _plain(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
