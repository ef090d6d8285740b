"""Before cells either proxy finds a server at its unix socket, and lets nobody in but its learner: both by the same rules."""

import itertools
import time

import psutil
import pytest

from hub_config.door import COOKIE, SESSION, ask_at
from tests.hub_config.proxy.guarded import MAKES, Reply, cookie, door_cookie, school
from tests.hub_config.proxy.test_passing import add_route

OWN = door_cookie()
UNTIL, _, SEAL = OWN.partition(".")
OPENING = {
    "own": cookie(OWN),
    "own, among others": {"Cookie": f"a=1;{COOKIE}={OWN} ;\t{SESSION}=s; b"},
    "own, the last of two": {"Cookie": f"{COOKIE}=x; {SESSION}=s; {COOKIE}={OWN}"},
    "a program's token": {"Authorization": "token x"},
    "a program's bearer": {"Authorization": "Bearer x"},
}
SHUT = {
    "none": {},
    "another person's": cookie(door_cookie("/user/hoa/")),
    "of a longer name": cookie(door_cookie("/user/lan2/")),
    "of all": cookie(door_cookie("/user/")),
    "forged": cookie(f"{UNTIL}.{'0' * 64}"),
    "signed by another": cookie(door_cookie(key="x")),
    "without a key": cookie(door_cookie(key="")),
    "prolonged": cookie(f"{int(UNTIL) + 9}.{SEAL}"),
    "expired": cookie(door_cookie(lasts=-5)),
    "of another session": cookie(OWN, "s2"),
    "without a session": {"Cookie": f"{COOKIE}={OWN}"},
    "with an empty session": cookie(door_cookie(session=""), ""),
    "in quotes": cookie(f'"{OWN}"'),
    "with a nought before": cookie(f"0{OWN}"),
    "with a tail": cookie(OWN + "0"),
    "in capitals": cookie(OWN.upper()),
    "cut": cookie(OWN[:-1]),
    "no time": cookie("." + SEAL),
    "a time without end": cookie(f"{'9' * 400}.{SEAL}"),
    "a time below nought": cookie(f"-{OWN}"),
    "raised digits": cookie("\xb2\xb3." + SEAL),
    "another alphabet": cookie(f"{UNTIL}.\xff{SEAL[1:]}"),
    "the first of two": {"Cookie": f"{SESSION}=s; {COOKIE}={OWN}; {COOKIE}=x"},
    "another name": {"Cookie": f"{SESSION}=s; {COOKIE.upper()}={OWN}"},
    "a password of another door": {"Authorization": "Basic bGFuOng="},
    "an empty word": {"Authorization": ""},
}
SHOWN = ("own", "a program's token", "none", "another person's", "forged", "expired")
PLAIN_WAYS = (
    "/user/lan",
    "/user/lan/",
    "/user/lan/lab?a=1&b=/user/hoa%23x",
    "/user/lan/a%20b!*'()~/%E1%BA%A1",
)
CROOKED_WAYS = (
    "//user/lan/x",
    "///user//lan/x",
    "/user//lan/x",
    "/user/lan//x",
    "/user/lan%2fx",
    "/user%2flan/x",
    "/%75ser/lan/x",
    "/user%252flan/x",
    "/user/%6c%61%6E/x",
    "/user/hoa/../lan/x",
    "/user/hoa/%2e%2e/lan/x",
    "/user/hoa/..%2flan/x",
    "/hub/../user/lan/x",
    "/./user/lan/x",
    "/user/./lan/x",
    "/user/lan/../hoa/x",
    "/user\\lan\\x",
    "\\user/lan/x",
    "/user/lan\\x",
    "/user/lan%5cx",
    "/user/lan#/x",
    "/user/lan;x/y",
    "/user/lan%00/x",
    "/user/lan%09/x",
    "/user/lan%ff/x",
    "/user/lan/%zz%",
    "/user/lan%C0%AFx",
    "/user/lan\xe9/x",
    "/USER/lan/x",
    "/user/LAN/x",
    "/user/lan2/x",
    "/user/",
    "/user",
    "/",
    "/%EF%BB%BFuser/lan/x",
    "/hub/home?next=/user/lan/",
    "http://127.0.0.1/user/lan/x",
    "user/lan/x",
    "*",
)


