"""Boards that Voila rendered once for all tests, a fake hub, and the real service on a loopback port."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from courses.site import Site
from hub_config.boards import render
from hub_config.boards.app import make_app
from tests.fake_hub import FakeHub, ServerThread
from tests.hub_config.boards import wards

PREFIX = "/services/boards/"


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return the boards folder of a ward by name: ``calm`` or ``hostile``; rendered by the real Voila."""
    contents = {"calm": wards.ward, "hostile": wards.hostile}
    made: dict[str, Path] = {}

    def of(name: str) -> Path:
        if name not in made:
            data = tmp_path_factory.mktemp(name)
            wards.put(data / "boards", contents[name]())
            render(Site(data=data))
            made[name] = data / "boards"
        return made[name]

    return of


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(data=tmp_path / "data")


@pytest.fixture
def boards(site: Site, rendered: Callable[[str], Path]) -> Path:
    """The boards folder of ``site``, with a rendered board in it."""
    shutil.copytree(rendered("calm"), site.data / "boards")
    return site.data / "boards"


@pytest.fixture(scope="session")
def hub() -> Iterator[FakeHub]:
    with FakeHub(["lan", "service-x"]) as hub:
        yield hub


@pytest.fixture
def service(site: Site, hub: FakeHub) -> Iterator[ServerThread]:
    auth = hub.auth(PREFIX)
    server = hub.serve(make_app(site, auth), auth)
    yield server
    server.stop()


@pytest.fixture
def lan(service: ServerThread, hub: FakeHub) -> Iterator[httpx.Client]:
    """A learner's client; it asks for plain bytes unless a test says otherwise."""
    headers = {"Authorization": f"token {hub.token('lan')}", "Accept-Encoding": "identity"}
    with httpx.Client(base_url=f"{service.url}{PREFIX}", headers=headers, trust_env=False) as client:
        yield client


@pytest.fixture
def stranger(service: ServerThread) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{service.url}{PREFIX}", trust_env=False) as client:
        yield client
