"""The gateway's door: who may come in, and how a refusal is said."""

from __future__ import annotations

import json
import re

from tornado.web import HTTPError, RequestHandler

from hub_config.ai.gateway import Gateway
from hub_config.ai.upstream import Failure
from hub_config.ai.usage import Caller

NO_USE = frozenset({"no_provider", "quota"})  # codes after which asking again at once is of no use
_TOKEN = re.compile(r"(?:token|bearer)\s+([!-~]{1,512})", re.IGNORECASE)


class Door(RequestHandler):
    """Lets in people and services that the hub allows here; replies with OpenAI's error shape."""

    gateway: Gateway
    caller: Caller | None = None

    @property
    def by_service(self) -> bool:
        """Tell whether a service of ours asks."""
        return self.caller is not None and self.caller.is_service

    def initialize(self, gateway: Gateway) -> None:
        """Take what the application holds."""
        self.gateway = gateway

    def set_default_headers(self) -> None:
        """Say nothing of the server's make; keep answers out of caches."""
        self.clear_header("Server")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")

    def check_xsrf_cookie(self) -> None:
        """Cookies count for nothing here, so no page of another site can ask in somebody's name."""

    async def prepare(self) -> None:
        """Recognise the caller by the token, without blocking other requests."""
        match = _TOKEN.fullmatch(self.request.headers.get("Authorization", ""))
        try:
            model = await self.gateway.auth.user_for_token(match[1], sync=False) if match else None
        except HTTPError:
            self.refuse(Failure(503, "hub_down", "Lớp đang khởi động lại. Bạn thử lại sau ít phút nhé."))
            return
        if model is None:
            self.refuse(Failure(401, "unauthorized", "Bạn cần đăng nhập lại để dùng AI."))
        elif not self.gateway.auth.check_scopes(self.gateway.auth.access_scopes, model):
            self.refuse(Failure(403, "forbidden", "Tài khoản này chưa được dùng AI của lớp."))
        else:
            self.caller = Caller(name=str(model["name"]), is_service=model["kind"] == "service")

    def refuse(self, failure: Failure) -> None:
        """Finish with an error that both people and the openai package understand."""
        self.set_status(failure.status)
        self.set_header("Content-Type", "application/json; charset=UTF-8")
        if failure.retry_after:
            self.set_header("Retry-After", failure.retry_after)
        if failure.code in NO_USE or (failure.code == "provider_error" and not self.by_service):
            self.set_header(
                "x-should-retry", "false"
            )  # the openai package tries again otherwise; we have tried
        self.finish(error_body(failure))

    def write_error(self, status_code: int, **kwargs: object) -> None:
        """Tell of unknown addresses and faults of ours in the same shape."""
        del kwargs
        self.refuse(Failure(status_code, "error", "Không làm được việc này. Bạn thử lại sau nhé."))


def error_body(failure: Failure) -> str:
    """Return OpenAI's error object."""
    error = {"message": failure.message, "type": "bdhai", "code": failure.code, "param": None}
    if failure.link:
        error["link"] = failure.link
    return json.dumps({"error": error}, ensure_ascii=False)


class Models(Door):
    """GET the one model that answers here."""

    def get(self) -> None:
        """Reply with a list of one."""
        try:
            provider = self.gateway.ready()
        except Failure as failure:
            self.refuse(failure)
            return
        model = {"id": provider.model, "object": "model", "created": 0, "owned_by": provider.kind}
        self.finish({"object": "list", "data": [model]})


class Unknown(Door):
    """Everything else."""

    async def prepare(self) -> None:
        """Reply 404 without asking the hub."""
        self.refuse(Failure(404, "not_found", "Không có địa chỉ này."))
