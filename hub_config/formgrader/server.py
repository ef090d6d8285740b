"""A web server with formgrader's routes and the hub's sign-in: no kernels, no files, no terminals."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from jinja2 import DictLoader, Environment
from jupyter_server.utils import url_path_join
from jupyterhub.singleuser.extension import JupyterHubAuthorizer, JupyterHubIdentityProvider
from sqlalchemy import select
from tornado import web
from tornado.httpserver import HTTPServer
from tornado.routing import AnyMatches, PathMatches, Rule, RuleRouter

from autograder import gradebook_view
from courses.school.db import session
from courses.school.models import Person, TrainerGroup
from courses.school.people import find_person
from courses.site import Site, database_url, layout, load_site
from hub_config.people import engine_for
from hub_config.services import levels

LARGEST_BODY = 256 * 1024
_COOKIE_SECRET = secrets.token_bytes(32)  # of all levels: a sign-in that one began ends at the common address
POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data:; "  # nbgrader's pages are full of inline script
    "frame-ancestors 'none'; "
    "object-src 'none'"
)
_ERROR = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>Sổ điểm</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<h1>{% if status_code == 404 %}Không có trang này{% elif status_code == 403 %}Trang này dành cho huấn luyện viên{% else %}Sổ điểm gặp trục trặc{% endif %}</h1>
<p>Điểm đã lưu vẫn an toàn. <a href="/">Về trang Hôm nay</a></p><p>Mã lỗi {{ status_code }}</p></html>"""


def visible_students(site: Site, username: str) -> frozenset[str] | None:
    """Return the learners whose work a person may see here; None means all (administrators)."""
    with session(engine_for(database_url(site))) as db:
        person = find_person(db, username)
        if person is None:
            return frozenset()
        if person.role == "administrator":
            return None
        if person.role != "trainer":
            return frozenset()
        query = (
            select(Person.username)
            .join(TrainerGroup, TrainerGroup.group_id == Person.group_id)
            .where(TrainerGroup.person_id == person.id, Person.role == "learner", Person.active)
        )
        return frozenset(db.scalars(query))


def gradebooks(site: Site, open_levels: Sequence[str], prefix: str) -> RuleRouter:
    """Return the service: each level's formgrader below ``prefix``, and one sign-in by the hub for all of them.

    One process for all levels: each further one would cost a small machine a hundred megabytes.

    Args:
        site: whose school says who may see whom.
        open_levels: names of the courses, e.g. ``("level1", "level2")``.
        prefix: ``/services/cham/``.
    """
    identity = JupyterHubIdentityProvider()
    rules = [
        Rule(PathMatches(f"{prefix}{level}(?:/.*)?"), _gradebook(site, level, f"{prefix}{level}/", identity))
        for level in open_levels
    ]
    front = (
        f"{prefix}?",
        web.RedirectHandler,
        {"url": "/", "permanent": False},
    )  # the page Hôm nay links each level
    sign_in = [front, *(_below(prefix, rule) for rule in identity.get_handlers())]
    return RuleRouter(
        [*rules, Rule(AnyMatches(), web.Application(sign_in, **_jupyter_settings(prefix, identity)))]
    )


def _gradebook(site: Site, level: str, prefix: str, identity: JupyterHubIdentityProvider) -> web.Application:
    course = str(layout(site).course(level))
    settings: dict[str, Any] = gradebook_view.settings(course, lambda name: visible_students(site, name))
    start = (f"{prefix}?", web.RedirectHandler, {"url": f"{prefix}formgrader/", "permanent": False})
    return web.Application(
        [start, *(_below(prefix, rule) for rule in gradebook_view.routes())],
        **(settings | _jupyter_settings(prefix, identity)),
    )


def _below(prefix: str, rule: Sequence[Any]) -> tuple[Any, ...]:
    return (url_path_join(prefix, rule[0].lstrip("/")), *rule[1:])


def _jupyter_settings(prefix: str, identity: JupyterHubIdentityProvider) -> dict[str, Any]:
    """Return what Jupyter's base handler wants to know; it is all that we use of Jupyter Server."""
    return {
        "base_url": prefix,
        "identity_provider": identity,
        "authorizer": JupyterHubAuthorizer(identity_provider=identity),
        "cookie_secret": _COOKIE_SECRET,
        "login_url": identity.hub_auth.login_url,
        "xsrf_cookies": False,  # Jupyter's handler checks by itself, after the sign-in
        "allow_remote_access": True,  # the proxy passes the visitor's host name on
        "headers": {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff"},
        "jinja2_env": Environment(loader=DictLoader({"error.html": _ERROR}), autoescape=True),
        "serverapp": None,
    }


def serve() -> None:
    """Serve every level's gradebook where the hub says, until the hub ends the process."""
    site = load_site()
    address = urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"])
    prefix = os.environ["JUPYTERHUB_SERVICE_PREFIX"]
    books = gradebooks(site, levels(site), prefix)
    asyncio.run(_serve(books, str(address.hostname), int(address.port or 0)))


async def _serve(books: RuleRouter, host: str, port: int) -> None:
    server = HTTPServer(books, max_body_size=LARGEST_BODY)
    server.listen(port, host)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):  # the hub ends its services with SIGINT
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
