"""Doors of a cell: bytes go through both ways, a learner has a fair share, a service that is down is no hang."""

import os
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress

import pytest

from hub_config.cell import relay
from hub_config.launch import free_ports


class Echo(socketserver.StreamRequestHandler):
    """Answers when the caller has said everything, so that half-closed connections are looked at too."""

    def handle(self):
        self.wfile.write(self.rfile.read()[::-1])


@pytest.fixture
def service():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture
def doors(tmp_path, service):
    down = free_ports("127.0.0.1", 1)[0]
    words = ["-P", "-m", "hub_config.cell.relay", str(tmp_path), f"portal={service}", f"ai={down}"]
    process = subprocess.Popen([sys.executable, *words])
    deadline = time.monotonic() + 30
    while not (tmp_path / "ai.sock").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    yield tmp_path
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0


def answer(line, said):
    line.settimeout(20)
    with suppress(BrokenPipeError):  # the other end was quicker
        line.sendall(said)
        line.shutdown(socket.SHUT_WR)
    got = b""
    while part := line.recv(65536):
        got += part
    return got


def knock(place):
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.connect(str(place))
    return line


def test_bytes_go_from_a_cells_port_through_the_door_to_the_service_and_back(doors):
    port = free_ports("127.0.0.1", 1)[0]
    relay.inside(relay.doors_of({relay.DOORS: f"{port}={doors / 'portal.sock'}"}))
    said = os.urandom(300_000)
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        assert answer(line, said) == said[::-1]


def test_a_service_that_is_down_ends_the_connection_at_once(doors):
    with closing(knock(doors / "ai.sock")) as line:
        assert answer(line, b"") == b""


def is_let_in(place):
    """Knock and tell whether the connection is kept; whoever is turned away reads the end at once."""
    with closing(knock(place)) as line:
        try:
            return answer(line, b"ab") == b"ba"
        except OSError:
            return False


def wait_until(true, patience=30):
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_one_learner_has_no_more_than_a_fair_share_of_connections(doors):
    held = [knock(doors / "portal.sock") for _ in range(relay.AT_ONCE)]
    try:
        wait_until(lambda: not is_let_in(doors / "portal.sock"))
        held.pop().close()
        wait_until(lambda: is_let_in(doors / "portal.sock"))
    finally:
        for line in held:
            line.close()


def test_a_port_that_is_taken_is_an_error_and_not_a_server_without_a_hub():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        relay.inside({taken.getsockname()[1]: "/x"})


def test_outside_a_cell_there_is_no_door():
    assert relay.doors_of({}) == {}
