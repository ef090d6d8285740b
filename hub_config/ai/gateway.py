"""What the gateway's handlers share: the provider and whether it may be asked, the meter, the counts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from jupyterhub.services.auth import HubAuth

from courses.site import Ai
from hub_config.ai import status
from hub_config.ai.limits import Limits, Meter
from hub_config.ai.local_process import LocalModel
from hub_config.ai.provider import Provider
from hub_config.ai.upstream import Failure, Upstream
from hub_config.ai.usage import Usage

HEARTBEAT = 2.0  # seconds between two looks at what is to be told


def no_provider() -> Failure:
    """Return what to say without an AI."""
    message = "Lớp mình chưa nối với AI nào. Bạn cứ làm bài với câu trả lời mẫu trong bài nhé."
    return Failure(503, "no_provider", message)


def starting() -> Failure:
    """Return what to say while the local model loads."""
    return Failure(503, "starting", "AI đang khởi động, bạn đợi một hai phút rồi thử lại nhé.", "15")


def limits_of(settings: Ai) -> Limits:
    """Return what one learner may do."""
    return Limits(per_minute=settings.per_minute, per_day=settings.per_day, at_once=settings.at_once)


@dataclass
class Gateway:
    """What the handlers share. ``provider`` is None when there is no AI.

    Attributes:
        folder: where to tell how things stand (``data/ai``); None tells nobody.
        second_model: what the grader may ask besides the provider's own model.
        data_lesson: address of the lesson on personal data, on this site; empty when it has none.
    """

    auth: HubAuth
    provider: Provider | None
    local: LocalModel | None = None
    upstream: Upstream = field(default_factory=Upstream)
    meter: Meter = field(default_factory=lambda: Meter(Limits()))
    usage: Usage = field(default_factory=Usage)
    settings: Ai = field(default_factory=Ai)
    second_model: str = ""
    folder: Path | None = None
    data_lesson: str = ""
    _telling: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin what goes on in the background."""
        self.usage.start()
        if self.local is not None:
            self.local.start()
        if self.folder is not None:
            self._telling = asyncio.get_running_loop().create_task(self._keep_telling(self.folder))

    def ready(self) -> Provider:
        """Return the provider to ask.

        Raises:
            Failure: there is none, or it is still starting.
        """
        if self.provider is None:
            raise no_provider()
        if self.local is None:
            return self.provider
        if self.local.state == "failed":
            raise no_provider()
        if self.local.state == "starting":
            raise starting()
        return self.local.provider

    def asked(self, model: str, *, by_service: bool) -> Provider:
        """Return the provider with the model to ask: its own, or the second one for a service that names it.

        Raises:
            Failure: see ``ready``.
        """
        provider = self.ready()
        if by_service and self.second_model and model == self.second_model:
            return provider.model_copy(update={"model": model})
        return provider

    @property
    def model(self) -> str:
        """The provider's model, or an empty text."""
        return self.provider.model if self.provider else ""

    def _stage(self) -> status.Stage:
        if self.provider is None:
            return "none"
        return self.local.state if self.local else "ready"

    async def _keep_telling(self, folder: Path) -> None:
        said: tuple[str, str] | None = None
        while True:
            now = (self._stage(), self.upstream.breaker.state)
            if now != said:
                said = now
                kind = self.provider.kind if self.provider else ""
                more = {"kind": kind, "model": self.model, "breaker": now[1]}
                await asyncio.to_thread(status.tell, folder, "gateway", now[0], **more)
            await asyncio.sleep(HEARTBEAT)

    async def close(self) -> None:
        """End the local model, write what was counted, let connections go."""
        if self._telling is not None:
            self._telling.cancel()
        if self.local is not None:
            await self.local.stop()
        await self.usage.close()
        await self.upstream.close()
