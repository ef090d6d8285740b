"""A hub that falls is started again; one that always falls is given up."""

import subprocess
import sys
import threading

import pytest

from hub_config.keeping import FALLS, FELL, Keeper, TooManyFalls

ORPHAN = """
import os, subprocess, sys, time, psutil
from hub_config import processes
processes.adopt_orphans()
subprocess.run(["sh", "-c", "sleep 0.1 & exit"])  # its child becomes ours
own = subprocess.Popen(["true"])
time.sleep(0.5)
undertaker = processes.Undertaker()
undertaker.look(keep={own.pid})
undertaker.look(keep={own.pid})
left = [child.pid for child in psutil.Process().children()]
print(left == [own.pid], own.wait())
"""


def test_a_hub_that_always_falls_is_given_up():
    said = []
    keeper = Keeper(lambda: subprocess.Popen(["false"]), threading.Event(), said.append)
    with pytest.raises(TooManyFalls):
        keeper.keep()
    assert said == [FELL] * FALLS


def test_falls_that_are_long_ago_do_not_count():
    days = iter(range(0, 10**9, 86400))
    stop = threading.Event()
    started = []

    def start():
        started.append(subprocess.Popen(["false"]))
        if len(started) == 3 * FALLS:
            stop.set()
        return started[-1]

    Keeper(start, stop, lambda _line: None, lambda: next(days)).keep()
    assert len(started) == 3 * FALLS
    for process in started:
        process.wait()


def test_a_hub_that_runs_is_left_alone_until_the_end():
    stop = threading.Event()
    hub = subprocess.Popen(["sleep", "60"])
    threading.Timer(1.0, stop.set).start()
    said = []
    Keeper(lambda: hub, stop, said.append).keep()
    assert said == []
    assert hub.poll() is None
    hub.kill()
    hub.wait()


def test_dead_orphans_are_buried_and_own_children_are_not():
    done = subprocess.run([sys.executable, "-c", ORPHAN], capture_output=True, text=True, check=False)
    assert done.stdout == "True 0\n", done.stderr


SERVICES = """
import os, subprocess, sys, psutil
from hub_config import processes
service = subprocess.Popen(["sleep", "60"], env={"PATH": os.environ["PATH"], "JUPYTERHUB_SERVICE_NAME": "portal"})
server = subprocess.Popen(["sleep", "60"], env={"PATH": os.environ["PATH"], "JUPYTERHUB_USER": "lan"})
processes.end_services()
print(service.poll() is not None, server.poll() is None)
server.kill()
"""


def test_services_of_a_lost_hub_end_and_learners_servers_go_on():
    done = subprocess.run([sys.executable, "-c", SERVICES], capture_output=True, text=True, check=False)
    assert done.stdout == "True True\n", done.stderr
