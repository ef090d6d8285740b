"""Stopping leaves nothing behind, whatever the children do."""

import subprocess
import sys

import psutil
import pytest

PARENT = """
import pathlib, sys
from hub_config import processes
processes.adopt_orphans()
first = processes.start(["bash", "-c", sys.argv[2]], {"PATH": "/usr/bin:/bin"}, pathlib.Path(sys.argv[1]), pathlib.Path("/"))
print("up", flush=True)
sys.stdin.readline()
processes.stop_everything(first, patience=1)
print("left", len(processes._rest()), flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def parent(tmp_path):
    """A process that starts a shell command, and stops everything when it gets a line."""
    started = []

    def start(command):
        process = subprocess.Popen(
            [sys.executable, "-c", PARENT, str(tmp_path / "log"), command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout.readline() == "up\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def stop(process):
    process.stdin.write("\n")
    process.stdin.flush()
    return process.stdout.readline()


@pytest.mark.parametrize(
    "command",
    [
        "sleep 1000",
        "trap '' TERM; sleep 1000 & wait",  # ignores the first request
        "(setsid sleep 1000 &) ; sleep 1000",  # a grandchild in a session of its own
        "(trap '' TERM INT; setsid bash -c \"trap '' TERM; while true; do sleep 1; done\" &) ; exit 0",  # an orphan
    ],
)
def test_nothing_is_left(parent, command):
    process = parent(command)
    below = psutil.Process(process.pid).children(recursive=True)
    assert stop(process) == "left 0\n"
    _, alive = psutil.wait_procs(below, timeout=1)
    assert alive == []


def test_the_first_process_ends_when_its_starter_is_killed(parent):
    process = parent("exec sleep 1000")
    below = psutil.Process(process.pid).children(recursive=True)
    assert below
    process.kill()
    process.wait()
    _, alive = psutil.wait_procs(below, timeout=10)
    assert alive == []
