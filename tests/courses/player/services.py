"""A local stand-in for the portal and the AI gateway: records what it is asked, answers as told."""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

RECEIPT = {
    "receipt": "BD-2026-7K3Q",
    "submitted_at": "2026-11-22T13:15:00Z",
    "score": 5.5,
    "max_score": 13,
    "marks": [
        {"exercise": "mot", "status": "right", "score": 2, "max_score": 2},
        {"exercise": "lenh", "status": "waiting", "score": None, "max_score": 2},
    ],
}

PUPIL = {
    "reply": "Dạ, con nghe rồi ạ. Con tưởng AI tự biết mình muốn gì.",
    "done": False,
    "pending": False,
    "left": 11,
    "understood": None,
    "total": 2,
    "quiz": None,
}

FILE = {"id": "ab" * 32, "name": "giay-moi.docx", "type": "docx", "size": 12, "facts": {"words": 4}}


CUT = object()
"""An answer that never comes: the connection is closed instead."""


@dataclass
class Stream:
    """A streamed reply; ``end`` is its last event, or empty for a line that is cut."""

    pieces: tuple[str, ...]
    pause: float = 0
    end: str = "[DONE]"
    left: threading.Event = field(default_factory=threading.Event)

    def events(self):
        for piece in self.pieces:
            yield json.dumps({"choices": [{"delta": {"content": piece}}]}, ensure_ascii=False)
        yield from [self.end] if self.end else []


@dataclass
class Services:
    """``answers`` maps the last part of a path to (status, body); the tests change it."""

    url: str = ""
    asked: list[tuple[str, str, dict]] = field(default_factory=list)
    tokens: set[str | None] = field(default_factory=set)
    delay: float = 0
    answers: dict[str, tuple[int, object]] = field(default_factory=dict)

    def reset(self):
        self.asked.clear()
        self.delay = 0
        self.answers = {
            "visits": (204, None),
            "check": (200, {"status": "wrong", "hint": "Nhớ lại ví dụ bữa cơm.", "tries": 1}),
            "cards": (200, {"learned": 0, "cards": [], "next_on": None}),
            "card": (200, {"lesson": "level1/x", "card": 1, "next_on": "2026-11-28", "left": 0}),
            "submissions": (201, RECEIPT),
            "files": (201, FILE),
            "pupil": (200, PUPIL),
            "completions": (503, {"error": {"message": "chưa có AI", "code": "no_provider"}}),
        }

    def bodies(self, what):
        return [body for method, path, body in self.asked if method == "POST" and path.endswith(f"/{what}")]


def serve(services: Services) -> ThreadingHTTPServer:
    """Start the server on a free port; the caller shuts it down."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.answer("GET", None, self.path.rsplit("/", 1)[1])

        def do_POST(self):
            data = self.rfile.read(int(self.headers["Content-Length"]))
            is_file = self.path.endswith("/files")
            body = {"name": self.headers["X-File-Name"], "size": len(data)} if is_file else json.loads(data)
            name = self.path.rsplit("/", 1)[1]
            self.answer("POST", body, "card" if name == "cards" else name)

        def answer(self, method, body, name):
            services.asked.append((method, self.path, body))
            services.tokens.add(self.headers.get("Authorization"))
            time.sleep(services.delay)
            status, answer = services.answers[name]
            if answer is CUT:
                self.close_connection = True
                return
            if isinstance(answer, Stream):
                self.stream(answer)
                return
            data = (
                b""
                if answer is None
                else answer
                if isinstance(answer, bytes)
                else json.dumps(answer).encode()
            )
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            with suppress(BrokenPipeError):  # a caller that gave up
                self.wfile.write(data)

        def stream(self, answer):
            """Write events as the gateway does, with a pause before each; note whether the reader went away."""
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            self.close_connection = True
            try:
                for event in answer.events():
                    time.sleep(answer.pause)
                    self.wfile.write(f"data: {event}\n\n".encode())
            except OSError:
                answer.left.set()

        def log_message(self, *_):
            """Keep the test's output quiet."""

    services.reset()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    services.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
