"""Decide a learner's cell: an account and a view of their own where the machine allows it, else the hub's account."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import courses
from hub_config.cell import accounts, cgroups, relay, wrap
from hub_config.cell.spec import Cell

_PACKAGES = (Path(courses.__file__).parent, Path(__file__).parent.parent)
Way = Literal["account", "bubblewrap", "none"]
# A cell whose network is not empty is none; the import shows that Python and this package are seen.
_PROBE = "import sys, socket, hub_config.cell.spec; sys.exit(len(socket.if_nameindex()) - 1)"
_DOORS = "doors"
_one = threading.Lock()  # useradd locks /etc/passwd and gives up when it is locked
log = logging.getLogger("jupyterhub")


def make(data: Path, username: str, home: Path, sockets: Path, limits: Mapping[str, int]) -> Cell:
    """Return the learner's cell; their home and sockets belong to their account from now on.

    Args:
        data: the data folder, which no cell shows.
        username: whose cell.
        home: their home, laid out.
        sockets: their folder of sockets, below the hub's runtime folder.
        limits: the cell's fields that say how much of the machine it may use.

    Raises:
        AccountError: their account can't be made.
    """
    runtime = sockets.parent
    way = works(runtime)
    if way == "none":
        return Cell(home=str(home))
    entrance = runtime / "entrances" / f"{sockets.name}.sock"
    entrance.parent.mkdir(mode=0o700, exist_ok=True)
    name = accounts.name_of(data, username)
    common: dict[str, Any] = {
        "home": str(home),
        "name": name,
        "sockets": (str(sockets),),
        "entrance": str(entrance),
        **limits,
    }
    if way == "bubblewrap":
        return Cell(**common, wrapped=True, shown=_shown(runtime))
    with _one:
        uid, gid = accounts.ensure(name, home)
    for folder in (home, sockets):
        accounts.give(folder, uid, gid)
    return Cell(**common, uid=uid, gid=gid, stage=_stage(runtime), shown=_shown_to_accounts(runtime))


def doors(runtime: Path) -> Path:
    """Return the folder of the sockets that lead from cells to hub, portal and AI gateway."""
    folder = runtime / _DOORS
    folder.mkdir(mode=0o755, exist_ok=True)
    folder.chmod(0o755)
    return folder


def leading(runtime: Path, ports: Mapping[str, int]) -> str:
    """Return the variable that tells a cell's server which of its ports lead where."""
    return ",".join(f"{port}={doors(runtime) / name}.sock" for name, port in ports.items())


def relay_command(runtime: Path, ports: Mapping[str, int]) -> list[str]:
    """Return the program at the other end of the doors."""
    words = [f"{name}={port}" for name, port in ports.items()]
    return [sys.executable, "-P", "-m", relay.__name__, str(runtime / _DOORS), *words]


def address(cell: Cell) -> str:
    """Return where hub and proxy find the cell's server.

    JupyterHub 6 puts ``:80`` behind the path; its own client takes that for a port, the node proxy for a part of the name.
    """
    link = Path(f"{cell.entrance}:80")
    link.unlink(missing_ok=True)
    link.symlink_to(cell.entrance)
    return f"http+unix://{quote(cell.entrance, safe='')}"


def command(cell: Cell) -> list[str]:
    """Return what starts a program in the cell; ``-P``: no module of the learner's may run before they are alone."""
    return (
        [sys.executable, "-P", "-m", "hub_config.cell.enter", json.dumps(cell.to_dict())] if cell.name else []
    )


@cache
def works(runtime: Path) -> Way:
    """Return how cells are made here, and say it in the log."""
    why = fault(runtime)
    limits = ", ".join(cgroups.prepare()) or "none: limits are per process"
    if why:
        log.warning("cells: the machine allows none, learners share the hub's account: %s", why)
        return "none"
    way = _way()
    log.warning(
        "cells: each learner has a view, processes and a network of their own (%s); cgroup limits: %s",
        way,
        limits,
    )
    return way


@cache
def fault(runtime: Path) -> str:
    """Try a cell once, below the hub's runtime folder; return why there can be none, or nothing."""
    return _try(_way(), runtime)


def _way() -> Way:
    return "account" if os.geteuid() == 0 else "bubblewrap"


def _try(way: Way, runtime: Path) -> str:
    """Start a program in a cell; return why it can't be done, or nothing."""
    if way == "bubblewrap" and not wrap.can():
        return "the hub is not root and bubblewrap (bwrap) is not installed"
    home = runtime / "trial"
    home.mkdir(exist_ok=True)
    if way == "bubblewrap":
        trial = Cell(home=str(home), name="bdh-trial", wrapped=True, shown=_shown(runtime))
    else:
        os.chown(home, accounts.LAST, accounts.LAST)
        rest: dict[str, Any] = {"stage": _stage(runtime), "shown": _shown_to_accounts(runtime)}
        trial = Cell(home=str(home), name="bdh-trial", uid=accounts.LAST, gid=accounts.LAST, **rest)
    words = [*command(trial), sys.executable, "-c", _PROBE]
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603 - ours
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return (done.stderr.strip() or "it ended without a word") if done.returncode else ""


def _stage(runtime: Path) -> str:
    stage = runtime / "stage"
    stage.mkdir(exist_ok=True)
    return str(stage)


def _shown(runtime: Path) -> tuple[str, ...]:
    return (sys.prefix, sys.base_prefix, *map(str, _PACKAGES), str(doors(runtime)))


def _shown_to_accounts(runtime: Path) -> tuple[str, ...]:
    """With the kernels' socket: its zygote knows learners by their accounts, so only those with one may ask."""
    return (*_shown(runtime), str(runtime / "kernels"))
