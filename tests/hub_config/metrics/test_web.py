"""The page of numbers opens with the token only, and counts kinds of pages, never addresses."""

import stat

import httpx
import pytest
from prometheus_client import CollectorRegistry
from tornado.web import RequestHandler

from courses.site import Layout
from hub_config.metrics import token
from hub_config.metrics.web import MeasuredApplication, RequestMeter
from tests.fake_hub import ServerThread


class HelloPage(RequestHandler):
    def get(self, name):
        self.write(f"Chào {name}")


@pytest.fixture
def place(tmp_path):
    (tmp_path / "secrets").mkdir()
    place = Layout(data=tmp_path)
    token.make(place)
    return place


@pytest.fixture
def ask(place):
    meter = RequestMeter(place, registry=CollectorRegistry())
    server = ServerThread(MeasuredApplication([("/chao/(.*)", HelloPage)], meter, "/metrics")).start()
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        yield client.get
    server.stop()


def test_the_token_opens_the_page(ask, place):
    ask("/chao/nguyen-thi-huong")
    page = ask("/metrics", headers={"Authorization": f"Bearer {token.read(place)}"})
    assert page.status_code == 200
    assert 'bdhai_request_seconds_count{method="GET",page="HelloPage",status="2xx"} 1.0' in page.text
    assert "nguyen" not in page.text


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic x", "token " + "0" * 64])
def test_nothing_else_opens_it(ask, header):
    page = ask("/metrics", headers={"Authorization": header} if header else {})
    assert page.status_code == 403
    assert "bdhai" not in page.text


def test_without_a_token_on_the_disk_nobody_opens_it(ask, place):
    (place.secrets / token.NAME).unlink()
    assert ask("/metrics", headers={"Authorization": "Bearer"}).status_code == 403


def test_a_strange_method_makes_no_new_label(ask, place):
    with httpx.Client(base_url=str(ask.__self__.base_url), trust_env=False) as client:
        client.request("HUONG", "/chao/x")
    page = ask("/metrics", headers={"Authorization": f"Bearer {token.read(place)}"}).text
    assert 'method="?"' in page
    assert "HUONG" not in page


def test_the_token_is_made_once_and_for_its_owner_only(place):
    first = token.read(place)
    token.make(place)
    assert token.read(place) == first
    assert len(first) == 64
    assert stat.S_IMODE((place.secrets / token.NAME).stat().st_mode) == 0o600
