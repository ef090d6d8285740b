"""A kernel that a learner's process in a cell asks for lands in that cell, with that account."""

import asyncio
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

import courses
import hub_config
from hub_config.cell.spec import Cell
from hub_config.fork.keeper import Keeper, Plan

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can make cells")
UID = 312346
PROGRAM = "import json, os, sys\nwith open('told.json', 'w') as f: json.dump([os.getuid(), os.getgroups(), sorted(n for n in os.listdir('/proc') if n.isdigit()), os.path.exists('/root'), open('/proc/self/status').read(), open('/proc/self/cgroup').read()], f)"
ASKER = """
import sys, os, json, time
from pathlib import Path
from hub_config.fork.protocol import Order, ask
forked = ask(Path(sys.argv[1]), Order([], {}, os.getcwd()), 2)
while forked.poll() is None:
    time.sleep(0.01)
print(json.dumps([forked.pid, forked.poll()]))
"""


@pytest.fixture
def door():
    folder = Path(tempfile.mkdtemp(prefix="bd-", dir="/tmp"))
    folder.chmod(0o755)
    (folder / "program.py").write_text(PROGRAM, encoding="utf-8")
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def cell(tmp_path, door):
    for name in ("home", "stage"):
        (tmp_path / name).mkdir(mode=0o700)
    os.chown(tmp_path / "home", UID, UID)
    packages = [str(Path(each.__file__).parent) for each in (courses, hub_config)]
    shown = (sys.prefix, sys.base_prefix, *packages, str(door))
    return Cell(
        home=str(tmp_path / "home"),
        name="bdh-test-kernel",
        uid=UID,
        gid=UID,
        stage=str(tmp_path / "stage"),
        shown=shown,
    )


async def ask_from(cell, door):
    keeper = Keeper(Plan(door / "zygote.sock", "beside", program="program"))
    await keeper.wake()
    words = ["-P", "-m", "hub_config.cell.enter", json.dumps(cell.to_dict()), sys.executable, "-c", ASKER]
    asker = await asyncio.create_subprocess_exec(
        sys.executable,
        *words,
        str(door / "zygote.sock"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asker.communicate()
    await keeper.close()
    assert asker.returncode == 0, err.decode()
    return json.loads(out)


def test_a_kernel_joins_its_askers_account_view_processes_and_cgroup(cell, door, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(door))
    pid, code = asyncio.run(ask_from(cell, door))
    assert code == 0
    uid, groups, processes, root_seen, status, groups_of = json.loads(
        (Path(cell.home) / "told.json").read_text(encoding="utf-8")
    )
    assert (uid, groups, root_seen) == (UID, [], str(sys.base_prefix).startswith("/root"))
    assert processes == sorted(["1", str(pid)])
    assert "NoNewPrivs:\t1" in status
    assert "CapEff:\t0000000000000000" in status
    assert "bdhai-bdh-test-kernel" in groups_of or not Path("/sys/fs/cgroup").exists()
