"""A cell without root, by bubblewrap: what a learner's program can see, reach and use in it."""

import errno
import json
import socket
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from hub_config.cell import making
from hub_config.cell.spec import Cell
from tests.hub_config.cell.cells import CAN
from tests.ordinary_account import give, ordinary, why_not

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())
TRY = "import sys; from pathlib import Path; from hub_config.cell import making; print(making.works(Path(sys.argv[1])))"


@pytest.fixture
def folder():
    """A folder that the ordinary account reaches: pytest's own are its owner's only."""
    with tempfile.TemporaryDirectory(prefix="bd-", dir="/tmp") as name:
        give(name)
        yield Path(name)


@pytest.fixture
def cell(folder):
    for name in ("home", "sockets", "other"):
        (folder / name).mkdir(mode=0o700)
        give(folder / name)
    (folder / "other" / "answers.json").write_text("{}", encoding="utf-8")
    shown = (sys.prefix, sys.base_prefix, str(Path(making.__file__).parent.parent))
    return Cell(
        home=str(folder / "home"),
        name="bdh-test",
        wrapped=True,
        sockets=(str(folder / "sockets"),),
        entrance=str(folder / "in.sock"),
        shown=shown,
    )


def run(cell, code):
    command = ordinary([*making.command(cell), sys.executable, "-c", f"import json, os, socket\n{code}"])
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def said(cell, code):
    done = run(cell, code)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_hub_finds_out_that_it_can_make_such_cells(folder):
    command = ordinary([sys.executable, "-P", "-c", TRY, str(folder)])
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "bubblewrap\n", done.stderr


def test_without_bubblewrap_it_says_so(folder):
    code = f"import os; os.environ['PATH'] = {str(folder)!r}; {TRY}"
    command = ordinary([sys.executable, "-P", "-c", code, str(folder)])
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "none\n"
    assert "bubblewrap (bwrap) is not installed" in done.stderr


def test_it_sees_its_home_and_nothing_of_others(cell, folder):
    (folder / "other").chmod(0o755)
    places = [str(folder / "other"), cell.entrance, "/etc/shadow", "/var", "/sys", cell.home]
    assert said(cell, f"print(json.dumps([os.path.exists(p) for p in {places!r}]))") == [False] * 5 + [True]


def test_it_writes_in_its_home_sockets_and_small_rooms_and_nowhere_else(cell):
    code = f"""{CAN}print(json.dumps([can(p) for p in ({cell.home!r}, {cell.sockets[0]!r}, '/tmp', '/dev/shm', '/', '/etc', '/usr', '/dev', {sys.prefix!r}, '/proc')]))
"""
    assert said(cell, code) == [True] * 4 + [False] * 6
    code = "print(json.dumps([os.statvfs(p).f_blocks * os.statvfs(p).f_frsize >> 20 for p in ('/tmp', '/dev/shm')]))"
    assert said(cell, code) == [64, 16]


def test_it_has_no_right_no_network_and_no_process_but_its_own(cell):
    code = """
status = open('/proc/self/status').read()
pids = [n for n in os.listdir('/proc') if n.isdigit()]
print(json.dumps([[name for _, name in socket.if_nameindex()], len(pids), status]))
"""
    names, count, status = said(cell, code)
    assert names == ["lo"]
    assert count <= 2, "bubblewrap's own first process, and the program"
    for kind in ("CapEff", "CapPrm", "CapBnd"):
        assert f"{kind}:\t0000000000000000" in status
    assert "NoNewPrivs:\t1" in status


def test_nothing_of_the_machine_answers(cell):
    with socket.create_server(("127.0.0.1", 0)) as ours:
        code = f"""
def fault(address):
    try: socket.create_connection(address, 3)
    except OSError as error: return error.errno
print(json.dumps([fault(("127.0.0.1", {ours.getsockname()[1]})), fault(("169.254.169.254", 80)), fault(("10.0.0.1", 80))]))
"""
        assert said(cell, code) == [errno.ECONNREFUSED, errno.ENETUNREACH, errno.ENETUNREACH]


def test_no_further_user_namespace_is_made(cell):
    code = "import ctypes; print(json.dumps(ctypes.CDLL(None).unshare(0x10000000)))"
    assert said(cell, code) == -1


def test_processes_open_files_and_the_size_of_a_file_are_limited(cell):
    code = """
import resource, signal, time
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
made = []
try:
    for _ in range(200):
        made.append(os.fork())
        if made[-1] == 0:
            time.sleep(20); os._exit(0)
except OSError:
    pass
try:
    open('big', 'wb').truncate(100 << 20); big = True
except OSError:
    big = False
print(json.dumps([len(made), big, resource.getrlimit(resource.RLIMIT_NOFILE)[1]]), flush=True)
"""
    made, big, files = said(cell, code)
    assert 30 < made < 64
    assert not big
    assert files == 1024


def test_a_visitor_comes_in_through_the_socket_that_was_opened_outside(cell):
    code = 'listener = socket.socket(fileno=int(os.environ["BDHAI_ENTRANCE"])); print(1, flush=True); listener.accept()[0].sendall(b"chao")'
    command = ordinary([*making.command(cell), sys.executable, "-c", f"import os, socket\n{code}"])
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"1\n"
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(cell.entrance)
            assert line.recv(10) == b"chao"
    assert process.returncode == 0


def test_two_cells_see_nothing_of_one_another(cell, folder):
    (folder / "second").mkdir()
    give(folder / "second")
    second = replace(cell, home=str(folder / "second"), sockets=(), entrance=str(folder / "in2.sock"))
    command = ordinary(
        [*making.command(cell), sys.executable, "-c", "print(1, flush=True); import time; time.sleep(60)"]
    )
    first = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert first.stdout.readline() == b"1\n"
        places = [cell.home, cell.sockets[0], "/proc/3"]
        seen = said(second, f"print(json.dumps([os.path.exists(p) for p in {places!r}]))")
        assert seen == [False] * 3
    finally:
        first.kill()
        first.wait()
        first.stdout.close()
