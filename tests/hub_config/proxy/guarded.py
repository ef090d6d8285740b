"""A proxy of either make before the servers of lan and hoa and the hub, and a visitor who writes each byte of a request."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path

import pytest

from courses.site import Site
from hub_config.door import COOKIE, SESSION, sign
from hub_config.launch import ENV, Launch, free_ports
from hub_config.pages import write_error_pages
from hub_config.proxy.choice import DOORS, ERRORS, find_node
from tests.hub_config.proxy.test_passing import add_route

KEY = "t"
MAKES = ("python", "node")
SERVER = Path(__file__).with_name("learner_server.py")


@dataclass(frozen=True)
class Reply:
    """What a visitor got: ``who`` answered and how it was asked; empty when it was the proxy itself."""

    status: int
    location: str = ""
    who: str = ""
    uri: str = ""


@dataclass(frozen=True)
class Gate:
    """A running proxy: its port, its API's port, its process."""

    make: str
    port: int
    api: int
    pid: int

    def ask(self, path: str, method: str = "GET", **headers: str) -> Reply:
        """Send a request byte by byte and return what came."""
        wanted = {"Host": "127.0.0.1", "Connection": "close", "Content-Length": "0"} | headers
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in wanted.items())]
        with closing(socket.create_connection(("127.0.0.1", self.port), timeout=10)) as line:
            line.sendall("\r\n".join((*lines, "", "")).encode("latin-1"))
            reply, page = _read(line, method)
        told = json.loads(page) if b'"who"' in page else {}
        return Reply(reply.status, reply.getheader("Location", ""), told.get("who", ""), told.get("uri", ""))

    def upgrade(self, path: str, **headers: str) -> Reply:
        """Ask for a WebSocket; only the first line of the answer counts."""
        asked = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
        return self.ask(path, **asked, **{"Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}, **headers)

    def ask_together(self, *requests: str) -> list[int]:
        """Send requests on one connection and return each one's status."""
        with closing(socket.create_connection(("127.0.0.1", self.port), timeout=10)) as line:
            line.sendall("".join(requests).encode("latin-1"))
            got = b""
            while part := line.recv(65536):
                got += part
        return [int(part.split(" ")[0]) for part in got.decode("latin-1").split("HTTP/1.1 ")[1:]]

    def page(self, path: str, **headers: str) -> tuple[int, str]:
        """Return status and page."""
        asked = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        with closing(socket.create_connection(("127.0.0.1", self.port), timeout=10)) as line:
            line.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{asked}\r\n".encode())
            reply, page = _read(line, "GET")
        return reply.status, page.decode()


def _read(line: socket.socket, method: str) -> tuple[HTTPResponse, bytes]:
    reply = HTTPResponse(line, method=method)
    with closing(reply):
        reply.begin()
        return reply, reply.read()


@contextmanager
def servers(folder: Path, *names: str):
    """Servers of people, at unix sockets in a folder."""
    command = [sys.executable, str(SERVER), *(str(folder / name) for name in names)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"ready\n"
        yield process
        process.kill()


def target(place: Path) -> str:
    """Return a server's address as JupyterHub 6 says it."""
    return f"http+unix://{urllib.parse.quote(str(place), safe='')}:80"


@contextmanager
def gate(make: str, runtime: Path):
    """Start a proxy as the hub starts it before cells."""
    if make == "node" and not find_node(os.environ):
        pytest.skip("no Node.js 20 with npm here: scripts/bootstrap installs its proxy where there is")
    port, api = free_ports("127.0.0.1", 2)
    write_error_pages(Site(), runtime / ERRORS)
    launch = Launch(port=port, hub_port=1, proxy_port=api, services={}, runtime=runtime)
    command = [sys.executable, "-m", "hub_config.proxy", DOORS, "--ip", "127.0.0.1", "--port", str(port)]
    command += [
        "--error-target",
        "http://127.0.0.1:1/hub/error",
        "--log-level",
        "error",
    ]  # as JupyterHub asks
    process = subprocess.Popen(
        [*command, "--api-ip", "127.0.0.1", "--api-port", str(api)],
        env=os.environ | {"CONFIGPROXY_AUTH_TOKEN": KEY, "BDHAI_PROXY": make, ENV: launch.model_dump_json()},
    )
    try:
        add_route(api, target(runtime / "hub"))
        for name in ("lan", "hoa"):
            add_route(api, target(runtime / name), f"/user/{name}")
        yield Gate(make, port, api, process.pid)
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def school(*makes: str):
    """Yield proxies of some makes before the same servers."""
    folder = Path(tempfile.mkdtemp(prefix="bdhai-gate-", dir="/tmp"))  # a socket's path must be short
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        stack.enter_context(servers(folder, "hub", "lan", "hoa"))
        yield [stack.enter_context(gate(make, folder)) for make in makes]


def door_cookie(place="/user/lan/", session="s", key=KEY, lasts=86_400):
    """Return the cookie's value that the hub gives."""
    return sign(key, place, session, int(time.time()) + lasts)


def cookie(value: str, session: str = "s") -> dict[str, str]:
    """Return a browser's header."""
    return {"Cookie": f"{SESSION}={session}; {COOKIE}={value}"}
