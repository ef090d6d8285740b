"""A learner's programs reach hub, portal and AI gateway, and nothing else."""

import errno
import socket

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
CALL = """
def call(address):
    try:
        socket.create_connection(tuple(address), 3).close()
    except OSError as error:
        return error.errno or -1
    return 0
"""
FAR = ["169.254.169.254", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "8.8.8.8", "::ffff:10.0.0.1", "fd00::1", "2001:4860:4860::8888"]  # fmt: skip


def own_address():
    """Return an address of this machine that isn't loopback: where its private network would answer."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        return probe.getsockname()[0]


def test_metadata_private_and_public_addresses_are_out_of_reach(ours):
    code = f"{CALL}\nprint(json.dumps([call((host, 80)) for host in {FAR!r}]))"
    assert set(ours.got(code)) == {errno.ENETUNREACH}


def test_a_name_is_not_even_looked_up(ours):
    code = "print(json.dumps(works(socket.getaddrinfo, 'example.org', 80)))"
    assert ours.got(code) is False


def test_a_service_on_the_private_network_does_not_answer(stock, ours):
    address = own_address()
    if address is None:
        pytest.skip("this machine has no address but loopback")
    with socket.create_server((address, 0)) as service:
        code = f"{CALL}\nprint(json.dumps(call({list(service.getsockname())!r})))"
        assert stock.got(code) == 0
        assert ours.got(code) == errno.ENETUNREACH


def test_ports_of_the_machine_are_shut_but_the_three_doors(stock, ours):
    """The proxy's control port, other services, another learner's server."""
    code = f"{CALL}\nprint(json.dumps([port for port in T['ports'] if call(('127.0.0.1', port)) == 0]))"
    assert len(stock.places.ports) >= 4
    assert set(stock.got(code)) >= set(stock.places.ports)
    doors = 'print(json.dumps([int(pair.split("=")[0]) for pair in os.environ["BDHAI_DOORS"].split(",")]))'
    own = 'print(json.dumps(int(os.environ["JUPYTERHUB_SERVICE_URL"].split(":")[2].split("/")[0])))'
    reached, open_doors = set(ours.got(code)), set(ours.got(doors))
    assert len(open_doors) == 3
    assert reached - {ours.got(own)} == open_doors
    assert len(ours.places.ports) > len(open_doors) + 3


def test_datagrams_and_raw_packets_go_nowhere(ours):
    code = """
def datagram(): return socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("10.0.0.1", 53))
def raw(): return socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
def packet(): return socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
def vsock(): socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM).connect((2, 22)); return True
print(json.dumps([works(act) for act in (datagram, raw, packet, vsock)]))
"""
    assert ours.got(code) == [False] * 4


def test_an_abstract_socket_of_the_machine_does_not_answer(stock, ours):
    code = (
        'print(json.dumps(works(lambda: socket.socket(socket.AF_UNIX).connect("\\0bdhai-attack") is None)))'
    )
    with socket.socket(socket.AF_UNIX) as service:
        service.bind("\0bdhai-attack")
        service.listen()
        assert stock.got(code) is True
        assert ours.got(code) is False


def test_no_socket_of_another_learner_or_of_the_hub_is_seen(ours):
    code = """
seen = [str(path) for root in ("/tmp", "/run", "/var/run", os.getcwd(), os.environ["JUPYTER_RUNTIME_DIR"]) if os.path.isdir(root)
        for path in Path(root).rglob("*") if path.is_socket()]
print(json.dumps(seen))
"""
    seen = ours.got(code)
    others = [
        path
        for path in seen
        if not any(word in path for word in ("/doors/", "/kernels/zygote.sock", "kernel-"))
    ]
    assert not [path for path in others if "entrances" in path or "servers.sock" in path], others


SPENT = """
server = next(int(pid) for pid in os.listdir("/proc") if pid.isdigit() and int(pid) != os.getpid() and is_mine(pid))
def spent():
    return sum(map(int, Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()[11:13])) / os.sysconf("SC_CLK_TCK")
before = spent()
time.sleep(3)
print(json.dumps(spent() - before))
"""


def test_an_open_socket_of_the_server_can_not_be_turned_round(ours):
    """The kernel takes every socket that its server holds (``pidfd_getfd``), and none of them leads out.

    Those of the cell's own doors are left alone: they were made inside, and without them the server is deaf.
    """
    with socket.create_server(("127.0.0.1", 0)) as service:
        port = service.getsockname()[1]
        code = f"""
server = next(int(pid) for pid in os.listdir("/proc") if pid.isdigit() and int(pid) != os.getpid() and is_mine(pid))
taken = [got for number in range(64) if (got := libc.syscall(438, os.pidfd_open(server), number, 0)) >= 0]
libc.connect.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]
target = b"\\x02\\x00" + ({port}).to_bytes(2, "big") + socket.inet_aton("127.0.0.1") + bytes(8)
doors = {{int(pair.split("=")[0]) for pair in os.environ["BDHAI_DOORS"].split(",")}}
def is_door(number):
    mode = os.fstat(number).st_mode
    if mode & 0o170000 != 0o140000:
        return False
    name = socket.socket(fileno=os.dup(number)).getsockname()
    return isinstance(name, tuple) and name[1] in doors
out = 0
for number in [each for each in taken if not is_door(each)]:
    libc.connect(number, bytes(16), 16)
    out += libc.connect(number, target, 16) == 0
print(json.dumps([len(taken), out]))
"""
        taken, out = ours.got(code)
        spent = ours.got(SPENT)
    assert spent < 0.5, "a server whose port was broken tries to accept for ever"
    assert taken > 3, "the attack took nothing, so it shows nothing"
    assert out == 0


def test_one_learner_can_not_use_up_the_doors(ours):
    code = """
held = []
for _ in range(300):
    try:
        held.append(socket.create_connection(("127.0.0.1", int(os.environ["BDHAI_DOORS"].split("=")[0])), 3))
    except OSError:
        break
time.sleep(1)
print(json.dumps(len(held)))
"""
    try:
        assert ours.got(code) > 64
        reply = ours.kernel_of_victim.said(
            'import json, os, urllib.request\nprint(json.dumps(urllib.request.urlopen(os.environ["JUPYTERHUB_API_URL"], timeout=20).status))'
        )
        assert reply == 200
    finally:
        ours.got("held.clear(); print(1)")


def test_wrong_tries_from_a_cell_keep_nobody_from_signing_in(ours):
    """More tries than an account has, each in the name of the school's own network; then the person comes by the front door."""
    name, password = ours.hub.accounts["trainer"]
    code = f"""
import http.cookiejar, re, urllib.error, urllib.parse, urllib.request
hub = os.environ["JUPYTERHUB_API_URL"].removesuffix("/api")
visitor = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
page = visitor.open(hub + "/login", timeout=30).read().decode()
xsrf = re.search(r'name="_xsrf"[^>]*value="([^"]+)"', page)[1]
def attempt():
    form = urllib.parse.urlencode({{"_xsrf": xsrf, "username": {name!r}, "password": "sai"}}).encode()
    asked = urllib.request.Request(hub + "/login", form, {{"X-Forwarded-For": "203.0.113.5"}})
    try:
        visitor.open(asked, timeout=30)
    except urllib.error.HTTPError as error:
        return error.code
print(json.dumps([attempt() for _ in range(12)]))
"""
    assert ours.got(code) == [403] * 12, "the eleventh would have to wait: 429"
    page = ours.hub.sign_in(name, password).get(f"{ours.hub.address}/", timeout=60)
    assert page.url == f"{ours.hub.address}/services/portal/"
