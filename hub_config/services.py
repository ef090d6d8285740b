"""The hub's services: what each one runs, and the little environment that each one gets."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from courses.site import Site, layout
from hub_config.cell import making
from hub_config.fork.choice import is_forking
from hub_config.idle import memory
from hub_config.launch import Launch
from hub_config.metrics import token

PROVIDER_KEYS = (
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "OPENAI_MODEL",
    "BDHAI_AI",
    "BDHAI_MODEL",
    "BDHAI_MODEL_SHA256",
)
GRADEBOOKS = "cham"  # formgrader for the trainers: every level below one service
WEB = ("portal", "ai", "boards", GRADEBOOKS)
_MODULES = {GRADEBOOKS: "formgrader"}


def levels(site: Site) -> tuple[str, ...]:
    """Return the levels that have lessons, e.g. ``("level1",)``."""
    found = (folder.parent.parent.name for folder in site.lessons.glob("level[1-9]/*/lesson.md"))
    return tuple(sorted(set(found)))


def services(site: Site, launch: Launch, provider: Mapping[str, str]) -> list[dict[str, object]]:
    """Return ``c.JupyterHub.services``; only the AI gateway is handed the provider's keys."""
    common = common_env(site, launch)
    secret = {"ai": dict(provider)}
    web = [_web(name, launch, common | secret.get(name, {})) for name in WEB]
    workers = [_worker("daily", "daily_service", common), _worker("idle", "idle", common | _meminfo())]
    doors = [_doors(launch)] if is_forking(site.spawner) else []
    return [*web, *workers, *_prometheus(site), *doors]


def doors_to(launch: Launch) -> dict[str, int]:
    """Return the only ports of this machine that a learner's programs reach from their cell, by name."""
    return {"hub": launch.hub_port, "portal": launch.services["portal"], "ai": launch.services["ai"]}


def common_env(site: Site, launch: Launch) -> dict[str, str]:
    """Return what every service of ours may know: where data and settings lie, and the addresses."""
    env = {
        "BDHAI_DATA": str(layout(site).data),
        "BDHAI_SITE": str(Path(os.environ.get("BDHAI_SITE", "site.yaml")).resolve()),
        "BDHAI_PORTAL_URL": f"{launch.address}/services/portal",
        "BDHAI_AI_URL": f"{launch.address}/services/ai/v1",
        "PYTHONUNBUFFERED": "1",
    }
    if site.database:
        env["BDHAI_DATABASE"] = site.database
    return env


def _web(name: str, launch: Launch, env: dict[str, str]) -> dict[str, object]:
    return {
        "name": name,
        "url": f"http://127.0.0.1:{launch.services[name]}",
        "command": [sys.executable, "-m", f"hub_config.{_MODULES.get(name, name)}"],
        "environment": env,
        "oauth_no_confirm": True,  # these are the programme's own pages; a question would only puzzle people
        "display": False,
        "timeout": 120,  # seconds to answer for the first time: on a busy machine ten are too few
    }


def _meminfo() -> dict[str, str]:
    return {memory.ENV: os.environ[memory.ENV]} if memory.ENV in os.environ else {}


def _prometheus(site: Site) -> list[dict[str, object]]:
    """Prometheus is a service that runs elsewhere and has a token."""
    secret = token.read(layout(site))
    return [{"name": "metrics", "api_token": secret, "display": False}] if secret else []


def _worker(name: str, module: str, env: dict[str, str]) -> dict[str, object]:
    command = [sys.executable, "-m", f"hub_config.{module}"]
    return {"name": name, "command": command, "environment": env, "display": False}


def _doors(launch: Launch) -> dict[str, object]:
    return {
        "name": "doors",
        "command": making.relay_command(launch.runtime, doors_to(launch)),
        "display": False,
    }
