"""The part of ``site.yaml`` that says how people come in: own accounts, an OpenID provider, a learning platform."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from courses.exercises.base import Frozen

DOORS = ("native", "oidc", "lti", "demo")
Door = Literal["native", "oidc", "lti", "demo"]
Admit = Literal["open", "approval"]  # newcomers come in at once, or wait for a trainer's answer


def _web_address(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", value):
        raise ValueError("phải là địa chỉ trang web, ví dụ https://dangnhap.phuong.vn")
    if value.startswith("http:") and urlsplit(value).hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise ValueError("phải bắt đầu bằng https://, để không ai trên đường đọc được lời đăng nhập")
    return value


Address = Annotated[str, AfterValidator(_web_address)]
Text = Annotated[str, Field(min_length=1, max_length=200)]


class OidcDoor(Frozen):
    """An OpenID Connect provider. Its secret stands in the environment: ``BDHAI_OIDC_SECRET``.

    Attributes:
        issuer: the provider's issuer; its other addresses are read from ``/.well-known/openid-configuration``.
        client_id: this installation's name at the provider.
        name: what the button on the sign-in page says after "Đăng nhập bằng".
        match: claim that holds the roster's "mã", so that known people are recognised; empty: nobody is.
        admit: what happens to those whom the roster does not know.
    """

    issuer: Address
    client_id: Text
    name: Text = "tài khoản chung"
    match: str = Field(default="", max_length=80)
    admit: Admit = "approval"


class LtiDoor(Frozen):
    """A learning platform that launches lessons by LTI 1.3, e.g. Moodle.

    Attributes:
        issuer: the platform's id ("Platform ID").
        client_id: this tool's id at the platform.
        deployment_id: deployments that are let in; none named: every one of this client.
        authorize_url: the platform's authentication request URL.
        jwks_url: the platform's public keyset URL.
        name: how the sign-in page names the platform.
        match: claim that holds the roster's "mã".
        admit: what happens to those whom the roster does not know.
    """

    issuer: Address
    client_id: Text
    deployment_id: tuple[str, ...] = ()
    authorize_url: Address
    jwks_url: Address
    name: Text = "trang học của trường"
    match: str = Field(default="", max_length=80)
    admit: Admit = "open"


def read_doors(value: object) -> tuple[str, ...]:
    """Return the doors of ``auth:``, written as one word or as a list.

    Raises:
        ValueError: what is wrong, in Vietnamese.
    """
    doors = (value,) if isinstance(value, str) else value
    if not isinstance(doors, list | tuple) or not doors:
        raise ValueError("phải là native, oidc hoặc lti; nhiều cách thì viết [native, oidc]")
    for door in doors:
        if door not in DOORS:
            raise ValueError(f"không có cách vào lớp “{door}”; chỉ được là native, oidc hoặc lti")
    if len(set(doors)) < len(doors):
        raise ValueError("một cách vào lớp viết hai lần; hãy xóa bớt một")
    if "demo" in doors and len(doors) > 1:
        raise ValueError("demo là lớp mẫu, không đi cùng cách khác; hãy bỏ demo")
    return tuple(str(door) for door in doors)


def require_settings(doors: tuple[Door, ...], oidc: OidcDoor | None, lti: LtiDoor | None) -> None:
    """Refuse a door that has no settings.

    Raises:
        ValueError: which part is missing, in Vietnamese.
    """
    if "oidc" in doors and oidc is None:
        raise ValueError("đã chọn oidc thì cần thêm mục “oidc:” với issuer và client_id")
    if "lti" in doors and lti is None:
        raise ValueError(
            "đã chọn lti thì cần thêm mục “lti:” với issuer, client_id, authorize_url và jwks_url"
        )
