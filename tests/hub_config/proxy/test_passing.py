"""Either proxy passes replies on as they are and as they come; and says in Vietnamese when a target is down."""

import gzip
import http.client
import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psutil
import pytest

from courses.site import Site
from hub_config.launch import ENV, Launch, free_ports
from hub_config.pages import write_error_pages
from hub_config.proxy.choice import ERRORS, find_node

PAGE = gzip.compress(b"chao ban " * 5000)


class Target(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    go_on = threading.Event()

    def do_GET(self):
        getattr(self, self.path.split("/")[-1])()

    do_HEAD = do_GET  # noqa: N815 - http.server's own name

    def packed(self):
        self._head(200, {"Content-Encoding": "gzip", "Content-Length": str(len(PAGE)), "ETag": '"x"'})
        if self.command == "GET":
            self.wfile.write(PAGE)

    def cookies(self):
        self.send_response(302)
        for value in ("a=1", "b=2"):
            self.send_header("Set-Cookie", value)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def unchanged(self):
        self._head(304, {"ETag": '"x"'})

    def slowly(self):
        self._head(200, {"Transfer-Encoding": "chunked"})
        self._chunk(b"first")
        assert self.go_on.wait(30)
        self._chunk(b"second")
        self.wfile.write(b"0\r\n\r\n")

    def cut(self):
        self._head(200, {"Content-Length": "1000"})
        self.wfile.write(b"only this")
        self.close_connection = True

    def _head(self, status, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _chunk(self, data):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module", params=["python", "node"])
def proxy(request, tmp_path_factory):
    """A proxy of each make: (its port, the port of its API)."""
    if request.param == "node" and not find_node(os.environ):
        pytest.skip(
            "no Node.js 20 with npm on this machine: scripts/bootstrap installs its proxy where there is"
        )
    target = ThreadingHTTPServer(("127.0.0.1", 0), Target)
    threading.Thread(target=target.serve_forever, daemon=True).start()
    port, api = free_ports("127.0.0.1", 2)
    runtime = tmp_path_factory.mktemp("runtime")
    write_error_pages(Site(), runtime / ERRORS)
    launch = Launch(port=port, hub_port=1, proxy_port=api, services={}, runtime=runtime)
    command = [sys.executable, "-m", "hub_config.proxy", "--ip", "127.0.0.1", "--port", str(port)]
    command += ["--error-target", "http://127.0.0.1:1/hub/error"]  # as JupyterHub asks for it
    process = subprocess.Popen(
        [*command, "--api-ip", "127.0.0.1", "--api-port", str(api)],
        env=os.environ
        | {"CONFIGPROXY_AUTH_TOKEN": "t", "BDHAI_PROXY": request.param, ENV: launch.model_dump_json()},
    )
    add_route(api, f"http://127.0.0.1:{target.server_address[1]}")
    yield port, api, process
    process.terminate()
    process.wait(10)
    target.shutdown()
    target.server_close()


def add_route(api, target, path="/"):
    body = json.dumps({"target": target}).encode()
    url = f"http://127.0.0.1:{api}/api/routes{path}"
    request = urllib.request.Request(url, body, {"Authorization": "token t"}, method="POST")
    deadline = time.monotonic() + 60
    while True:
        try:
            return urllib.request.urlopen(request, timeout=5).close()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


@pytest.fixture
def port(proxy):
    return proxy[0]


@pytest.fixture
def ask(port):
    """Ask the proxy for a path; connections are closed at the end of the test."""
    connections = []

    def send(path, method="GET", timeout=30):
        connections.append(http.client.HTTPConnection("127.0.0.1", port, timeout=timeout))
        connections[-1].request(method, path, headers={"Accept-Encoding": "gzip"})
        replies.append(connections[-1].getresponse())
        return replies[-1]

    replies = []
    yield send
    for own in (*replies, *connections):
        own.close()


def test_a_compressed_page_arrives_compressed_and_whole(ask):
    reply = ask("/packed")
    assert reply.headers["Content-Encoding"] == "gzip"
    assert reply.headers["ETag"] == '"x"'
    assert reply.headers.get_all("Content-Length") == [str(len(PAGE))]
    assert reply.read() == PAGE


def test_a_head_request_has_headers_and_no_body(ask):
    reply = ask("/packed", "HEAD")
    assert (reply.status, reply.headers["Content-Length"], reply.read()) == (200, str(len(PAGE)), b"")


def test_redirects_and_each_cookie_reach_the_visitor(ask):
    reply = ask("/cookies")
    assert (reply.status, reply.headers["Location"]) == (302, "/elsewhere")
    assert reply.headers.get_all("Set-Cookie") == ["a=1", "b=2"]


def test_not_modified_stays_so(ask):
    reply = ask("/unchanged")
    assert (reply.status, reply.headers["ETag"], reply.read()) == (304, '"x"', b"")


def test_the_first_part_arrives_before_the_second_is_made(ask):
    Target.go_on.clear()
    reply = ask("/slowly")
    assert reply.read1(100) == b"first"
    Target.go_on.set()
    assert reply.read() == b"second"


def test_more_than_ten_slow_replies_do_not_block_the_eleventh(ask):
    Target.go_on.clear()
    waiting = [ask("/slowly") for _ in range(15)]
    assert ask("/packed").read() == PAGE
    Target.go_on.set()
    assert all(reply.read() == b"firstsecond" for reply in waiting)


def test_a_reply_that_breaks_off_is_not_taken_for_whole(ask):
    reply = ask("/cut", timeout=5)
    with pytest.raises((http.client.IncompleteRead, ConnectionError, TimeoutError)):  # node leaves it open
        reply.read()


def test_a_target_that_is_down_is_told_in_vietnamese_though_the_hub_is_down_too(proxy, ask):
    add_route(proxy[1], "http://127.0.0.1:1", "/gone")
    reply = ask("/gone/x")
    page = reply.read().decode()
    assert reply.status == 503
    assert "Bài làm đã lưu của bạn vẫn còn nguyên" in page
    assert 'lang="vi"' in page


def test_the_process_is_what_was_asked_for(proxy, request):
    name = psutil.Process(proxy[2].pid).name()
    assert name.startswith(request.node.callspec.params["proxy"])
