"""Passing a question on to the provider, and its answer back, as bytes; patiently, but not for ever.

The provider's own error texts stay here: they may name keys or accounts. Callers get ours.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

import httpx2

from courses.exercises.base import Frozen
from hub_config.ai.breaker import Breaker, Resting
from hub_config.ai.limits import Unanswered
from hub_config.ai.provider import Provider
from hub_config.ai.stream import BrokenStream, Events

log = logging.getLogger(__name__)

CONNECT = 5.0  # seconds
BUSY = "AI đang có quá nhiều người hỏi. Bạn đợi một lát rồi thử lại nhé."
BROKEN = "AI đang gặp trục trặc. Bạn thử lại sau ít phút nhé; bài của bạn vẫn được giữ."
CUT = "AI trả lời dở dang thì mất kết nối. Bạn thử lại nhé."
RESTING = (
    "AI đang nghỉ một chút vì vừa gặp trục trặc. Bạn đợi {seconds} giây rồi hỏi lại nhé; bài vẫn được giữ."
)
_FAULTS = frozenset({"provider_error", "timeout"})  # codes that count against the provider


class Failure(Unanswered):
    """No answer; status, code and message are for the caller. ``again``: worth another try, before any byte."""

    def __init__(
        self, status: int, code: str, message: str, retry_after: str = "", *, again: bool = False
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.retry_after = status, code, message, retry_after
        self.again = again
        self.link = ""  # where to read more, on this site


class Retries(Frozen):
    """How a question is tried again: after ``first``, twice that, … seconds, each shortened by chance."""

    tries: int = 3
    first: float = 0.5
    longest: float = 8.0  # a provider that wants a longer pause gets it from the caller

    def pause(self, number: int, retry_after: str, chance: float) -> float | None:
        """Return seconds to wait after the failed try ``number`` (from 1), or None to give up.

        ``chance`` is from 0 to 1: everybody at the same time would fail again at the same time.
        """
        if number >= self.tries:
            return None
        wished = _seconds(retry_after)
        if wished is not None:
            return wished + chance * self.first if wished <= self.longest else None
        doubled = float(2 ** (number - 1))
        return min(self.longest, self.first * doubled) * (0.5 + chance / 2)


class Upstream:
    """One pool of connections to one provider.

    Args:
        retries: how often a question is tried.
        breaker: decides whether the provider may be asked at all.
        sleep: waits between tries.
    """

    def __init__(
        self,
        retries: Retries | None = None,
        breaker: Breaker | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        limits = httpx2.Limits(max_connections=512, max_keepalive_connections=64)
        self._client = httpx2.AsyncClient(limits=limits)
        self._retries, self._sleep = retries or Retries(), sleep
        self.breaker = breaker or Breaker()

    async def ask(self, provider: Provider, body: Mapping[str, Any]) -> bytes:
        """Return the provider's whole answer.

        Raises:
            Failure: see there.
        """
        async with self._guarded(provider, body) as reply:
            content = await reply.aread()
            try:
                json.loads(content)
            except ValueError as error:
                raise Failure(502, "provider_error", BROKEN) from error
        return content

    @asynccontextmanager
    async def stream(
        self, provider: Provider, body: Mapping[str, Any], events: Events
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """Give the provider's answer piece by piece, as it comes.

        Raises:
            Failure: also in the middle of the pieces.
        """
        async with self._guarded(provider, body) as reply:
            if not reply.headers.get("Content-Type", "").startswith("text/event-stream"):
                raise Failure(502, "provider_error", BROKEN)
            try:
                yield events.read(reply.aiter_bytes())
            except BrokenStream as error:
                raise Failure(502, "provider_error", CUT) from error

    @asynccontextmanager
    async def _guarded(self, provider: Provider, body: Mapping[str, Any]) -> AsyncIterator[httpx2.Response]:
        """Ask with the breaker's leave, and tell it how that went."""
        try:
            probe = self.breaker.enter()
        except Resting as rest:
            said = RESTING.format(seconds=rest.retry_after)
            raise Failure(503, "provider_error", said, str(rest.retry_after)) from rest
        good: bool | None = None
        try:
            async with _told_in_our_words(), self._answering(provider, body) as reply:
                yield reply
            good = True
        except Failure as failure:
            good = failure.code not in _FAULTS
            raise
        finally:
            self.breaker.leave(probe=probe, good=good)

    @asynccontextmanager
    async def _answering(self, provider: Provider, body: Mapping[str, Any]) -> AsyncIterator[httpx2.Response]:
        reply = await self._tried(provider, body)
        try:
            yield reply
        finally:
            await reply.aclose()

    async def _tried(self, provider: Provider, body: Mapping[str, Any]) -> httpx2.Response:
        """Return an answer that begins well, after as many tries as that takes."""
        number = 0
        while True:
            number += 1
            try:
                async with _told_in_our_words():
                    return await self._once(provider, body)
            except Failure as failure:
                chance = random.random()  # noqa: S311 - spreads retries, hides nothing
                pause = self._retries.pause(number, failure.retry_after, chance) if failure.again else None
                if pause is None:
                    raise
                await self._sleep(pause)

    async def _once(self, provider: Provider, body: Mapping[str, Any]) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {provider.api_key.get_secret_value()}"}
        url = f"{provider.base_url}/chat/completions"
        wait = httpx2.Timeout(provider.timeout, connect=CONNECT, pool=CONNECT)
        request = self._client.build_request("POST", url, json=dict(body), headers=headers, timeout=wait)
        reply = await self._client.send(request, stream=True)
        if reply.is_success:
            return reply
        try:
            raise _failure(reply, await reply.aread())
        finally:
            await reply.aclose()

    async def close(self) -> None:
        """Let all connections go."""
        await self._client.aclose()


@asynccontextmanager
async def _told_in_our_words() -> AsyncIterator[None]:
    """Turn faults of the connection into ours."""
    try:
        yield
    except (httpx2.ConnectTimeout, httpx2.ConnectError, httpx2.PoolTimeout) as error:
        log.warning("provider: %s", type(error).__name__)
        raise Failure(503, "provider_error", BROKEN, again=True) from error
    except httpx2.TimeoutException as error:
        raise Failure(504, "timeout", "AI trả lời lâu quá. Bạn thử lại với câu ngắn hơn nhé.") from error
    except httpx2.HTTPError as error:
        log.warning("provider: %s", type(error).__name__)
        raise Failure(503, "provider_error", BROKEN, again=True) from error


def _failure(reply: httpx2.Response, content: bytes) -> Failure:
    log.warning("provider: status %s", reply.status_code)
    wish = reply.headers.get("Retry-After", "")
    if reply.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        if b"insufficient_quota" in content:
            return Failure(503, "quota", "Lớp mình đã dùng hết lượt AI. Người phụ trách cần nạp thêm.")
        return Failure(429, "rate_limited", BUSY, wish, again=True)
    if reply.status_code in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}:
        return Failure(400, "bad_request", "AI không hiểu yêu cầu này. Bạn viết ngắn lại rồi thử lại nhé.")
    return Failure(502, "provider_error", BROKEN, wish, again=reply.is_server_error)


def _seconds(retry_after: str) -> float | None:
    """Return the seconds of a Retry-After header; dates and nonsense count as no wish."""
    return float(retry_after) if retry_after.isdecimal() and len(retry_after) < 6 else None  # noqa: PLR2004 - a day
