"""The few Linux calls that Python 3.11 has no name for; each raises OSError when it fails."""

from __future__ import annotations

import ctypes
import fcntl
import os
import re
import socket
import struct
from pathlib import Path

NEW_MOUNTS, NEW_IPC, NEW_PIDS, NEW_NETWORK = 0x00020000, 0x08000000, 0x20000000, 0x40000000  # linux/sched.h
READ_ONLY, NO_SETUID, NO_DEVICES = 1, 2, 4  # linux/mount.h, and below
REMOUNT, BIND, RECURSIVE, PRIVATE = 32, 4096, 16384, 1 << 18
_DETACH = 2
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}  # the C library has no name for it
_PDEATHSIG, _DUMPABLE, _CAPBSET_DROP, _SET_MM, _NO_NEW_PRIVS = 1, 4, 24, 35, 38  # linux/prctl.h
_MM_MAP = 14
_SET_FLAGS, _UP = 0x8914, 1  # linux/sockios.h, net/if.h
_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def prctl(option: int, *values: int) -> None:
    """Set something about this process."""
    padded = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    _checked(_libc.prctl(option, *padded), f"prctl {option}")


def no_new_privileges() -> None:
    """Never gain rights again: setuid programs run with ours."""
    prctl(_NO_NEW_PRIVS, 1)


def die_with_parent(number: int) -> None:
    """Get a signal when the thread that made this process ends."""
    prctl(_PDEATHSIG, number)


def allow_looking_inside() -> None:
    """Let this account read its own process again (changing accounts shuts ``/proc/self`` even for oneself)."""
    prctl(_DUMPABLE, 1)


def drop_capabilities() -> None:
    """Drop every capability from what this process could ever get."""
    for number in range(int(Path("/proc/sys/kernel/cap_last_cap").read_text(encoding="ascii")) + 1):
        prctl(_CAPBSET_DROP, number)


def unshare(flags: int) -> None:
    """Leave namespaces for new ones."""
    _checked(_libc.unshare(flags), "unshare")


def enter(handle: int, flags: int) -> None:
    """Enter namespaces: of a process (a pidfd), or the one that an open ``/proc/…/ns/…`` names."""
    _checked(_libc.setns(handle, flags), "setns")


def loopback_up() -> None:
    """Switch on the loopback of this network namespace."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh22x", b"lo", _UP))  # struct ifreq


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    """Mount something."""
    words = (source.encode(), target.encode(), kind.encode() or None)
    result = _libc.mount(*words, ctypes.c_ulong(flags), options.encode() or None)
    _checked(result, f"mount {source} {target}")


def change_root(new: str, old: str) -> None:
    """Make ``new`` the root of this mount namespace and let go of the old root, which appears at ``old`` first."""
    number = _PIVOT_ROOT[os.uname().machine]
    _checked(_libc.syscall(number, new.encode(), old.encode()), f"pivot_root {new}")
    os.chdir("/")
    inside = f"/{os.path.relpath(old, new)}"
    _checked(_libc.umount2(inside.encode(), _DETACH), "umount")
    Path(inside).rmdir()


class _Map(ctypes.Structure):
    """``struct prctl_mm_map``."""

    _fields_ = (
        *((name, ctypes.c_uint64) for name in ("start_code", "end_code", "start_data", "end_data")),
        *((name, ctypes.c_uint64) for name in ("start_brk", "brk", "start_stack", "arg_start", "arg_end")),
        *((name, ctypes.c_uint64) for name in ("env_start", "env_end", "auxv")),
        ("auxv_size", ctypes.c_uint32),
        ("exe_fd", ctypes.c_uint32),
    )


_kept: list[object] = []  # the memory that ``ps`` reads must live as long as the process


def show_as(argv: list[str], env: dict[str, str]) -> None:
    """Make ``ps`` and ``/proc/self/environ`` tell what this process runs now, not what its parent was started as."""
    words = b"".join(os.fsencode(word) + b"\0" for word in argv)
    pairs = b"".join(os.fsencode(f"{name}={value}") + b"\0" for name, value in env.items())
    text = ctypes.create_string_buffer(words + pairs)
    start = ctypes.addressof(text)
    _libc.sbrk.restype = ctypes.c_void_p
    fields = _stat_fields("self")
    place = _Map(
        *(int(fields[number]) for number in (26, 27, 45, 46, 47)),
        _libc.sbrk(0),
        int(fields[28]),
        *(start, start + len(words), start + len(words), start + len(words) + len(pairs)),
        *(0, 0, 0xFFFFFFFF),
    )
    prctl(_SET_MM, _MM_MAP, ctypes.addressof(place), ctypes.sizeof(place))
    _kept.append(text)


def started(pid: int) -> int:
    """Return when a process began (clock ticks after boot): with its number, that names it for ever.

    Raises:
        ProcessLookupError: there is no such process, or only what is left of a dead one.
    """
    fields = _stat_fields(str(pid))
    if fields[3] in "ZX":
        raise ProcessLookupError(pid)
    return int(fields[22])


def _stat_fields(pid: str) -> dict[int, str]:
    """Return the fields of ``/proc/PID/stat``, numbered as in proc(5); the name may hold blanks and brackets."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError) as error:
        raise ProcessLookupError(pid) from error
    return dict(enumerate(re.sub(r"^.*\) ", "", text, flags=re.DOTALL).split(), start=3))
