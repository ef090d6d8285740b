"""The filter of system calls: what break-outs are made of fails, what programs need works."""

import json
import os
import subprocess
import sys

import pytest

from hub_config.cell import seccomp

pytestmark = pytest.mark.skipif(not seccomp.program(), reason=f"no filter is known for {os.uname().machine}")
CODE = """
import ctypes, json, os, subprocess, sys, threading
from hub_config.cell import linux, seccomp
linux.no_new_privileges()
seccomp.apply()
libc = ctypes.CDLL(None, use_errno=True)
def fault(call, *args):
    ctypes.set_errno(0)
    return ctypes.get_errno() if call(*args) < 0 else 0
refused = [
    fault(libc.syscall, 0x40000000 + 39),
    fault(libc.unshare, 0x10000000), fault(libc.unshare, 0x10020000), fault(libc.mount, b"x", b"/x", b"tmpfs", ctypes.c_ulong(0), None),
    fault(libc.umount2, b"/x", 2), fault(libc.syscall, {io_uring}, 1, 0), fault(libc.syscall, {bpf}, 0, 0, 0), fault(libc.syscall, {keyctl}, 0, 0, 0, 0, 0),
]
thread = threading.Thread(target=print, args=("thread",)); thread.start(); thread.join()
ran = subprocess.run([sys.executable, "-c", "print('child')"], capture_output=True, text=True).stdout.strip()
pid = os.fork()
if pid == 0: os._exit(7)
print(json.dumps([refused, ran, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])]))
"""
NUMBERS = {
    "x86_64": {"io_uring": 425, "bpf": 321, "keyctl": 250},
    "aarch64": {"io_uring": 425, "bpf": 280, "keyctl": 219},
}


def test_break_outs_fail_and_programs_run():
    code = CODE
    for name, number in NUMBERS[os.uname().machine].items():
        code = code.replace(f"{{{name}}}", str(number))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    first, last = done.stdout.splitlines()
    refused, ran, code = json.loads(last)
    assert refused == [1] * 8
    assert (first, ran, code) == ("thread", "child", 7)


def test_a_filter_fits_what_linux_takes():
    assert len(seccomp.program()) % 8 == 0
    assert len(seccomp.program()) // 8 < 256
