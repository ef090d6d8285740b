"""One system account per learner, made at their first start; nobody signs in to it.

Its name is a hash of data folder and user name: no user name can collide with another's or put anything into a command.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from hashlib import sha256
from pathlib import Path

FIRST, LAST = 300_000, 499_999  # numbers of learners' accounts; nobody else's account is ever used


class AccountError(OSError):
    """The machine gives no account."""


def name_of(data: Path, username: str) -> str:
    """Return the account's name, at most 28 characters of ``a-z0-9-``."""
    whose = b"\0".join((os.fsencode(data), username.encode()))
    return f"bdh-{sha256(whose).hexdigest()[:24]}"


def ensure(name: str, home: Path) -> tuple[int, int]:
    """Return uid and gid of a learner's account, making it when there is none.

    Raises:
        AccountError: it can't be made, or an account of that name is not a learner's.
    """
    try:
        found = pwd.getpwnam(name)
    except KeyError:
        _make(name, home)
        found = pwd.getpwnam(name)
    if not FIRST <= found.pw_uid <= LAST or found.pw_gid < FIRST:
        raise AccountError(f"account {name} has number {found.pw_uid}, which is no learner's")
    return found.pw_uid, found.pw_gid


def _make(name: str, home: Path) -> None:
    numbers = (f"UID_MIN={FIRST}", f"UID_MAX={LAST}", f"GID_MIN={FIRST}", f"GID_MAX={LAST}")
    keys = [word for each in (*numbers, "SUB_UID_COUNT=0", "SUB_GID_COUNT=0") for word in ("-K", each)]
    options = ["--no-create-home", "--no-log-init", "--user-group", "--shell", "/usr/sbin/nologin"]
    command = ["useradd", *options, *keys, "--home-dir", str(home), "--comment", "Binh dan hoc AI", name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - no word of a learner's
    if done.returncode:
        raise AccountError(f"useradd: {done.stderr.strip()}")


def give(folder: Path, uid: int, gid: int) -> None:
    """Give a home to its account, never following a symlink out of it."""
    os.chown(folder, uid, gid, follow_symlinks=False)
    folder.chmod(0o700)
    for _, folders, files, here in os.fwalk(folder):
        for name in (*folders, *files):
            if os.stat(name, dir_fd=here, follow_symlinks=False).st_uid != uid:
                os.chown(name, uid, gid, dir_fd=here, follow_symlinks=False)
