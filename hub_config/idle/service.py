"""The loop: every few seconds a look at the memory, every minute one at the servers.

Stopping is jupyterhub-idle-culler's; what it asks (``cull_arbiter``) is answered here, because the hub's time of last
activity alone does not know of an answer that is being written.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

from jupyterhub_idle_culler import cull_idle
from tornado.httpclient import HTTPError

from courses.site import Site, layout
from hub_config.homes import HomeError, home_of
from hub_config.idle.choice import Desk, to_shed, too_long
from hub_config.idle.jump import Calendar
from hub_config.idle.memory import Memory, from_env
from hub_config.idle.times import late, look_at_servers_every
from hub_config.idle.writing import seconds_since

log = logging.getLogger("bdhai.idle")

LOOK_AT_MEMORY_EVERY = 5.0  # seconds
MORE_THAN_NEEDED = 1.25  # of the share that must be available: else the next server brings us back here
_OWNER = re.compile(r"/user/([^/]+)/$")


class Steward:
    """Puts idle servers away.

    Args:
        site: the validated settings.
        api: the hub's API.
        token: this service's token.
        memory: reads the machine's memory.
    """

    def __init__(
        self, site: Site, api: str, token: str, memory: Callable[[], Memory | None] = from_env
    ) -> None:
        self._idle = site.idle
        self._homes = layout(site).homes
        self._api, self._token, self._memory = api, token, memory
        self._calendar = Calendar()

    async def run(self, stop: asyncio.Event) -> None:
        """Look after servers until told to stop; a hub that is down is asked again later."""
        next_look = 0.0
        while not stop.is_set():
            await self._try(self.relieve)
            if time.monotonic() >= next_look:
                next_look = time.monotonic() + look_at_servers_every(self._idle)
                await self._try(self.put_away)
            try:
                await asyncio.wait_for(stop.wait(), LOOK_AT_MEMORY_EVERY)
            except TimeoutError:
                continue

    async def put_away(self) -> None:
        """Stop servers that were unused for long."""
        limit = self._idle.server_minutes * 60 + late(self._idle)
        if self._calendar.steady_for() < limit:
            return  # the clock was set: servers only seem to be idle for so long
        await self._stop(too_long(await self.desks(), limit), limit)

    async def relieve(self) -> None:
        """Stop idle servers while memory is lacking."""
        memory = self._memory()
        if memory is None or memory.share >= self._idle.memory_share:
            return
        lacking = memory.lacking(self._idle.memory_share * MORE_THAN_NEEDED)
        limit = self._idle.shed_minutes * 60 + late(self._idle)
        if self._calendar.steady_for() < limit:
            return
        chosen = to_shed(await self.desks(), lacking, limit)
        log.warning("only %.1f%% of the memory is left: %d idle servers go", memory.share * 100, len(chosen))
        await self._stop(chosen, limit)

    async def desks(self) -> list[Desk]:
        """Return the servers that run."""
        found: list[Desk] = []

        def only_note(desk: Desk) -> bool:
            found.append(desk)
            return False

        await self._ask(only_note)
        return found

    async def _stop(self, chosen: list[str], limit: float) -> None:
        """Stop these, except who came back in the meantime."""
        if chosen:
            await self._ask(lambda desk: desk.username in chosen and desk.unused >= limit)

    async def _ask(self, should_stop: Callable[[Desk], bool]) -> None:
        """Let the idle culler walk through all servers."""

        def arbiter(*, inactive: timedelta | None, server: dict[str, Any], **_: object) -> bool:
            desk = self._desk(inactive, server)
            return desk is not None and should_stop(desk)

        await cull_idle(self._api, self._token, 0, log, cull_arbiter=arbiter)

    def _desk(self, inactive: timedelta | None, server: dict[str, Any]) -> Desk | None:
        owner = _OWNER.search(str(server["url"]))
        if owner is None or inactive is None:
            return None
        username = unquote(owner[1])
        try:
            home = home_of(self._homes, username)
        except HomeError:
            return None
        return Desk(username, inactive.total_seconds(), seconds_since(home, time.time()))

    async def _try(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except (HTTPError, OSError) as error:
            log.warning("the hub did not answer: %s", error)
