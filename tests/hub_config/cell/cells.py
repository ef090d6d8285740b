"""Cells for tests: made for real, by root or by bubblewrap; where the machine allows none, the reason why."""

import json
import os
import subprocess
import sys
from pathlib import Path

import courses
from hub_config.cell import making
from hub_config.cell.spec import Cell

UID = 312345
CELLS = "" if os.geteuid() == 0 else "only root can make these cells"
CAN = """
def can(path):
    try:
        open(path + '/x', 'w').close()
        return True
    except OSError:
        return False
"""  # a program's question whether it may write in a folder


def cell_in(folder):
    """Return a cell whose home is ``folder/home``; ``folder/other`` is another home, open to everybody."""
    for name in ("home", "stage", "other"):
        (folder / name).mkdir(mode=0o700)
    (folder / "other" / "answers.json").write_text("{}", encoding="utf-8")
    os.chown(folder / "home", UID, UID)
    return Cell(
        home=str(folder / "home"),
        name="bdh-test",
        uid=UID,
        gid=UID,
        stage=str(folder / "stage"),
        shown=(sys.prefix, sys.base_prefix, str(Path(courses.__file__).parent)),
    )


def command_in(cell, command):
    """Return the command that runs another one in a cell."""
    return [*making.command(cell), *command]


def run(cell, code, patience=60):
    """Run Python code in a cell."""
    command = command_in(cell, [sys.executable, "-c", code])
    return subprocess.run(command, capture_output=True, text=True, timeout=patience, check=False)


def said(cell, code):
    """Run code that prints one JSON value and return the value."""
    done = run(cell, f"import json, os\n{code}")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