@pytest.fixture(scope="module")
def gates():
    """Both proxies before the same servers."""
    with school(*MAKES) as running:
        yield dict(zip(MAKES, running, strict=True))


@pytest.fixture(params=MAKES)
def gate(gates, request):
    return gates[request.param]


def test_the_process_is_what_was_asked_for(gate):
    assert psutil.Process(gate.pid).name().startswith(gate.make)


@pytest.mark.parametrize("shown", OPENING.values(), ids=OPENING)
def test_a_server_in_a_cell_answers_its_learner_through_its_socket(gate, shown):
    for path in PLAIN_WAYS:
        reply = gate.ask(path, **shown)
        assert (reply.status, reply.who, reply.uri) == (200, "lan", path)
        assert gate.ask(path, "POST", **shown).who == "lan"
    assert gate.upgrade("/user/lan/ws", **shown).status == 101


@pytest.mark.parametrize("shown", SHUT.values(), ids=SHUT)
def test_anybody_else_gets_nothing_from_there(gate, shown):
    for path in PLAIN_WAYS:
        for method in ("GET", "HEAD"):
            assert gate.ask(path, method, **shown) == Reply(302, ask_at(path))
        assert gate.ask(path, "POST", **shown) == Reply(403)
        assert gate.ask(path, Upgrade="h2c", **shown) == Reply(403)
    assert gate.upgrade("/user/lan/ws", **shown) == Reply(403)


def test_one_cookie_opens_one_persons_server(gate):
    assert gate.ask("/user/hoa/x", **cookie(door_cookie("/user/hoa/"))).who == "hoa"
    assert gate.ask("/user/hoa/x", **cookie(OWN)).status == 302
    assert gate.ask("/hub/login").who == "hub"


def test_a_cookie_ends_by_itself(gate):
    short = cookie(door_cookie(lasts=5))
    assert gate.ask("/user/lan/", **short).who == "lan"
    time.sleep(6.1 - time.time() % 1)
    assert gate.ask("/user/lan/", **short).status == 302


def test_an_open_connection_is_looked_at_request_by_request(gate):
    """Neither is a request let in for the sake of the one before it, nor kept out; node's ends after a reply from a unix socket."""
    strange = "GET /user/lan/ HTTP/1.1\r\nHost: x\r\n"
    own = f"{strange}Cookie: {cookie(OWN)['Cookie']}\r\n"
    asked = (strange, strange, own, f"{strange}Connection: close\r\n")
    told = gate.ask_together(*(f"{each}\r\n" for each in asked))
    assert told == ([302, 302, 200, 302] if gate.make == "python" else [302, 302, 200])


def answer(gate, path, method, shown):
    """Return what a request gets; that a path is none (to node) is as good as that there is no such path."""
    reply = gate.upgrade(path, **shown) if method == "upgrade" else gate.ask(path, method, **shown)
    return Reply(404) if reply == Reply(400) else reply


@pytest.mark.parametrize("path", CROOKED_WAYS)
def test_no_spelling_of_an_address_leads_past_the_door_and_both_agree(gates, path):
    """What a stranger may see is at most what the hub says; and each make lets the same requests in, to the same server."""
    for name, method in itertools.product(SHOWN, ("GET", "POST", "upgrade")):
        shown = (OPENING | SHUT)[name]
        replies = [answer(gate, path, method, shown) for gate in gates.values()]
        assert replies[0] == replies[1], (name, method)
        if name in SHUT and not (name == "another person's" and replies[0].who == "hoa"):
            assert replies[0].who in {"", "hub"}, (name, method)


def test_a_server_that_is_gone_is_told_in_vietnamese_by_the_proxys_own_page(gate):
    add_route(gate.api, "http+unix://%2Fnowhere%2Fs:80", "/user/mai")
    headers = cookie(door_cookie("/user/mai/"))
    status, page = gate.page("/user/mai/x", **headers)
    assert status == 503
    assert "Bài làm đã lưu của bạn vẫn còn nguyên" in page
    assert gate.upgrade("/user/mai/ws", **headers).status == 503
    assert gate.page("http://127.0.0.1/x")[0] == 404
