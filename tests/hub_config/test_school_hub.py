"""Services start and stop side by side, and a broken one keeps nobody out."""

import asyncio
import time

from hub_config.school_hub import SchoolHub


class Service:
    """Just what the hub asks of a managed service."""

    managed = True
    url = ""
    name = "x"

    def __init__(self, seconds=0.0, fault=None):
        self.seconds, self.fault, self.started, self.stopped = seconds, fault, False, False

    async def start(self):
        if self.fault:
            raise self.fault
        await asyncio.sleep(self.seconds)
        self.started = True

    async def stop(self):
        await asyncio.sleep(self.seconds)
        self.stopped = True


def test_a_slow_service_is_not_waited_for_but_comes_up():
    async def scene():
        hub, slow = SchoolHub(), Service(0.2)
        assert await hub.start_service("slow", slow)
        assert not slow.started
        await asyncio.sleep(0.4)
        assert slow.started

    asyncio.run(scene())


def test_a_service_that_cannot_start_does_not_end_the_hub():
    async def scene():
        hub = SchoolHub()
        hub.log.disabled = True
        assert await hub.start_service("broken", Service(fault=OSError("no such file")))
        await asyncio.sleep(0.1)

    asyncio.run(scene())


def test_services_stop_side_by_side():
    async def scene():
        hub = SchoolHub(cleanup_servers=False, cleanup_proxy=False)
        hub.log.disabled = True
        services = {str(number): Service(0.3) for number in range(5)}
        hub._service_map = services  # noqa: SLF001 - where JupyterHub keeps them
        began = time.monotonic()
        await hub.stop_services()
        assert time.monotonic() - began < 1
        assert all(each.stopped for each in services.values())

    asyncio.run(scene())
