"""What a zygote imports before it forks: the list of a probe run, see ``hub_config.fork.probe``."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

SERVER = Path(__file__).with_name("server.txt")
KERNEL = Path(__file__).with_name("kernel.txt")


def import_all(names: Path) -> list[str]:
    """Import each module of a list; return those that can't be imported here: they cost time, nothing else."""
    missing = []
    for name in names.read_text(encoding="ascii").split():
        try:
            importlib.import_module(name)
        except Exception:  # noqa: BLE001 - another version of a package lacks or breaks it; the program will tell
            missing.append(name)
    return missing


def make_ready() -> None:
    """Do once what each process would do for itself after its imports: compile the schema of notebooks (9 MiB, 0.3 s)."""
    notebooks = sys.modules.get("nbformat")
    if notebooks is not None:
        for relaxed in (False, True):
            notebooks.validate(notebooks.v4.new_notebook(), relax_add_props=relaxed)
