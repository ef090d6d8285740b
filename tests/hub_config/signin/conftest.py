"""One real hub with all its doors open, a real OpenID provider, and a learning platform."""

import json
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests
from bs4 import BeautifulSoup

from courses import clock
from courses.school import accounts
from courses.school.db import open_engine, session
from courses.school.models import Group, Person, TrainerGroup
from hub_config.launch import free_ports, is_open
from tests.hub_config.signin import provider as openid
from tests.hub_config.signin.learning_platform import CLIENT, Platform
from tests.hub_fixture import running_hub

GOOD = "chè xanh Tân Cương"
AN = {"sub": "moodle-42", "name": "Trần Văn An", "email": "an@example.com"}


@pytest.fixture(scope="session")
def door(tmp_path_factory):
    """A hub where people may come in by account, OpenID or LTI: ``.hub``, ``.platform``, ``.engine``, ``.issuer``."""
    data = tmp_path_factory.mktemp("cua")
    (port,) = free_ports("127.0.0.1", 1)
    issuer = f"http://127.0.0.1:{port}"
    with Platform() as platform:
        write_site(data, issuer, platform.address)
        with running_hub(data, {"BDHAI_OIDC_SECRET": openid.SECRET}) as hub:
            platform.tool = hub.address
            engine = open_engine(f"sqlite:///{data / 'bdhai.sqlite'}")
            fill(engine)
            with running_provider(port, f"{hub.address}/hub/oauth_callback"):
                yield SimpleNamespace(
                    hub=hub, platform=platform, engine=engine, issuer=issuer, address=hub.address
                )
            engine.dispose()


def write_site(data, issuer, platform):
    """JSON is YAML, too."""
    site = {
        "programme": {"ward": "Phường Đồi Chè"},
        "auth": ["native", "oidc", "lti"],
        "oidc": {
            "issuer": issuer,
            "client_id": openid.CLIENT,
            "name": "tài khoản của phường",
            "match": "preferred_username",
        },
        "lti": {
            "issuer": platform,
            "client_id": CLIENT,
            "deployment_id": ["1"],
            "authorize_url": f"{platform}/auth",
            "jwks_url": f"{platform}/jwks",
            "name": "Moodle của trường",
        },
    }
    (data / "site.yaml").write_text(json.dumps(site, ensure_ascii=False, indent=1), encoding="utf-8")


def fill(engine):
    """Two groups, a trainer of the first, an administrator, and a learner of the roster (HV001)."""
    with session(engine) as db:
        groups = [Group(code=f"to-{n}", name=f"Tổ dân phố {n}", working_age=100) for n in (1, 2)]
        db.add_all(groups)
        db.flush()
        for name, role, number in (
            ("hung", "trainer", "T1"),
            ("quan", "administrator", "Q1"),
            ("hv1", "learner", "HV001"),
        ):
            person = Person(
                external_id=number,
                username=name,
                display_name=f"Người {name}",
                pseudonym=f"Búp Chè {name}",
                role=role,
                target="citizen",
                group_id=groups[0].id if role == "learner" else None,
                created_at=clock.now(),
            )
            db.add(person)
            db.flush()
            accounts.set_password(db, person, GOOD)
            if role == "trainer":
                db.add(TrainerGroup(person_id=person.id, group_id=groups[0].id))


@contextmanager
def running_provider(port, redirect_uri):
    command = [sys.executable, str(Path(openid.__file__)), str(port), redirect_uri]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 90
    while not is_open(port):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.1)
    yield
    process.terminate()
    process.wait(20)


@pytest.fixture
def browser():
    with requests.Session() as opened:
        yield opened


def submit(browser, page, form=0, **values):
    """Send a page's form as a browser does: hidden fields, chosen options, and what a person typed."""
    soup = BeautifulSoup(page.text, "html.parser")
    found = soup.find_all("form")[form]
    fields = {one["name"]: one.get("value", "") for one in found.find_all("input") if one.get("name")}
    for select in found.find_all("select"):
        chosen = select.find("option", selected=True) or select.find("option")
        fields[select["name"]] = chosen["value"]
    where = requests.compat.urljoin(page.url, found.get("action") or page.url)
    return browser.request(found.get("method", "get"), where, data=fields | values, timeout=90)


def text_of(page):
    """Return what a person reads on a page."""
    return " ".join(BeautifulSoup(page.content, "html.parser").get_text(" ").split())


def me(door, browser):
    """Return whom the portal recognises."""
    browser.get(f"{door.address}/services/portal/", timeout=90)
    return browser.get(f"{door.address}/services/portal/api/me", timeout=60).json()


def through_provider(door, browser, person):
    """Walk through the provider's own pages."""
    page = browser.get(f"{door.address}/hub/oauth_login", timeout=60)
    for _ in range(6):
        if page.url.startswith(door.address):
            break
        fields = {"login": person} if 'name="login"' in page.text else {}
        fields |= {"password": openid.PASSWORD} if 'name="password"' in page.text else {}
        fields |= {} if fields else {"answer": "accept"}
        page = submit(browser, page, **fields)
    return page


@pytest.fixture
def tamper(door):
    """Return a function that says what becomes of the provider's answers until the test ends; see ``Tampering``."""

    def change(**how):
        requests.post(f"{door.issuer}/tamper", json=how, timeout=10).raise_for_status()

    yield change
    change()


def launch(door, browser, person=AN, target="", **how):
    """Open a launch as a click in a course does, and send the platform's form."""
    page = browser.get(door.platform.launch_address(person, target, **how), timeout=60)
    return submit(browser, page)
