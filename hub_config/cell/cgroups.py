"""A control group per learner: memory and processes counted together, of all that a learner runs.

Version 1 has a tree per controller, version 2 one tree for all. Ours is below the group that the hub itself is in, so that
whatever bounds the hub bounds its learners; where no tree can be written, ``join`` says which limits it set: none.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

TREE = Path("/sys/fs/cgroup")
_OWN = Path("/proc/self/cgroup")
_CONTROLLERS = ("memory", "pids")
_PREFIX = "bdhai-"
_V2 = "hub"  # version 2: the hub's own leaf, because a group with processes can't have limited children


def folders(tree: Path = TREE, own: Path = _OWN) -> dict[str, Path]:
    """Return, by controller, the folder below which learners' groups are made; only where it can be written."""
    found: dict[str, Path] = {}
    for line in _lines(own):
        _, names, path = line.split(":", 2)
        for name in set(names.split(",")) & set(_CONTROLLERS):
            found[name] = tree / name / _above_ours(path)
        if not names and (tree / "cgroup.controllers").exists():
            place = tree / _above_ours(path)
            found |= dict.fromkeys(_controllers(place), place)
    return {name: place for name, place in found.items() if os.access(place, os.W_OK)}


def prepare(tree: Path = TREE, own: Path = _OWN) -> tuple[str, ...]:
    """Make ready what the learners' groups need; return the controllers that will limit them.

    Version 2 limits only the children of a group that has no process of its own: they all move into a leaf.
    """
    found = folders(tree, own)
    for place in set(found.values()):
        switch = place / "cgroup.subtree_control"
        if not switch.exists():
            continue
        with suppress(OSError):
            _move_all(place, place / f"{_PREFIX}{_V2}")
            switch.write_text(" ".join(f"+{name}" for name in _CONTROLLERS), encoding="ascii")
    return tuple(sorted(name for name, place in found.items() if _can_limit(name, place)))


def join(
    name: str, memory_mib: int, processes: int, places: Mapping[str, Path] | None = None
) -> tuple[str, ...]:
    """Put this process into the learner's group and return the controllers that limit it."""
    limits = {
        "memory": {
            "memory.limit_in_bytes": memory_mib << 20,
            "memory.max": memory_mib << 20,
            "memory.swap.max": 0,
        },
        "pids": {"pids.max": processes},
    }
    done = []
    for controller, place in (folders() if places is None else places).items():
        with suppress(OSError):
            group = place / f"{_PREFIX}{name}"
            group.mkdir(exist_ok=True)
            _write(group, limits[controller])
            (group / "cgroup.procs").write_text("0", encoding="ascii")
            done.append(controller)
    return tuple(sorted(done))


def join_groups_of(pid: int, tree: Path = TREE) -> None:
    """Join the learner's groups that another process is in (a kernel joins its server)."""
    for line in _lines(Path(f"/proc/{pid}/cgroup")):
        _, names, path = line.split(":", 2)
        if not path.rpartition("/")[2].startswith(_PREFIX):
            continue
        for name in names.split(","):
            (tree / name / path.lstrip("/") / "cgroup.procs").write_text("0", encoding="ascii")


def remove(name: str, patience: float = 2.0) -> None:
    """Remove a learner's groups once nobody is in them."""
    deadline = time.monotonic() + patience
    for place in set(folders().values()):
        group = place / f"{_PREFIX}{name}"
        while group.exists() and time.monotonic() < deadline:
            try:
                group.rmdir()
            except OSError:  # somebody is still dying in it
                time.sleep(0.05)


def _write(group: Path, values: Mapping[str, int]) -> None:
    """Write the limits that this version has a file for."""
    for name, value in values.items():
        if (group / name).exists():
            (group / name).write_text(str(value), encoding="ascii")


def _can_limit(controller: str, place: Path) -> bool:
    """Try it: a group is made, looked at and removed."""
    trial = place / f"{_PREFIX}trial-{os.getpid()}"
    files = {"memory": ("memory.limit_in_bytes", "memory.max"), "pids": ("pids.max",)}
    try:
        trial.mkdir()
    except OSError:
        return False
    able = any((trial / name).exists() for name in files[controller])
    with suppress(OSError):
        trial.rmdir()
    return able


def _move_all(place: Path, leaf: Path) -> None:
    leaf.mkdir(exist_ok=True)
    for pid in _lines(place / "cgroup.procs"):
        with suppress(OSError):
            (leaf / "cgroup.procs").write_text(pid, encoding="ascii")


def _above_ours(path: str) -> str:
    """Return the group of the hub, also for one who is in a leaf of ours already."""
    above, _, last = path.rpartition("/")
    return (above if last.startswith(_PREFIX) else path).strip("/")


def _controllers(place: Path) -> set[str]:
    return {word for line in _lines(place / "cgroup.controllers") for word in line.split()} & set(
        _CONTROLLERS
    )


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
