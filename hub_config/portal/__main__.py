"""``python -m hub_config.portal``: the portal as a service of the hub."""

from __future__ import annotations

import asyncio
import logging
import os
from dataclasses import replace

from prometheus_client import REGISTRY

from autograder.judge import Judge
from courses.site import Site, load_site
from hub_config.portal.app import close, make_app, make_desk
from hub_config.web import hub_auth, listen, until_stopped


async def main() -> None:
    """Serve until the hub stops this service."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("tornado.access").setLevel(logging.WARNING)
    site = load_site()
    desk = replace(make_desk(site, hub_auth()), make_judge=lambda: _judge(site))
    try:
        await until_stopped(listen(make_app(desk, REGISTRY)))
        await desk.pupil.aclose()
        await desk.remarks.aclose()
    finally:
        close(desk)


def _judge(site: Site) -> Judge | None:
    from hub_config.ai.provider import judge_for  # noqa: PLC0415 - openai, a quarter of this service's imports, loads when first needed

    return judge_for(site, os.environ)


if __name__ == "__main__":
    asyncio.run(main())
