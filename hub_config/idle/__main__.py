"""``python -m hub_config.idle``: the service of the hub that puts idle servers away."""

from __future__ import annotations

import asyncio
import logging
import os
import signal

from courses.site import load_site
from hub_config.idle.service import Steward


async def main() -> None:
    """Work until the hub stops this service."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    steward = Steward(load_site(), os.environ["JUPYTERHUB_API_URL"], os.environ["JUPYTERHUB_API_TOKEN"])
    await steward.run(stop)


if __name__ == "__main__":
    asyncio.run(main())
