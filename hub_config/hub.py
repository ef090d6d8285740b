"""JupyterHub's configuration as a function of the site: it only sets values, so tests need no hub."""

from __future__ import annotations

import sys
from base64 import b64encode
from collections.abc import Mapping, MutableMapping
from hashlib import sha256

from traitlets.config import Config

from courses.site import Layout, Site, layout
from hub_config.admission.queue import Queue
from hub_config.admission.spawner import queued
from hub_config.authenticator import SchoolAuthenticator
from hub_config.fork.choice import forks_here, is_forking
from hub_config.fork.spawner import ForkSpawner
from hub_config.idle.memory import Watch
from hub_config.launch import PLAIN, Launch, require_cells
from hub_config.pages import TEMPLATES, WAIT, page_values
from hub_config.proxy.choice import DOORS
from hub_config.services import GRADEBOOKS, PROVIDER_KEYS, services
from hub_config.spawner import LearnerSpawner

GRADERS = ("trainer", "administrator")
IDLE_SCOPES = ["list:users", "read:users:activity", "read:servers", "delete:servers"]

# Hub pages may run one script, known by its hash: the one that waits for a server. The look is inlined so that
# they read well while the portal is down.
POLICY = (
    "default-src 'none'; "
    f"script-src 'sha256-{b64encode(sha256(WAIT.encode()).digest()).decode()}'; "
    "connect-src 'self'; "
    "style-src 'unsafe-inline'; "
    "img-src 'self' data:; "
    "form-action 'self'; "
    "frame-ancestors 'none'; "
    "base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def take_provider(env: MutableMapping[str, str]) -> dict[str, str]:
    """Take the AI provider's keys out of the hub's environment, so that no child inherits them by accident."""
    taken = {key: env.get(key, "") for key in PROVIDER_KEYS}
    for name in [name for name in env if name.startswith("OPENAI_")]:
        del env[name]
    return {key: value for key, value in taken.items() if value}


def apply(site: Site, c: Config, launch: Launch, provider: Mapping[str, str]) -> None:
    """Set everything that JupyterHub needs to know.

    Args:
        site: the validated settings.
        c: the configuration to fill.
        launch: address and ports of this start.
        provider: the AI provider's keys; they reach the AI gateway and nobody else.

    Raises:
        StartError: other machines reach the address, and learners are not kept apart.
    """
    require_cells(launch.bind, lambda: "" if is_forking(site.spawner) else PLAIN)
    place = layout(site)
    _addresses(c, site, launch)
    _state(c, place)
    _people(c, site)
    _learners(c, site, launch)
    _pages(c, site)
    c.JupyterHub.services = services(site, launch, provider)
    c.JupyterHub.load_roles = roles()


def roles() -> list[dict[str, object]]:
    """Return who may do what, the least that works.

    People reach their own server and the programme's pages; a learner's server speaks to portal and AI with
    its own token (a token has no scope that its person lacks, hence the person's activity); the daily run and
    the portal (for the pupil) ask the AI gateway; formgrader is for those who mark; what puts idle servers away
    sees names and times, and may stop.
    """
    pages = [_access(name) for name in ("portal", "boards", "ai")]
    own = ["access:servers!user", "servers!user", "read:users!user", "users:activity!user"]
    return [
        {"name": "user", "scopes": [*own, *pages]},
        {
            "name": "server",
            "scopes": ["users:activity!user", "access:servers!server", _access("portal"), _access("ai")],
        },
        {"name": "marking", "scopes": [_access(GRADEBOOKS)], "groups": list(GRADERS)},
        {"name": "asking", "scopes": [_access("ai")], "services": ["daily", "portal"]},
        {"name": "measuring", "scopes": ["read:metrics"], "services": ["metrics"]},
        {"name": "putting-away", "scopes": IDLE_SCOPES, "services": ["idle"]},
    ]


def _access(service: str) -> str:
    return f"access:services!service={service}"


def _addresses(c: Config, site: Site, launch: Launch) -> None:
    c.JupyterHub.bind_url = launch.bind_url
    c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{launch.hub_port}"
    c.JupyterHub.default_url = "/services/portal/"
    c.JupyterHub.service_check_interval = 0  # it only logs, and trips over a service that is stopping
    c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{launch.proxy_port}"
    doors = [DOORS] if is_forking(site.spawner) else []
    c.ConfigurableHTTPProxy.command = [sys.executable, "-m", "hub_config.proxy", *doors]
    c.ConfigurableHTTPProxy.log_level = "error"


def _state(c: Config, place: Layout) -> None:
    c.JupyterHub.db_url = f"sqlite:///{place.hub / 'jupyterhub.sqlite'}"
    c.JupyterHub.upgrade_db = True
    c.JupyterHub.cookie_secret_file = str(place.hub / "cookie_secret")
    c.ConfigurableHTTPProxy.pid_file = str(place.hub / "proxy.pid")


def _people(c: Config, site: Site) -> None:
    c.JupyterHub.authenticator_class = SchoolAuthenticator
    c.SchoolAuthenticator.site = site
    c.JupyterHub.admin_access = False
    c.JupyterHub.shutdown_on_logout = True  # a shared phone must not keep the last person's server open


def _learners(c: Config, site: Site, launch: Launch) -> None:
    forking = forks_here(site.spawner)
    spawner = ForkSpawner if forking else LearnerSpawner
    c.JupyterHub.spawner_class = queued(spawner, Queue(no_room=Watch(site.idle.memory_share).is_low))
    c.JupyterHub.last_activity_interval = (
        0  # the proxy takes an open page for activity; servers tell the truth
    )
    c.LearnerSpawner.site = site  # a ForkSpawner is one too
    c.LearnerSpawner.launch = launch
    c.LearnerSpawner.isolate = forking
    c.LearnerSpawner.http_timeout = 300  # 30 s failed a wave of 20 on 2 cores (0 of 20 came up)
    c.LearnerSpawner.start_timeout = 300
    c.LearnerSpawner.poll_interval = 5  # who comes back to a server that fell must not wait half a minute
    c.JupyterHub.concurrent_spawn_limit = 0  # the queue decides: JupyterHub's limit turns people away
    c.JupyterHub.allow_named_servers = False
    c.JupyterHub.implicit_spawn_seconds = 1


def _pages(c: Config, site: Site) -> None:
    c.JupyterHub.template_paths = [str(TEMPLATES)]
    c.JupyterHub.template_vars = page_values(site)
    c.JupyterHub.tornado_settings = {"headers": HEADERS}
