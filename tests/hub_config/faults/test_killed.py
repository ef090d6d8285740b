"""kill -9 of each part: what is promised to survive survives, the rest says in Vietnamese what happened."""

import re

import pytest
import requests
from playwright.sync_api import Error, expect

from hub_config.keeping import FELL
from tests.fake_openai import FakeOpenAI
from tests.hub_config.faults.conftest import hub_process, service, until
from tests.hub_fixture import running_hub

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
SAFE = "Bài làm đã lưu của bạn vẫn còn nguyên"


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    with FakeOpenAI() as fake:
        ai = {"BDHAI_AI": "", "OPENAI_BASE_URL": fake.base_url, "OPENAI_API_KEY": "khoa"}
        with running_hub(tmp_path_factory.mktemp("data"), ai) as running:
            yield running


def portal_answers(phone):
    try:
        reply = phone.page.context.request.get(f"{phone.hub.address}/services/portal/")
    except Error:  # the port itself is shut while the proxy starts
        return False
    return reply.status == 200 and "/services/portal/" in reply.url


def test_a_learners_server(phone):
    phone.open_lesson()
    phone.write("Trước khi máy ngã.")
    phone.saved("Trước khi máy ngã.")
    phone.server().kill()
    expect(phone.page.locator("#bdh-link")).to_contain_text(re.compile("vẫn còn"))
    phone.page.get_by_role(
        "button", name="Mở lại bài"
    ).tap()  # from here on nothing is to be done but to wait
    phone.is_open(300)
    expect(phone.box).to_have_value("Trước khi máy ngã.")


def test_the_proxy(phone):
    phone.open_lesson()
    pid = phone.hub.data / "hub" / "proxy.pid"
    old = pid.read_text()
    phone.write("Cổng sắp ngã.")
    phone.saved("Cổng sắp ngã.")
    next(each for each in hub_process(phone.hub).children() if each.pid == int(old.split()[0])).kill()
    phone.write("Cổng đã ngã.")  # the page keeps it until the way is free again
    phone.saved("Cổng đã ngã.")
    assert pid.read_text() != old
    until(lambda: portal_answers(phone))


def test_the_portal(phone):
    phone.open_lesson()
    phone.write("Bài nộp trước khi trang Hôm nay ngã, đủ mười hai chữ để nộp.")
    phone.saved("Bài nộp trước khi")
    receipt = phone.hand_in()
    service(phone.hub, "portal").kill()
    seen = requests.get(f"{phone.hub.address}/services/portal/", timeout=30, allow_redirects=False)
    if seen.status_code != 302:  # it may be up again by now
        assert seen.status_code == 503
        assert SAFE in seen.content.decode()
    until(lambda: portal_answers(phone))
    page = phone.page.context.request.get(f"{phone.hub.address}/services/portal/ket-qua/{receipt}")
    assert page.status == 200
    assert receipt in page.text()


def test_the_ai_gateway(phone):
    phone.open_lesson()
    token = phone.server().environ()["JUPYTERHUB_API_TOKEN"]
    address = f"{phone.hub.address}/services/ai/v1/models"
    ask = {"headers": {"Authorization": f"Bearer {token}"}, "timeout": 30}
    assert requests.get(address, **ask).status_code == 200
    service(phone.hub, "ai").kill()
    seen = requests.get(address, **ask)
    assert seen.status_code in {200, 503}
    until(lambda: requests.get(address, **ask).status_code == 200)
    phone.write("Lớp vẫn học khi AI ngã.")
    phone.saved("Lớp vẫn học khi AI ngã.")


def test_the_hub(phone):
    phone.open_lesson()
    server, old = phone.server(), hub_process(phone.hub)
    old.kill()
    phone.write("Viết trong lúc phần điều khiển ngã.")
    phone.saved("Viết trong lúc phần điều khiển ngã.")
    until(lambda: FELL in phone.hub.lines)
    until(lambda: portal_answers(phone))
    assert server.is_running()
    assert phone.server().pid == server.pid
    phone.page.reload()
    phone.page.wait_for_load_state()
    phone.is_open()
    expect(phone.box).to_have_value("Viết trong lúc phần điều khiển ngã.")
    phone.hand_in()


def test_a_server_that_dies_after_the_hub_did_is_noticed(phone):
    """It is a child of ``bdhai run`` then: nobody but that one can bury it."""
    phone.open_lesson()
    dead, falls = phone.server(), phone.hub.lines.count(FELL)
    hub_process(phone.hub).kill()
    until(lambda: phone.hub.lines.count(FELL) > falls)
    until(lambda: portal_answers(phone))
    dead.kill()
    until(lambda: not dead.is_running())
    phone.open_lesson()
    assert phone.server().pid != dead.pid
