"""``python -m hub_config.boards``: the boards as a service of the hub."""

from __future__ import annotations

import asyncio
import logging

from prometheus_client import REGISTRY

from courses.site import load_site
from hub_config.boards.app import make_app
from hub_config.web import hub_auth, listen, until_stopped


async def main() -> None:
    """Serve until the hub stops this service."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("tornado.access").setLevel(logging.WARNING)
    await until_stopped(listen(make_app(load_site(), hub_auth(), REGISTRY)))


if __name__ == "__main__":
    asyncio.run(main())
