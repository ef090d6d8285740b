"""Which proxy: node's where ``scripts/bootstrap`` could install it, else the Python port. ``BDHAI_PROXY`` insists on one."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

LAUNCH = "BDHAI_LAUNCH"  # as in ``hub_config.launch``, which takes a second to import; the hub waits ten for its proxy
OLDEST_NODE = 20
SCRIPT = Path("share/bdhai-proxy/node_modules/configurable-http-proxy/bin/configurable-http-proxy")
GUARD = Path(__file__).resolve().parent.parent / "node" / "guard.mjs"
DOORS = "--guard-servers"  # of our command line: the proxy looks who may visit a learner's server
ERRORS = "errors"  # folder of error pages below the launch's private folder


class NoNode(RuntimeError):  # noqa: N818 - what is missing, told to whoever insisted on it
    """``BDHAI_PROXY=node``, and there is none to use; the message says what to do, in Vietnamese."""


def find_node(env: Mapping[str, str], prefix: Path = Path(sys.prefix), *, doors: bool = False) -> list[str]:
    """Return the command of node's proxy, or nothing when the Python port is to be used.

    Args:
        env: ``PATH``, and ``BDHAI_PROXY``: ``node``, ``python``, or empty for what there is.
        prefix: the virtual environment.
        doors: the proxy must look who may visit a learner's server.

    Raises:
        NoNode: ``BDHAI_PROXY=node``, and there is none.
    """
    wish = env.get("BDHAI_PROXY", "")
    if wish == "python":
        return []
    node, script = shutil.which("node", path=env.get("PATH")), prefix / SCRIPT
    if node and script.exists() and node_version(node) >= OLDEST_NODE:
        return [node, *([str(GUARD)] if doors else []), str(script)]
    if wish == "node":
        raise NoNode(
            f"BDHAI_PROXY=node nhưng chưa dùng được: cần Node.js {OLDEST_NODE} trở lên và npm. "
            "Hãy cài rồi chạy lại: scripts/bootstrap run"
        )
    return []


def node_version(node: str) -> int:
    """Return node's main version, e.g. 20; 0 when it doesn't tell."""
    try:
        told = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20, check=False)  # noqa: S603 - found on PATH
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.match(r"v(\d+)\.", told.stdout)
    return int(found[1]) if found else 0


def own_error_pages(arguments: Sequence[str], env: Mapping[str, str]) -> list[str]:
    """Show pages from our folder when a target is down; JupyterHub asks for the hub's, which may be what is down."""
    if LAUNCH not in env:
        return list(arguments)
    kept = list(arguments)
    if "--error-target" in kept:
        at = kept.index("--error-target")
        del kept[at : at + 2]
    return [*kept, "--error-path", str(Path(json.loads(env[LAUNCH])["runtime"]) / ERRORS)]
