"""Run a command as an ordinary account: as it is, or (when the tests are root's) as account 65534.

Root's tests often run a Python below ``/root``, which other accounts can't reach: the command gets a view of its own in
which they can.
"""

import os
import shutil
import sys
from pathlib import Path

ACCOUNT = 65534
_OPEN_ROOT = """
set -e
base="$1"; shift
if [ "${base#/root/}" != "$base" ]; then
    aside=$(mktemp -d)
    mount --bind "$base" "$aside"
    mount -t tmpfs -o mode=755 tmpfs /root
    mkdir -p "$base"
    mount --bind "$aside" "$base"
fi
exec setpriv --reuid=%d --regid=%d --clear-groups -- "$@"
"""


def ordinary(command):
    """Return the command that runs another one as an ordinary account."""
    if os.geteuid() != 0:
        return list(command)
    script = _OPEN_ROOT % (ACCOUNT, ACCOUNT)
    return ["unshare", "-m", "--propagation", "private", "sh", "-c", script, "sh", sys.base_prefix, *command]


def give(*places):
    """Let the ordinary account own folders."""
    if os.geteuid() == 0:
        for place in places:
            os.chown(place, ACCOUNT, ACCOUNT)


def why_not():
    """Return why no ordinary account of this machine can have cells, or nothing."""
    if os.geteuid() == 0 and not all(map(shutil.which, ("unshare", "setpriv"))):
        return "unshare and setpriv (util-linux) are not installed"
    if shutil.which("bwrap") is None:
        return "bubblewrap (bwrap) is not installed"
    limit = Path("/proc/sys/kernel/unprivileged_userns_clone")
    if limit.exists() and limit.read_text(encoding="ascii").strip() == "0":
        return "this machine lets only root make user namespaces"
    return ""
