"""A local server that speaks OpenAI's chat-completions protocol, for tests and benchmarks.

It decides like a judge by a function of the answer, streams like a chat model, and fails on demand:
late, 429 (with or without Retry-After), 500, garbage, refusals, cut-off JSON, cut streams.

    with FakeOpenAI(by_keyword({"vai": "đóng vai"})) as fake:
        OpenAIJudge(base_url=fake.base_url, api_key="x", model="fake")

By hand: ``python tests/fake_openai.py --port 9000 --latency 0.2``. As fixtures: load this file as a
plugin (``pytest_plugins``) or call `FakeOpenAI` in a fixture of your own.
"""

from __future__ import annotations

import argparse
import asyncio
import difflib
import json
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import tornado.httpserver
import tornado.netutil
import tornado.web

ANSWER = re.compile(r"<bai_lam>\n?(.*?)\n?</bai_lam>", re.DOTALL)
CRITERION = re.compile(
    r"^- \[(?P<id>[^\]]+)\] \((?P<polarity>must|must_not), (?P<points>[\d.]+)", re.MULTILINE
)


@dataclass(frozen=True)
class Asked:
    """One request as the fake understands it. ``kind``: verdicts, band or chat."""

    kind: str
    answer: str
    criteria: dict[str, tuple[str, float]]  # id → (polarity, points)
    model: str
    messages: list[dict[str, str]]
    authorization: str
    body: dict[str, object]


@dataclass(frozen=True)
class Fault:
    """How one request goes wrong.

    ``cut`` closes the connection after that many words of a stream, or bytes of a whole reply. ``drip`` waits so
    many seconds before each tenth of a whole reply.
    """

    status: int = 200
    body: str | None = None  # raw body instead of a completion
    content: str | None = None  # raw message content instead of what the rule says
    finish_reason: str = "stop"
    refusal: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    latency: float | None = None
    cut: int | None = None
    drip: float | None = None


Claims = dict[str, tuple[bool, str]]  # criterion → (met, quote)
Rule = Callable[[Asked], Claims]

RATE_LIMITED = Fault(status=429, body='{"error":{"message":"slow down","code":"rate_limit_exceeded"}}')
QUOTA = Fault(status=429, body='{"error":{"message":"no credit","code":"insufficient_quota"}}')
BROKEN = Fault(status=500, body='{"error":{"message":"boom"}}')
GARBAGE = Fault(content="Bài này rất hay, tôi cho 10 điểm!")
NOT_JSON = Fault(body="<html>502 Bad Gateway</html>")
CUT_OFF = Fault(content='{"verdicts": [{"criterion": "v', finish_reason="length")
REFUSED = Fault(refusal="Tôi không thể chấm bài này.")


def by_keyword(keywords: dict[str, str]) -> Rule:
    """Claim a criterion when its keyword stands in the answer; quote the keyword and two words after.

    For ``must_not`` the keyword is the violation. Criteria without a keyword are not met.
    """

    def rule(asked: Asked) -> Claims:
        claims: Claims = {}
        for id_, (polarity, _) in asked.criteria.items():
            word = keywords.get(id_)
            found = (
                re.search(rf"{re.escape(word)}(?:\s+\S+){{0,2}}", asked.answer, re.IGNORECASE)
                if word
                else None
            )
            claims[id_] = (bool(found) == (polarity == "must"), found.group() if found else "")
        return claims

    return rule


def by_answer(expected: dict[str, dict[str, bool]]) -> Rule:
    """Claim what a table says of the whole answer (e.g. the author's samples); else nothing is met.

    The quote is the answer's beginning where one is needed.
    """
    table = {fold(text): verdicts for text, verdicts in expected.items()}

    def rule(asked: Asked) -> Claims:
        given = fold(asked.answer)  # personal data may be masked in it: then the nearest text counts
        nearest = [given] if given in table else difflib.get_close_matches(given, table, 1, 0.8)
        verdicts = table[nearest[0]] if nearest else {}
        quote = " ".join(asked.answer.split()[:8])
        return {
            id_: (verdicts.get(id_, False), quote if verdicts.get(id_, False) == (polarity == "must") else "")
            for id_, (polarity, _) in asked.criteria.items()
        }

    return rule


