"""A local server that speaks OpenAI's Batch API beside chat completions, for tests.

    with FakeBatches(by_keyword({"vai": "đóng vai"})) as fake:
        …  # POST /v1/files, POST and GET /v1/batches, GET /v1/files/{id}/content, DELETE /v1/files/{id}

What a batch is given is paid when the batch is made: ``paid`` counts each question by its ``custom_id``.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import tornado.web

from tests.fake_openai import FakeOpenAI, Fault, Rule, generous, understand


@dataclass
class Batch:
    """One batch at the provider. ``ends`` is the status in which it will end, ``answered`` how many lines get a reply."""

    id: str
    input_file: str
    metadata: dict[str, str]
    made_at: float
    ends: str
    answered: int
    output: str = ""
    errors: str = ""
    lines: list[dict[str, Any]] = field(default_factory=list)


class FakeBatches(FakeOpenAI):
    """The server; a context manager. Attributes may be changed while it runs.

    Args:
        rule: claims per criterion, as for `FakeOpenAI`.
        seconds: how long a batch takes.
        ends: the status in which new batches end.
        answered: lines of a batch that get a reply, from its beginning; None: all.
        more: see `FakeOpenAI`.
    """

    def __init__(
        self,
        rule: Rule = generous,
        *,
        seconds: float = 0.0,
        ends: str = "completed",
        answered: int | None = None,
        **more: Any,
    ) -> None:
        super().__init__(rule, **more)
        self.seconds, self.ends, self.answered = seconds, ends, answered
        self.stored: dict[str, bytes] = {}
        self.batches: dict[str, Batch] = {}
        self.paid: Counter[str] = Counter()
        self.paid_by: Counter[tuple[str, str]] = Counter()  # by key shown and question
        self.refuse: dict[str, Fault] = {}  # by path below /v1: what a POST there gets instead
        self.loses_answers = False  # a batch is made, but nobody learns of it
        self.line_fault: dict[str, Any] | None = None  # what an unanswered line gets in the error file
        self.is_down = False

    def routes(self) -> list[Any]:
        own = {"fake": self}
        return [
            *super().routes(),
            (r"/v1/files", _Files, own),
            (r"/v1/files/([^/]+)", _File, own),
            (r"/v1/files/([^/]+)/content", _Content, own),
            (r"/v1/batches", _Batches, own),
            (r"/v1/batches/([^/]+)", _Batch, own),
        ]

    def store(self, content: bytes) -> str:
        name = f"file-{len(self.stored) + 1}"
        self.stored[name] = content
        return name

    def make(self, body: dict[str, Any], authorization: str = "") -> Batch:
        lines = [json.loads(line) for line in self.stored[body["input_file_id"]].splitlines()]
        batch = Batch(
            id=f"batch_{len(self.batches) + 1}",
            input_file=body["input_file_id"],
            metadata=body.get("metadata") or {},
            made_at=time.time(),
            ends=self.ends,
            answered=len(lines) if self.answered is None else self.answered,
            lines=lines,
        )
        self.batches[batch.id] = batch
        self.paid.update(line["custom_id"] for line in lines)
        self.paid_by.update((authorization, line["custom_id"]) for line in lines)
        return batch

    def told(self, batch: Batch) -> dict[str, Any]:
        """Return a batch as the protocol tells of it; one whose time has come ends now."""
        has_ended = time.time() >= batch.made_at + self.seconds
        if has_ended and not batch.output and batch.ends != "failed":
            self._end(batch)
        return {
            "id": batch.id,
            "object": "batch",
            "endpoint": "/v1/chat/completions",
            "completion_window": "24h",
            "created_at": int(batch.made_at),
            "input_file_id": batch.input_file,
            "status": batch.ends if has_ended else "in_progress",
            "output_file_id": batch.output or None,
            "error_file_id": batch.errors or None,
            "metadata": batch.metadata,
        }

    def _end(self, batch: Batch) -> None:
        replies = [self._reply(line) for line in batch.lines[: batch.answered]]
        batch.output = self.store(b"".join(map(_jsonl, replies)))
        left = batch.lines[batch.answered :]
        if left and self.line_fault is not None:
            errors = [{"custom_id": line["custom_id"], **self.line_fault} for line in left]
            batch.errors = self.store(b"".join(map(_jsonl, errors)))

    def _reply(self, line: dict[str, Any]) -> dict[str, Any]:
        body = self.completion(understand(line["body"], ""), self.next_fault())
        response = {"status_code": 200, "request_id": "r", "body": body}
        return {"id": "x", "custom_id": line["custom_id"], "response": response, "error": None}


def _jsonl(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"


class _Handler(tornado.web.RequestHandler):
    def initialize(self, fake: FakeBatches) -> None:
        self.fake = fake

    def prepare(self) -> None:
        path = self.request.path.removeprefix("/v1/")
        fault = Fault(status=500, body="{}") if self.fake.is_down else None
        if self.request.method == "POST":
            fault = fault or self.fake.refuse.get(path)
        if fault is not None:
            self.set_status(fault.status)
            self.finish(fault.body or "{}")

    def missing(self) -> None:
        self.set_status(404)
        self.finish({"error": {"message": "no such thing", "code": "not_found"}})


class _Files(_Handler):
    def post(self) -> None:
        assert self.get_body_argument("purpose") == "batch"
        content = self.request.files["file"][0]["body"]
        self.finish({"id": self.fake.store(content), "object": "file", "bytes": len(content)})


class _File(_Handler):
    def delete(self, name: str) -> None:
        deleted = self.fake.stored.pop(name, None) is not None
        self.finish({"id": name, "object": "file", "deleted": deleted})


class _Content(_Handler):
    def get(self, name: str) -> None:
        if name in self.fake.stored:
            self.finish(self.fake.stored[name])
        else:
            self.missing()


class _Batches(_Handler):
    def post(self) -> None:
        batch = self.fake.make(json.loads(self.request.body), self.request.headers.get("Authorization", ""))
        if self.fake.loses_answers:
            self.request.connection.stream.close()  # type: ignore[union-attr] # cut on purpose
            return
        self.finish(self.fake.told(batch))

    def get(self) -> None:
        newest = sorted(self.fake.batches.values(), key=lambda batch: -batch.made_at)
        self.finish(
            {"object": "list", "data": [self.fake.told(batch) for batch in newest], "has_more": False}
        )


class _Batch(_Handler):
    def get(self, name: str) -> None:
        if name in self.fake.batches:
            self.finish(self.fake.told(self.fake.batches[name]))
        else:
            self.missing()
