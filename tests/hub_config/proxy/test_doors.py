"""Our proxy before cells: it finds a server at its unix socket, and lets nobody in but its learner."""

import http.client
import os
import socketserver
import subprocess
import sys
import threading
import time
import urllib.parse
from contextlib import contextmanager

import pytest

from hub_config.door import COOKIE, SESSION, sign
from hub_config.launch import free_ports
from hub_config.proxy.choice import DOORS, NoNode, find_node
from tests.hub_config.proxy.test_passing import PAGE, Target, add_route


@contextmanager
def in_a_cell(place):
    """A target that listens at a unix socket."""
    with socketserver.ThreadingUnixStreamServer(str(place), Target) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield str(place)
        server.shutdown()


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    """The proxy as the hub starts it before cells, with one server behind it."""
    own, api = free_ports("127.0.0.1", 2)
    command = [sys.executable, "-m", "hub_config.proxy", DOORS, "--ip", "127.0.0.1", "--port", str(own)]
    process = subprocess.Popen(
        [*command, "--api-ip", "127.0.0.1", "--api-port", str(api)],
        env=os.environ | {"CONFIGPROXY_AUTH_TOKEN": "t"},
    )
    with in_a_cell(tmp_path_factory.mktemp("in") / "s") as place:
        target = f"http+unix://{urllib.parse.quote(place, safe='')}:80"  # as JupyterHub 6 says it
        add_route(api, target, "/user/lan")
        yield own
    process.terminate()
    process.wait(10)


@pytest.fixture
def ask(port):
    """Ask the proxy for a path; connections are closed at the end of the test."""
    connections = []

    def send(path, method="GET", headers=None):
        connections.append(http.client.HTTPConnection("127.0.0.1", port, timeout=30))
        connections[-1].request(method, path, headers={"Accept-Encoding": "gzip"} | (headers or {}))
        return connections[-1].getresponse()

    yield send
    for own in connections:
        own.close()


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


def test_before_cells_the_proxy_is_never_nodes():
    assert find_node(os.environ, doors=True) == []
    with pytest.raises(NoNode, match="không canh cửa"):
        find_node(os.environ | {"BDHAI_PROXY": "node"}, doors=True)