def generous(asked: Asked) -> Claims:
    """Claim everything for everybody, as weak models do, with the answer's beginning as quote."""
    quote = " ".join(asked.answer.split()[:8])
    return {id_: (True, quote if polarity == "must" else "") for id_, (polarity, _) in asked.criteria.items()}


def fold(text: str) -> str:
    """Return the text's letters and digits: what delimiters and white space leave unchanged."""
    return "".join(character for character in text.lower() if character.isalnum())


class FakeOpenAI:
    """The server; a context manager. Attributes may be changed while it runs.

    Args:
        rule: claims per criterion, of the question asked.
        latency: seconds before each answer.
        pause: seconds before each word of a stream.
        faults: used up one per request, in order; then all is well.
        always: a fault for every request (when ``faults`` is used up).
        band: the direct score; by default the points that ``rule`` claims.
        chat: the reply to a plain chat.
        port: 0 picks a free one.
        keep: how many past requests ``asked`` remembers.
        bears: requests in flight at most; one more gets ``RATE_LIMITED``, or ``too_many``.
        slots: requests worked on at the same time; others wait for a slot, as at a server of one's own.
    """

    def __init__(
        self,
        rule: Rule = generous,
        *,
        latency: float = 0.0,
        pause: float = 0.0,
        faults: Iterable[Fault] = (),
        always: Fault | None = None,
        band: Callable[[Asked], float] | None = None,
        chat: Callable[[Asked], str] = lambda _: "Chào bạn! Mình là AI mẫu. Bạn cần gì?",
        port: int = 0,
        keep: int = 10_000,
        bears: int | None = None,
        too_many: Fault = RATE_LIMITED,
        slots: int = 10_000,
    ) -> None:
        self.rule, self.latency, self.chat, self.always = rule, latency, chat, always
        self.pause = pause
        self.bears, self.too_many, self.refused = bears, too_many, 0
        self.slots = slots
        self.band = band
        self.faults = deque(faults)
        self.asked: deque[Asked] = deque(maxlen=keep)
        self.calls = 0
        self.port = port
        self.in_flight = self.most_in_flight = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        del kind, error, trace
        if self._loop:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self.free = asyncio.Semaphore(self.slots)
        application = tornado.web.Application(self.routes(), log_function=lambda _: None)
        server = tornado.httpserver.HTTPServer(application, idle_connection_timeout=30)
        (socket,) = tornado.netutil.bind_sockets(self.port, "127.0.0.1")
        self.port = socket.getsockname()[1]
        server.add_socket(socket)
        self._ready.set()
        await self._stop.wait()
        server.stop()
        await server.close_all_connections()

    def routes(self) -> list[Any]:
        return [(r"/v1/models", _Models), (r"/v1/chat/completions", _Completions, {"fake": self})]

    def next_fault(self) -> Fault:
        if self.faults:
            return self.faults.popleft()
        return self.always or Fault()

    def completion(self, asked: Asked, fault: Fault) -> dict[str, object]:
        content = None if fault.refusal else fault.content or self.content(asked)
        message = {"role": "assistant", "content": content, "refusal": fault.refusal}
        return {
            "id": f"chatcmpl-{self.calls}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": asked.model,
            "choices": [{"index": 0, "message": message, "finish_reason": fault.finish_reason}],
            "usage": _usage(asked, content or ""),
        }

    def content(self, asked: Asked) -> str:
        if asked.kind == "verdicts":
            claims = self.rule(asked)
            rows = [{"criterion": id_, "quote": quote, "met": met} for id_, (met, quote) in claims.items()]
            return json.dumps({"verdicts": rows}, ensure_ascii=False)
        if asked.kind == "band":
            return json.dumps({"points": self.band(asked) if self.band else self._points(asked)})
        return self.chat(asked)

    def _points(self, asked: Asked) -> float:
        met = {id_ for id_, (yes, _) in self.rule(asked).items() if yes}
        if not any(id_ in met and polarity == "must" for id_, (polarity, _) in asked.criteria.items()):
            return 0
        return round(sum(points for id_, (_, points) in asked.criteria.items() if id_ in met))


class _Models(tornado.web.RequestHandler):
    def get(self) -> None:
        self.finish({"object": "list", "data": [{"id": "fake", "object": "model", "owned_by": "tests"}]})


