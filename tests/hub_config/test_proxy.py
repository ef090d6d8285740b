"""The proxy passes replies on as they are and as they come."""

import gzip
import http.client
import json
import os
import socketserver
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from hub_config.door import COOKIE, SESSION, sign
from hub_config.launch import free_ports

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


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    target = ThreadingHTTPServer(("127.0.0.1", 0), Target)
    threading.Thread(target=target.serve_forever, daemon=True).start()
    proxy, api = free_ports("127.0.0.1", 2)
    command = [
        sys.executable,
        "-m",
        "hub_config.proxy",
        "--guard-servers",
        "--ip",
        "127.0.0.1",
        "--port",
        str(proxy),
    ]
    process = subprocess.Popen(
        [*command, "--api-ip", "127.0.0.1", "--api-port", str(api)],
        env=os.environ | {"CONFIGPROXY_AUTH_TOKEN": "t"},
    )
    add_route(api, f"http://127.0.0.1:{target.server_address[1]}")
    with in_a_cell(tmp_path_factory.mktemp("in") / "s") as place:
        add_route(
            api, f"http+unix://{urllib.parse.quote(place, safe='')}:80", "user/lan"
        )  # as JupyterHub 6 says it
        yield proxy
    process.terminate()
    process.wait(10)
    target.shutdown()
    target.server_close()


@contextmanager
def in_a_cell(place):
    """A target that listens at a unix socket."""
    with socketserver.ThreadingUnixStreamServer(str(place), Target) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield str(place)
        server.shutdown()


def add_route(api, target, prefix=""):
    body = json.dumps({"target": target}).encode()
    url = f"http://127.0.0.1:{api}/api/routes/{prefix}"
    request = urllib.request.Request(url, body, {"Authorization": "token t"}, method="POST")
    deadline = time.monotonic() + 60
    while True:
        try:
            return urllib.request.urlopen(request, timeout=5).close()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


@pytest.fixture
def ask(port):
    """Ask the proxy for a path; connections are closed at the end of the test."""
    connections = []

    def send(path, method="GET", headers=None):
        connections.append(http.client.HTTPConnection("127.0.0.1", port, timeout=30))
        connections[-1].request(method, path, headers={"Accept-Encoding": "gzip"} | (headers or {}))
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


def test_a_server_in_a_cell_answers_through_its_socket(ask):
    opened = f"{SESSION}=s; {COOKIE}={sign('t', '/user/lan', 's', int(time.time()) + 60)}"
    for headers in ({"Cookie": opened}, {"Authorization": "token x"}):
        reply = ask("/user/lan/packed", headers=headers)
        assert (reply.status, reply.read()) == (200, PAGE)


def test_a_browser_that_is_not_the_learners_gets_nothing_from_their_server(ask):
    strange = {"Cookie": f"{SESSION}=s; {COOKIE}={sign('t', '/user/hoa', 's', int(time.time()) + 60)}"}
    for headers in ({}, strange):
        reply = ask("/user/lan/packed?x=1", headers=headers)
        assert (reply.status, reply.headers["Location"]) == (302, "/hub/cua?next=/user/lan/packed%3Fx%3D1")
        assert reply.read() == b""
        assert ask("/user/lan/packed", "POST", headers).status == 403
        assert ask("/user/lan/packed", headers=headers | {"Upgrade": "websocket"}).status == 403


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
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        ask("/cut").read()
