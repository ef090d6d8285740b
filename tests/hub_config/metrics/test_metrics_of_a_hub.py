"""Prometheus reads hub, portal, boards and AI gateway of a real school; nobody's name stands there."""

import pytest
import requests
from sqlalchemy import select

from courses.school.db import open_engine, session
from courses.school.models import Person
from courses.site import Layout
from hub_config.metrics import token
from tests.hub_fixture import running_hub

pytestmark = pytest.mark.e2e

PAGES = {
    "/hub/metrics": "jupyterhub_running_servers 1.0",
    "/services/portal/metrics": "bdhai_daily_days_behind",
    "/services/boards/metrics": 'bdhai_request_seconds_count{method="GET",page="BoardPage"',
    "/services/ai/metrics": "process_resident_memory_bytes",
}


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    with running_hub(tmp_path_factory.mktemp("data")) as running:
        browser = running.sign_in("learner")
        running.start_server(browser, running.accounts["learner"][0])
        for path in ("portal/", "portal/ket-qua/khong-co", "boards/"):
            browser.get(f"{running.address}/services/{path}", timeout=60)
        yield running


@pytest.fixture(scope="module")
def bearer(hub):
    return {"Authorization": f"Bearer {token.read(Layout(data=hub.data))}"}


@pytest.mark.parametrize("path", PAGES)
def test_the_token_reads_the_numbers(hub, bearer, path):
    page = requests.get(hub.address + path, headers=bearer, timeout=60)
    assert page.status_code == 200
    assert PAGES[path] in page.text


@pytest.mark.parametrize("path", PAGES)
def test_nobody_else_does(hub, path):
    assert requests.get(hub.address + path, timeout=60).status_code == 403
    for role in ("learner", "administrator"):
        assert hub.sign_in(role).get(hub.address + path, timeout=60).status_code == 403


def test_the_hub_shows_its_queue(hub, bearer):
    page = requests.get(f"{hub.address}/hub/metrics", headers=bearer, timeout=60).text
    assert "bdhai_starts_waiting 0.0" in page
    assert "bdhai_start_usual_seconds" in page


def test_no_name_stands_in_any_number(hub, bearer):
    engine = open_engine(f"sqlite:///{hub.data / 'bdhai.sqlite'}")
    with session(engine) as db:
        people = db.scalars(select(Person)).all()
        names = {word for person in people for word in (person.username, person.display_name)}
    engine.dispose()
    for path in PAGES:
        page = requests.get(hub.address + path, headers=bearer, timeout=60).text
        assert not [name for name in names if f'"{name}"' in page or f"/{name}" in page]


def test_the_token_does_nothing_else(hub, bearer):
    for path in ("/hub/api/users", "/hub/api/services", "/services/portal/api/me"):
        assert requests.get(hub.address + path, headers=bearer, timeout=60).status_code in {401, 403}
