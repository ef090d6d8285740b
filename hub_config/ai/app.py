"""The gateway's pages: ``/v1/models`` and ``/v1/chat/completions``, OpenAI's protocol with a hub token as key."""

from __future__ import annotations

import logging
import time
from contextlib import AbstractContextManager, nullcontext

from prometheus_client import CollectorRegistry
from tornado.iostream import StreamClosedError
from tornado.web import Application

from courses import personal_data
from courses.clock import now
from hub_config.ai.door import Door, Models, Unknown, error_body
from hub_config.ai.gateway import Gateway
from hub_config.ai.limits import TooMany
from hub_config.ai.provider import Provider
from hub_config.ai.question import ChatRequest, QuestionError, parse_question
from hub_config.ai.stream import Events
from hub_config.ai.upstream import Failure
from hub_config.ai.usage import Answer, Caller
from hub_config.metrics.web import MeasuredApplication, RequestMeter

log = logging.getLogger(__name__)

MAX_SERVICE_QUESTION = 256 * 1024  # bytes from a service of ours, e.g. the grader


class Completions(Door):
    """POST a conversation, whole or streamed."""

    streaming = False
    passed_on = False

    async def post(self) -> None:
        """Check, count, pass on."""
        started = time.monotonic()
        caller = self.caller
        assert caller is not None  # noqa: S101 - prepare() lets nobody else through
        try:
            await self._answer(caller)
        except QuestionError as error:
            self._tell(caller, Failure(422, "bad_request", str(error)))
        except TooMany as error:
            self._tell(caller, Failure(429, error.code, error.message, str(error.retry_after)))
        except Failure as failure:
            await self._fail(caller, failure)
        except StreamClosedError:
            pass  # the caller left; the provider's stream is closed by now
        elapsed = time.monotonic() - started
        log.info("%s: %s in %.2f s", caller.name, self.get_status(), elapsed)  # never the content

    async def _answer(self, caller: Caller) -> None:
        gateway = self.gateway
        question = self._question(caller)
        provider = gateway.asked(question.model, by_service=caller.is_service)
        body = question.outgoing(provider.model, None if caller.is_service else gateway.settings.reply_tokens)
        with self._counted(caller):
            self.passed_on = True
            gateway.usage.asked(caller, provider.model)
            await (self._stream if question.stream else self._whole)(caller, provider, question, body)

    def _question(self, caller: Caller) -> ChatRequest:
        """Return what may be asked.

        Raises:
            QuestionError, Failure: it may not.
        """
        limit = MAX_SERVICE_QUESTION if caller.is_service else self.gateway.settings.question_kib * 1024
        if len(self.request.body) > limit:
            raise Failure(413, "too_long", "Câu hỏi dài quá. Bạn viết gọn lại rồi gửi nhé.")
        question = parse_question(self.request.body)
        if not caller.is_service and (found := question.findings()):
            failure = Failure(422, "personal_data", personal_data.explain(found))
            failure.link = self.gateway.data_lesson
            raise failure
        return question

    def _counted(self, caller: Caller) -> AbstractContextManager[None]:
        """Learners are metered; the grader has a budget of its own."""
        return nullcontext() if caller.is_service else self.gateway.meter.question(caller.name)

    async def _whole(
        self, caller: Caller, provider: Provider, question: ChatRequest, body: dict[str, object]
    ) -> None:
        content = await self.gateway.upstream.ask(provider, body)
        self._count(caller, provider, question, content)
        self.set_header("Content-Type", "application/json; charset=UTF-8")
        await self.finish(content)

    async def _stream(
        self, caller: Caller, provider: Provider, question: ChatRequest, body: dict[str, object]
    ) -> None:
        events = Events(keep_usage=question.wants_usage)
        try:
            async with self.gateway.upstream.stream(provider, body, events) as pieces:
                self.set_header("Content-Type", "text/event-stream; charset=UTF-8")
                self.set_header("X-Accel-Buffering", "no")
                self.streaming = True
                async for piece in pieces:
                    self.write(piece)
                    await self.flush()
            await self.finish()
        finally:
            if events.raw:  # also of an answer that was cut or stopped: it was paid for
                self._count(caller, provider, question, bytes(events.raw))

    def _count(self, caller: Caller, provider: Provider, question: ChatRequest, raw: bytes) -> None:
        messages = tuple({"role": each.role, "content": each.text} for each in question.messages)
        answer = Answer(caller=caller, model=provider.model, at=now(), messages=messages, raw=raw)
        self.gateway.usage.answered(answer)

    def _tell(self, caller: Caller, failure: Failure) -> None:
        """Refuse, and count why."""
        count = self.gateway.usage.failed if self.passed_on else self.gateway.usage.refused
        count(caller, self.gateway.model, failure.code)
        if not self.streaming:
            self.refuse(failure)

    async def _fail(self, caller: Caller, failure: Failure) -> None:
        """In the middle of a stream the error is an event, and the stream has no proper end."""
        self._tell(caller, failure)
        if self.streaming:
            self.write(f"\n\ndata: {error_body(failure)}\n\n")
            await self.finish()


def make_app(
    gateway: Gateway, prefix: str = "/services/ai/", meter: RequestMeter | None = None
) -> Application:
    """Return the application below the service's prefix, and its numbers in the meter (by default nobody's)."""
    shared = {"gateway": gateway}
    routes = [(f"{prefix}v1/models", Models, shared), (f"{prefix}v1/chat/completions", Completions, shared)]
    return MeasuredApplication(
        routes,
        meter or RequestMeter(None, registry=CollectorRegistry()),
        f"{prefix}metrics",
        default_handler_class=Unknown,
        default_handler_args=shared,
        log_function=lambda _handler: None,  # our own line says who and how long, never what
    )
