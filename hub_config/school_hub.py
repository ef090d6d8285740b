"""``python -m hub_config.school_hub``: JupyterHub that opens before its services are up.

Stock JupyterHub starts one managed service after the other, gives people no page until the last one
answers, and ends itself when one of them fails. Here all start together: the hub is up at once, a service
that is still starting (or broken) is a 503 on its own pages, and nothing else waits for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

from jupyterhub.app import JupyterHub

from courses.site import layout
from hub_config.cell.quota import Room
from hub_config.full_homes import MIB, Server, Watch
from hub_config.metrics.hub import publish


class SchoolHub(JupyterHub):  # type: ignore[misc]  # JupyterHub has no types
    """JupyterHub, with its services started side by side."""

    name = "jupyterhub"  # the configuration's and the log's name

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 - traitlets' own signature
        super().__init__(**kwargs)
        self._starting: set[asyncio.Task[bool]] = set()  # a task that nobody holds may vanish

    async def start(self) -> None:
        """Open the hub, get ready what learners' servers are made from; the queue must know who is here already."""
        queue = self.spawner_class.queue
        queue.anyone_here = self.anyone_here
        publish(queue)
        await super().start()
        warm = getattr(self.spawner_class, "warm", None)
        if warm is not None:
            self._warming = asyncio.create_task(warm(self.config, self.log))
        if self.config.LearnerSpawner.isolate:
            self._watching = asyncio.create_task(self._watch().run())

    def anyone_here(self) -> bool:
        """Tell whether any learner's server runs."""
        return bool(self.users.count_active_users()["ready"])

    def _watch(self) -> Watch:
        """Return the watch over the homes of the servers that run."""
        site = self.config.LearnerSpawner.site
        room = Room(site.limits.home_mib * MIB, site.limits.home_files)
        return Watch(layout(site).homes, room, self._running, self.log)

    def _running(self) -> Iterator[Server]:
        for user in self.users.values():
            yield from (spawner for spawner in user.spawners.values() if spawner.active)

    async def update_last_activity(self) -> None:
        """Put lost routes back, and believe nothing of what the proxy says about activity.

        The proxy takes an open page for activity; servers tell the truth. A proxy that fell and took more than ten
        seconds to come back (a busy machine) stays without routes otherwise: stock gives up on it then.
        """
        await self.proxy.check_routes(self.users, self._service_map)

    async def start_service(self, service_name: str, service: Any, ssl_context: Any = None) -> bool:  # noqa: ANN401 - JupyterHub's own signature
        """Begin to start a service and say at once that all is well; a failure is in the log."""
        start = asyncio.create_task(super().start_service(service_name, service, ssl_context))
        self._starting.add(start)
        start.add_done_callback(self._starting.discard)
        return True

    async def cleanup(self) -> None:
        """Stop the services first, then all the rest."""
        await self.stop_services()
        await super().cleanup()

    async def stop_services(self) -> None:
        """Stop all services side by side; stock waits for each in turn."""
        managed = [service for service in self._service_map.values() if service.managed]
        await asyncio.gather(*(service.stop() for service in managed), return_exceptions=True)


if __name__ == "__main__":
    SchoolHub.launch_instance()
