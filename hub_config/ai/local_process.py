"""Keeps the local model's process: started in the background, watched, ended with the gateway."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import sys
from collections.abc import Mapping, Sequence
from typing import Literal

import httpx2
from pydantic import SecretStr

from hub_config.ai.local import KEY, UNUSABLE, free_port
from hub_config.ai.provider import Provider

log = logging.getLogger(__name__)

State = Literal["starting", "ready", "failed"]
COMMAND = (sys.executable, "-m", "hub_config.ai.local", "--with-parent")


class LocalModel:
    """One child process that serves the local model.

    Args:
        provider: the local provider; `provider` gives it its address.
        env: environment for the child.
        command: what to start; ``--port N`` is appended.
        pause: seconds between polls, and before a fallen process is started again.
        tries: how often a fallen process is started.
    """

    def __init__(
        self,
        provider: Provider,
        env: Mapping[str, str] = os.environ,
        command: Sequence[str] = COMMAND,
        pause: float = 1.0,
        tries: int = 3,
    ) -> None:
        self.state: State = "starting"
        self._env, self._command, self._pause, self._tries = dict(env), tuple(command), pause, tries
        self._port, self._key = free_port(), secrets.token_urlsafe(24)
        url, key = f"http://127.0.0.1:{self._port}/v1", SecretStr(self._key)
        self.provider = provider.model_copy(update={"base_url": url, "api_key": key})
        self._task: asyncio.Task[None] | None = None
        self._process: asyncio.subprocess.Process | None = None

    def start(self) -> None:
        """Begin; returns at once."""
        self._task = asyncio.get_running_loop().create_task(self._keep())

    async def stop(self) -> None:
        """End the child."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def _keep(self) -> None:
        for _ in range(self._tries):
            self.state = "starting"
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                "--port",
                str(self._port),
                stdin=asyncio.subprocess.PIPE,  # closes with us, which ends the child
                env={**self._env, KEY: self._key},
            )
            code = await self._watch(self._process)
            log.warning("the local model ended with code %s", code)
            if code == UNUSABLE:
                break
            await asyncio.sleep(self._pause)
        self.state = "failed"

    async def _watch(self, process: asyncio.subprocess.Process) -> int:
        """Wait for the first answer, then for the end."""
        ended = asyncio.ensure_future(process.wait())
        async with httpx2.AsyncClient(timeout=5, trust_env=False) as client:
            while not ended.done() and not await self._answers(client):
                await asyncio.wait((ended,), timeout=self._pause)
        if not ended.done():
            self.state = "ready"
            log.info("the local model answers at %s", self.provider.base_url)
        return await ended

    async def _answers(self, client: httpx2.AsyncClient) -> bool:
        try:
            reply = await client.get(
                f"{self.provider.base_url}/models", headers={"Authorization": f"Bearer {self._key}"}
            )
        except httpx2.HTTPError:
            return False
        return reply.is_success
