"""System calls that no lesson needs and that break-outs are made of: they fail with "not permitted".

The filter is classic BPF, see ``seccomp(2)``; a cell works without it where the machine's Linux has none.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

from hub_config.cell import linux

_NEW_USER = 0x10000000  # linux/sched.h
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # linux/bpf_common.h
_X32 = 0x40000000  # asm/unistd.h
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000  # linux/seccomp.h
_NUMBER, _MACHINE, _FIRST = 0, 4, 16  # places in struct seccomp_data
_SECCOMP, _FILTER = 22, 2  # linux/prctl.h

# What x86-64 and ARM call the calls: user namespaces, mounts, keys, BPF, performance counters, page faults, io_uring, files by
# handle, kernel images and modules.
_MACHINES = {
    "x86_64": (
        0xC000003E,
        {"clone": 56, "unshare": 272, "clone3": 435},
        (
            165,
            166,
            155,
            161,
            248,
            249,
            250,
            321,
            298,
            323,
            425,
            426,
            427,
            304,
            246,
            320,
            175,
            313,
            428,
            429,
            430,
            442,
        ),
    ),
    "aarch64": (
        0xC00000B7,
        {"clone": 220, "unshare": 97, "clone3": 435},
        (
            40,
            39,
            41,
            51,
            217,
            218,
            219,
            280,
            241,
            282,
            425,
            426,
            427,
            265,
            104,
            294,
            105,
            273,
            428,
            429,
            430,
            442,
        ),
    ),
}


def program() -> bytes:
    """Return the filter for this machine; empty where it is not known."""
    known = _MACHINES.get(os.uname().machine)
    if known is None:
        return b""
    machine, clones, never = known
    code = [
        _step(_LOAD, _MACHINE),
        _step(_EQUAL, machine, yes=1),
        _step(_RETURN, _FAIL | errno.EPERM),  # calls of another machine's kind, e.g. 32-bit ones
        _step(_LOAD, _NUMBER),
        _step(_AT_LEAST, _X32, no=1),  # the same calls under other numbers
        _step(_RETURN, _FAIL | errno.EPERM),
        # clone3 hides its flags from a filter; "there is no such call" makes the C library take clone
        _step(_EQUAL, clones["clone3"], no=1),
        _step(_RETURN, _FAIL | errno.ENOSYS),
    ]
    for number in never:
        code += [_step(_EQUAL, number, no=1), _step(_RETURN, _FAIL | errno.EPERM)]
    code += [
        _step(_EQUAL, clones["clone"], yes=1),
        _step(_EQUAL, clones["unshare"], no=3),
        _step(_LOAD, _FIRST),
        _step(_ANY_BIT, _NEW_USER, no=1),
        _step(_RETURN, _FAIL | errno.EPERM),
        _step(_RETURN, _ALLOW),
    ]
    return b"".join(code)


def apply() -> None:
    """Filter this process's calls, and those of all that it starts, for good; after ``no_new_privileges``.

    Raises:
        OSError: this Linux has no filters.
    """
    content = program()
    if not content:
        return
    text = ctypes.create_string_buffer(content, len(content))
    whole = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(content) // 8, ctypes.addressof(text)))
    linux.prctl(_SECCOMP, _FILTER, ctypes.addressof(whole))


def _step(kind: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("HBBI", kind, yes, no, value)
