"""The network of a cell: nothing but its own loopback, and one socket that visitors come in through."""

import errno
import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.hub_config.cell.cells import CELLS, cell_in, command_in, said

pytestmark = pytest.mark.skipif(bool(CELLS), reason=CELLS)


@pytest.fixture
def cell(tmp_path):
    return cell_in(tmp_path)


def test_only_loopback_is_there_and_it_works(cell):
    code = """
import socket
with socket.create_server(("127.0.0.1", 0)) as mine, socket.create_connection(mine.getsockname()):
    print(json.dumps([name for _, name in socket.if_nameindex()]))
"""
    assert said(cell, code) == ["lo"]


def test_nothing_of_the_machine_or_the_world_answers(cell):
    with socket.create_server(("127.0.0.1", 0)) as ours:
        code = f"""
import socket
def fault(address):
    try: socket.create_connection(address, 3)
    except OSError as error: return error.errno
print(json.dumps([fault(("127.0.0.1", {ours.getsockname()[1]}))] + [fault((host, 80)) for host in
    ("169.254.169.254", "10.0.0.1", "172.16.0.1", "192.168.1.1", "192.0.2.2", "8.8.8.8", "2001:4860:4860::8888")]))
"""
        faults = said(cell, code)
    assert faults == [errno.ECONNREFUSED] + [errno.ENETUNREACH] * 7


def test_an_abstract_socket_of_the_machine_does_not_answer(cell):
    with socket.socket(socket.AF_UNIX) as ours:
        ours.bind("\0bdhai-attack")
        ours.listen()
        code = """
import socket
try: socket.socket(socket.AF_UNIX).connect("\\0bdhai-attack"); print("true")
except OSError: print("false")
"""
        assert said(cell, code) is False


def test_a_visitor_comes_in_through_the_socket_that_was_opened_outside(cell, tmp_path):
    cell = replace(cell, entrance=str(tmp_path / "in.sock"))
    code = """
import os, socket
listener = socket.socket(fileno=int(os.environ["BDHAI_ENTRANCE"]))
print("ready", os.path.exists(listener.getsockname()), flush=True)
visitor, _ = listener.accept()
visitor.sendall(b"chao")
"""
    process = subprocess.Popen(
        command_in(cell, [sys.executable, "-c", code]), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready False\n", "the socket's name is not seen in the cell"
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(cell.entrance)
        assert line.recv(10) == b"chao"
    assert process.wait(20) == 0
    process.stdout.close()
    assert Path(cell.entrance).stat().st_mode & 0o777 == 0o600
    assert Path(cell.entrance).stat().st_uid == os.geteuid()


def test_the_socket_can_not_be_turned_round_to_call_out(cell, tmp_path):
    cell = replace(cell, entrance=str(tmp_path / "in.sock"))
    with socket.socket(socket.AF_UNIX) as ours:
        ours.bind("\0bdhai-round")
        ours.listen()
        code = """
import ctypes, os, socket
libc, number, worked = ctypes.CDLL(None), int(os.environ["BDHAI_ENTRANCE"]), 0
libc.connect(number, (b"\\0" * 16), 16)  # AF_UNSPEC: forget what it was
listener = socket.socket(fileno=number)
try: listener.connect("\\0bdhai-round"); print("true")
except OSError: print("false")
"""
        assert said(cell, code) is False
