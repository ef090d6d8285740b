"""A tornado application that counts its requests, and the page where Prometheus reads them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Histogram, generate_latest
from tornado.web import Application, RequestHandler

from courses.site import Layout
from hub_config.metrics import token

BUCKETS = (0.005, 0.02, 0.05, 0.1, 0.3, 1.0, 3.0, 10.0, 60.0)  # seconds
Refresh = Callable[[], Awaitable[None]]


async def _nothing() -> None:
    """Refresh nothing."""


class RequestMeter:
    """One service's numbers.

    Args:
        place: whose token opens the page; None: nobody's does.
        refresh: brings numbers up to date that are looked up only when asked for.
        registry: where they are kept; the process's own by default, which also tells its memory and CPU.
    """

    def __init__(
        self, place: Layout | None, refresh: Refresh = _nothing, registry: CollectorRegistry = REGISTRY
    ) -> None:
        self.refresh, self.registry = refresh, registry
        self._place = place
        self.seconds = Histogram(
            "bdhai_request_seconds",
            "Time from a request's arrival to the end of its answer.",
            ("page", "method", "status"),
            registry=registry,
            buckets=BUCKETS,
        )

    def opens(self, authorization: str) -> bool:
        """Tell whether an ``Authorization`` header opens the page."""
        return self._place is not None and token.opens(token.read(self._place), authorization)

    def note(self, handler: RequestHandler) -> None:
        """Count a request that is over: by the kind of its page, never by its address, which may hold a name."""
        method = handler.request.method if handler.request.method in handler.SUPPORTED_METHODS else "?"
        labels = (type(handler).__name__, method, f"{handler.get_status() // 100}xx")
        self.seconds.labels(*labels).observe(handler.request.request_time())


class MeasuredApplication(Application):
    """An application that counts its requests."""

    def __init__(self, handlers: Any, meter: RequestMeter, path: str, **settings: Any) -> None:  # noqa: ANN401 - tornado's own signature
        """Add the page at ``path`` to the handlers."""
        super().__init__([(path, MetricsPage, {"meter": meter}), *handlers], **settings)
        self._meter = meter

    def log_request(self, handler: RequestHandler) -> None:
        """Count, and log as usual."""
        self._meter.note(handler)
        super().log_request(handler)


class MetricsPage(RequestHandler):
    """GET the numbers, with the token."""

    def initialize(self, meter: RequestMeter) -> None:
        """Take what the application holds."""
        self.meter = meter

    def set_default_headers(self) -> None:
        """Say nothing of the server's make."""
        self.clear_header("Server")
        self.set_header("Cache-Control", "no-store")

    async def get(self) -> None:
        """Answer 403 to everybody but Prometheus."""
        if not self.meter.opens(self.request.headers.get("Authorization", "")):
            self.set_status(403)
            self.finish("metrics: token\n")
            return
        await self.meter.refresh()
        self.set_header("Content-Type", CONTENT_TYPE_LATEST)
        self.finish(generate_latest(self.meter.registry))