class _Completions(tornado.web.RequestHandler):
    def initialize(self, fake: FakeOpenAI) -> None:
        self.fake = fake

    async def post(self) -> None:
        fake = self.fake
        asked = understand(json.loads(self.request.body), self.request.headers.get("Authorization", ""))
        if fake.bears is not None and fake.in_flight >= fake.bears:
            fake.refused += 1
            await self._reply(asked, fake.too_many)
            return
        fault = fake.next_fault()
        fake.asked.append(asked)
        fake.calls += 1
        fake.in_flight += 1
        fake.most_in_flight = max(fake.most_in_flight, fake.in_flight)
        try:
            async with fake.free:
                await asyncio.sleep(fake.latency if fault.latency is None else fault.latency)
            await self._reply(asked, fault)
        finally:
            fake.in_flight -= 1

    async def _reply(self, asked: Asked, fault: Fault) -> None:
        self.set_status(fault.status)
        for name, value in fault.headers.items():
            self.set_header(name, value)
        if fault.body is not None:
            await self.finish(fault.body)
        elif asked.body.get("stream"):
            await self._stream(asked, fault)
        elif fault.cut is not None or fault.drip is not None:
            await self._slowly(json.dumps(self.fake.completion(asked, fault)).encode(), fault)
        else:
            await self.finish(self.fake.completion(asked, fault))

    async def _slowly(self, reply: bytes, fault: Fault) -> None:
        self.set_header("Content-Type", "application/json")
        self.set_header("Content-Length", str(len(reply)))
        if fault.cut is not None:
            self.write(reply[: fault.cut])
            await self.flush()
            self.request.connection.stream.close()  # type: ignore[union-attr] # cut on purpose
            return
        step = len(reply) // 10 + 1
        for start in range(0, len(reply), step):
            await asyncio.sleep(fault.drip or 0)
            self.write(reply[start : start + step])
            await self.flush()

    async def _stream(self, asked: Asked, fault: Fault) -> None:
        self.set_header("Content-Type", "text/event-stream")
        words = re.findall(r"\S+\s*", fault.content or self.fake.content(asked))
        for number, word in enumerate(words):
            if number == fault.cut:
                self.request.connection.stream.close()  # type: ignore[union-attr] # cut on purpose
                return
            await asyncio.sleep(self.fake.pause)
            await self._event(asked, {"role": "assistant", "content": word}, None)
        await self._event(asked, {}, fault.finish_reason)
        options = asked.body.get("stream_options")
        if isinstance(options, dict) and options.get("include_usage"):
            counts = {"choices": [], "usage": _usage(asked, "".join(words))}
            self.write(f"data: {json.dumps(self._chunk(asked) | counts)}\n\n")
        self.write("data: [DONE]\n\n")

    async def _event(self, asked: Asked, delta: dict[str, str], finish: str | None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        event = self._chunk(asked) | {"choices": [choice]}
        self.write(f"data: {json.dumps(event, ensure_ascii=False)}\n\n")
        await self.flush()

    def _chunk(self, asked: Asked) -> dict[str, object]:
        return {
            "id": f"chatcmpl-{self.fake.calls}",
            "object": "chat.completion.chunk",
            "created": int(time.time()),
            "model": asked.model,
        }


def understand(body: dict[str, object], authorization: str) -> Asked:
    messages = body.get("messages") or []
    assert isinstance(messages, list)
    text = "\n".join(str(message.get("content", "")) for message in messages)
    answers = ANSWER.findall(text)
    response_format = body.get("response_format")
    schema = response_format.get("json_schema", {}) if isinstance(response_format, dict) else {}
    return Asked(
        kind=str(schema.get("name", "chat")),
        answer=answers[-1] if answers else "",
        criteria={m["id"]: (m["polarity"], float(m["points"])) for m in CRITERION.finditer(text)},
        model=str(body.get("model", "")),
        messages=messages,
        authorization=authorization,
        body=body,
    )


def _usage(asked: Asked, content: str) -> dict[str, int]:
    prompt = sum(len(str(message.get("content", "")).split()) for message in asked.messages)
    completion = len(content.split())
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--pause", type=float, default=0.0)
    options = parser.parse_args()
    with FakeOpenAI(port=options.port, latency=options.latency, pause=options.pause) as fake:
        print(fake.base_url, flush=True)  # noqa: T201 - tells the person who started it
        threading.Event().wait()


if __name__ == "__main__":
    main()
