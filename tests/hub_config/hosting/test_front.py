"""A real school behind the documented nginx and Caddy: TLS, websockets, and nobody tells the hub a false address."""

import os
import re
import shutil
import subprocess
import time
from contextlib import contextmanager

import pytest
import requests
from playwright.sync_api import expect

from courses.site import REPOSITORY
from hub_config.launch import free_ports, is_open
from tests import certificates
from tests.hub_fixture import hidden_xsrf, running_hub

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
EXAMPLES = REPOSITORY / "docs" / "hosting"
RENDER = "voila/render/level1/02-lenh-bon-phan/02-lenh-bon-phan.ipynb"
NGINX = """\
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
{user}
events {{}}
http {{ access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
include {folder}/bdhai.conf; }}
"""


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    with running_hub(tmp_path_factory.mktemp("data")) as running:
        yield running


def nginx(folder, hub_port, plain, secure, certificate, key):
    text = (EXAMPLES / "nginx.conf").read_text(encoding="utf-8")
    for old, new in (
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl", f"listen 127.0.0.1:{secure} ssl"),
        ("/etc/letsencrypt/live/hoc.phuong.vn/fullchain.pem", str(certificate)),
        ("/etc/letsencrypt/live/hoc.phuong.vn/privkey.pem", str(key)),
        ("127.0.0.1:8000", f"127.0.0.1:{hub_port}"),
        ("hoc.phuong.vn", "localhost"),
    ):
        assert old in text
        text = text.replace(old, new)
    (folder / "bdhai.conf").write_text(text, encoding="utf-8")
    user = "user root;" if os.geteuid() == 0 else ""  # its own files stand in a folder of the test's
    (folder / "main.conf").write_text(NGINX.format(folder=folder, user=user), encoding="utf-8")
    return [shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin"), "-c", str(folder / "main.conf")]


def caddy(folder, hub_port, plain, secure, certificate, key):
    text = (EXAMPLES / "Caddyfile").read_text(encoding="utf-8")
    for old, new in (
        ("\nhoc.phuong.vn {", f"\nlocalhost {{\n\ttls {certificate} {key}"),
        ("127.0.0.1:8000", f"127.0.0.1:{hub_port}"),
    ):
        assert old in text
        text = text.replace(old, new)
    ports = f"{{\n\tadmin off\n\thttp_port {plain}\n\thttps_port {secure}\n}}\n"
    (folder / "Caddyfile").write_text(ports + text, encoding="utf-8")
    return [shutil.which("caddy"), "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


class Front:
    """The web server in front: its addresses, and the certificate that it shows."""

    def __init__(self, plain, secure, certificate):
        self.certificate = certificate
        self.plain, self.address = f"http://localhost:{plain}", f"https://localhost:{secure}"

    def browser(self):
        session = requests.Session()
        session.trust_env = False  # a bundle named in the environment would win over this certificate
        session.verify = str(self.certificate)
        return session

    def sign_in(self, account, **headers):
        browser = self.browser()
        token = hidden_xsrf(browser.get(f"{self.address}/hub/login", timeout=60).text)
        form = {"username": account[0], "password": account[1], "_xsrf": token}
        browser.post(
            f"{self.address}/hub/login", data=form, headers=headers, timeout=60, allow_redirects=False
        )
        return browser


@contextmanager
def running(make, hub_port, folder):
    """Run a web server in front of a port of the hub's."""
    certificate, key = certificates.make(folder)
    plain, secure = free_ports("127.0.0.1", 2)
    command = make(folder, hub_port, plain, secure, certificate, key)
    env = os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, env=env)
    try:
        deadline = time.monotonic() + 30
        while not is_open(secure):
            assert process.poll() is None, (folder / "said").read_text()
            assert time.monotonic() < deadline, (folder / "said").read_text()
            time.sleep(0.1)
        yield Front(plain, secure, certificate)
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module", params=[nginx, caddy], ids=["nginx", "caddy"])
def make(request):
    if not shutil.which(request.param.__name__, path=f"{os.environ['PATH']}:/usr/sbin"):
        pytest.skip(f"no {request.param.__name__} on this machine: scripts/system-test installs it")
    return request.param


@pytest.fixture(scope="module")
def front(make, hub, tmp_path_factory):
    with running(make, hub.address.rpartition(":")[2], tmp_path_factory.mktemp("front")) as front:
        yield front


def test_plain_http_leads_to_https(front):
    reply = requests.get(f"{front.plain}/services/portal/", timeout=30, allow_redirects=False)
    assert reply.status_code in {301, 308}
    assert reply.headers["Location"].startswith("https://localhost")


def test_who_signs_in_gets_cookies_that_travel_over_tls_only(front, hub):
    browser = front.sign_in(hub.accounts["learner"])
    page = browser.get(f"{front.address}/", timeout=60)
    assert page.url == f"{front.address}/services/portal/"
    secure = {cookie.name: cookie.secure for cookie in browser.cookies}
    assert secure["jupyterhub-hub-login"]
    assert secure["service-portal"]
    assert page.headers["Strict-Transport-Security"]


def test_a_lesson_works_over_its_websocket(front, hub, chromium):
    context = chromium.new_context(
        ignore_https_errors=True, viewport={"width": 390, "height": 844}, locale="vi-VN"
    )
    context.set_default_timeout(120_000)
    page = context.new_page()
    sockets = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.goto(f"{front.address}/hub/login")
    page.get_by_label("Tên đăng nhập").fill(hub.accounts["learner"][0])
    page.get_by_label("Mật khẩu").fill(hub.accounts["learner"][1])
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url("**/services/portal/**")
    page.goto(f"{front.address}/hub/user-redirect/{RENDER}")
    page.wait_for_url(f"**/{RENDER}*")
    expect(page.locator("#nop-bai")).to_be_visible(timeout=120_000)
    page.locator(".card textarea:visible").first.fill("Qua cửa nhà, tới lớp học.")
    expect(page.locator("#bdh-save")).to_contain_text("Đã lưu lúc", timeout=60_000)
    assert sockets
    assert all(url.startswith("wss://localhost") for url in sockets)
    context.close()


def test_nobody_tells_the_hub_a_false_address(front, hub):
    """The hub's log holds the address that throttles and audits would use."""
    false = {"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9", "X-Scheme": "http"}
    browser = front.sign_in(hub.accounts["trainer"], **false)
    browser.get(f"{front.address}/hub/khong-co-trang-nay", headers=false, timeout=60)
    line = re.compile(r"404 GET /hub/khong-co-trang-nay \(\S*@127\.0\.0\.1\)")
    deadline = time.monotonic() + 10
    while not line.search(hub.log()):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert "203.0.113.9" not in hub.log()


@pytest.mark.parametrize("path", ["/hub/metrics", "/services/portal/metrics", "/services/ai/metrics"])
def test_the_machines_numbers_stay_inside(front, path):
    assert front.browser().get(front.address + path, timeout=30).status_code == 404


def test_a_school_that_is_closed_is_told_in_vietnamese(make, tmp_path):
    """The same configuration in front of a port where nobody listens."""
    (nobody,) = free_ports("127.0.0.1", 1)
    with running(make, nobody, tmp_path) as front:
        reply = front.browser().get(f"{front.address}/", timeout=30)
    assert reply.status_code in {502, 503}
    assert "Bài làm đã lưu của bạn vẫn còn nguyên" in reply.content.decode()
