"""``python -m hub_config.ai``: the gateway as a service of the hub."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Mapping

from jupyterhub.services.auth import HubAuth

from courses.clock import now, programme_day
from courses.personal_data import DATA_LESSON
from courses.school.db import open_engine
from courses.site import Site, database_url, layout, load_site
from hub_config.ai.app import make_app
from hub_config.ai.gateway import Gateway, limits_of
from hub_config.ai.limits import Meter
from hub_config.ai.local_process import LocalModel
from hub_config.ai.provider import provider_from_env
from hub_config.ai.usage import Usage, asked_today
from hub_config.metrics.web import RequestMeter
from hub_config.web import listen, until_stopped


async def main() -> None:
    """Serve until the hub stops this service."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    site = load_site()
    gateway = open_gateway(site)
    gateway.start()
    prefix = os.environ.get("JUPYTERHUB_SERVICE_PREFIX", "/services/ai/")
    try:
        await until_stopped(listen(make_app(gateway, prefix, RequestMeter(layout(site)))))
    finally:
        await gateway.close()


def open_gateway(site: Site, env: Mapping[str, str] = os.environ) -> Gateway:
    """Return the gateway of this process's environment, with the day's counts from before a restart."""
    auth = HubAuth()
    auth.cache_max_age = 60  # seconds until a withdrawn right is noticed
    provider = provider_from_env(env)
    engine = open_engine(database_url(site))
    meter = Meter(limits_of(site.ai))
    today = programme_day(now())
    meter.remember(today, asked_today(engine, today))
    return Gateway(
        auth=auth,
        provider=provider,
        local=LocalModel(provider) if provider is not None and provider.kind == "local" else None,
        meter=meter,
        usage=Usage(engine, site.ai),
        settings=site.ai,
        second_model=site.judge.second_model,
        folder=layout(site).ai,
        data_lesson=data_lesson(site, auth.hub_prefix),
    )


def data_lesson(site: Site, hub_prefix: str) -> str:
    """Return the address of the lesson on personal data, or an empty text when this site has none."""
    level, slug = DATA_LESSON.split("/")
    if not (site.lessons / DATA_LESSON / "lesson.md").exists():
        return ""
    return f"{hub_prefix}user-redirect/voila/render/{level}/{slug}/{slug}.ipynb"


if __name__ == "__main__":
    asyncio.run(main())
