"""Counting wrong tries, and telling where a request comes from when anybody can write headers."""

import asyncio
import ipaddress
import json

import pytest
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine
from tornado.web import Application, RequestHandler

from hub_config.cell.relay import CELLS, Outside
from hub_config.launch import free_ports
from hub_config.signin.throttle import Throttle, address_of, is_from_cell


def request(**headers):
    line = RequestStartLine("GET", "/", "HTTP/1.1")
    named = {"Host": "127.0.0.1"} | {key.replace("_", "-"): value for key, value in headers.items()}
    return HTTPServerRequest(start_line=line, headers=HTTPHeaders(named))


@pytest.mark.parametrize(
    ("heard", "address"),
    [
        ("", "127.0.0.1"),
        (",127.0.0.1", "127.0.0.1"),
        ("203.0.113.5", "203.0.113.5"),
        ("203.0.113.5,127.0.0.1", "203.0.113.5"),
        ("198.51.100.1, 203.0.113.5, ::1", "203.0.113.5"),
        ("nonsense, 203.0.113.5", "203.0.113.5"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
    ],
)
def test_the_last_address_that_is_not_this_machines_counts(heard, address):
    assert address_of(request(X_Forwarded_For=heard)) == address


def test_a_made_up_real_ip_counts_for_nothing():
    assert address_of(request(X_Forwarded_For="203.0.113.5", X_Real_Ip="192.0.2.9")) == "203.0.113.5"


def test_a_login_rests_after_its_failures_wherever_they_come_from():
    throttle = Throttle(per_login=3)
    for number in range(3):
        assert throttle.wait(f"203.0.113.{number}", "lan") == 0
        throttle.failed(f"203.0.113.{number}", "lan")
    assert throttle.wait("203.0.113.9", "lan") == 15
    assert throttle.wait("203.0.113.9", "an") == 0


def test_an_address_rests_after_failures_at_many_logins():
    throttle = Throttle(per_address=3)
    for number in range(3):
        throttle.failed("203.0.113.5", f"lan{number}")
    assert throttle.wait("203.0.113.5", "an") == 15
    assert throttle.wait("203.0.113.6", "an") == 0


def test_signing_in_forgives_the_login_and_not_the_address():
    throttle = Throttle(per_login=3, per_address=3)
    for _ in range(3):
        throttle.failed("203.0.113.5", "lan")
    throttle.succeeded("lan")
    assert throttle.wait("203.0.113.6", "lan") == 0
    assert throttle.wait("203.0.113.5", "lan") == 15


def test_a_class_behind_one_address_signs_in_without_waiting():
    throttle = Throttle(per_address=3)
    for number in range(40):
        assert throttle.wait("203.0.113.5", f"lan{number}") == 0
        throttle.succeeded(f"lan{number}")


def test_strangers_who_ask_are_counted():
    throttle = Throttle(asked=2)
    assert [throttle.may_ask("203.0.113.5") for _ in range(3)] == [True, True, False]
    assert throttle.may_ask("203.0.113.6")


@pytest.fixture
def told(tmp_path):
    """What the sign-in makes of a caller, asked directly or through a learner's door: ``(address, is a program in a cell)``."""

    class Page(RequestHandler):
        def get(self):
            self.finish(json.dumps([address_of(self.request), is_from_cell(self.request)]))

    async def ask(false):
        server = HTTPServer(Application([("/", Page)]), xheaders=True)  # as JupyterHub's own
        server.listen(port := free_ports("127.0.0.1", 1)[0], "127.0.0.1")
        door = await Outside().listen(tmp_path / "hub.sock", port)
        try:
            ways = (
                asyncio.open_connection("127.0.0.1", port),
                asyncio.open_unix_connection(tmp_path / "hub.sock"),
            )
            return [await said(way, false) for way in ways]
        finally:
            door.close()
            server.stop()

    async def said(way, false):
        reader, writer = await way
        writer.write(f"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{false}\r\n".encode())
        page = await reader.read()
        writer.close()
        return json.loads(page.partition(b"\r\n\r\n")[2])

    return lambda false: asyncio.run(ask(false))


def test_a_program_in_a_cell_has_its_own_address_whatever_it_says(told):
    """Else one learner could use up the tries of a whole school, or have tries without end."""
    plain = told("")
    false = told("X-Forwarded-For: 203.0.113.5\r\nX-Real-Ip: 203.0.113.6\r\nForwarded: for=203.0.113.7\r\n")
    assert plain[0] == ["127.0.0.1", False]
    assert false[0] == ["203.0.113.5", False], "the proxy's word counts"
    assert plain[1] == false[1]
    assert false[1][1], "a door of a cell"
    assert ipaddress.ip_address(false[1][0]) in CELLS


def test_a_listener_on_every_network_hears_no_other_addresses():
    assert address_of(request(X_Forwarded_For="203.0.113.5, ::ffff:127.0.0.1")) == "203.0.113.5"
