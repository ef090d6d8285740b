"""A cell for real, made by root: what a learner's program can see, reach and use in it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import courses
from hub_config.cell import accounts, cgroups
from tests.hub_config.cell.cells import CAN, CELLS, UID, cell_in, run, said

pytestmark = pytest.mark.skipif(bool(CELLS), reason=CELLS)


@pytest.fixture
def cell(tmp_path):
    return cell_in(tmp_path)


def test_a_program_runs_as_the_learner_in_their_home_without_any_right(cell):
    code = "print(json.dumps([os.getuid(), os.getgid(), os.getgroups(), os.getcwd(), os.umask(0), open('/proc/self/status').read()]))"
    uid, gid, groups, cwd, umask, status = said(cell, code)
    assert (uid, gid, groups, cwd, umask) == (UID, UID, [], cell.home, 0o077)
    assert "NoNewPrivs:\t1" in status
    for kind in ("CapEff", "CapPrm", "CapBnd"):
        assert f"{kind}:\t0000000000000000" in status


def test_it_sees_its_own_processes_only(cell):
    assert said(cell, "print(json.dumps([n for n in os.listdir('/proc') if n.isdigit()]))") == ["1"]


def test_it_sees_no_other_home_no_lesson_source_and_an_empty_tmp_of_its_own(cell, tmp_path):
    (tmp_path / "other").chmod(0o777)
    repository = Path(courses.__file__).parent.parent
    code = (
        f"print(json.dumps([os.path.exists({str(tmp_path / 'other')!r}), os.path.exists({str(repository / 'level1')!r}), "
        "os.path.exists('/root/.bashrc'), os.path.exists('/etc/shadow'), open('/etc/passwd').read()]))"
    )
    *seen, passwd = said(cell, code)
    assert seen == [False, False, False, False]
    assert passwd.count("\n") == 2


def test_it_writes_in_its_home_and_in_tmp_and_nowhere_else(cell):
    code = f"""{CAN}print(json.dumps([can(p) for p in ({cell.home!r}, '/tmp', '/dev/shm', '/', '/etc', '/usr', {sys.prefix!r}, '/proc')]))
"""
    assert said(cell, code) == [True, True, True, False, False, False, False, False]
    assert (Path(cell.home) / "x").stat().st_uid == UID
    assert not Path("/tmp/x").exists()


def test_the_exit_code_is_the_programs(cell):
    assert run(cell, "raise SystemExit(7)").returncode == 7


@pytest.mark.skipif("memory" not in cgroups.prepare(), reason="no memory cgroup here")
def test_memory_of_all_processes_together_is_limited(cell):
    code = "import os\nos.fork()\nx = bytearray(160 << 20)\nfor i in range(0, len(x), 4096): x[i] = 1\nimport time; time.sleep(1); print('full')"
    assert run(cell, code).stdout.count("full") < 2


def test_processes_are_limited(cell):
    code = """
import time
made = 0
try:
    for _ in range(200):
        if os.fork() == 0:
            time.sleep(20); os._exit(0)
        made += 1
except OSError:
    pass
print(json.dumps(made), flush=True)
"""
    assert said(cell, code) < 64


def test_open_files_and_the_size_of_a_file_are_limited(cell):
    code = """
import errno
kept, faults = [], []
try:
    while True: kept.append(open('/dev/null'))
except OSError as error: faults.append(error.errno)
kept.clear()
try:
    with open('big', 'wb') as f: f.truncate(600 << 20)
except OSError as error: faults.append(error.errno)
print(json.dumps(faults))
"""
    assert said(cell, "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n" + code) == [24, 27]


def test_an_account_is_made_once_and_is_nobody_elses(tmp_path):
    name = accounts.name_of(tmp_path, "lan; rm -rf /")
    try:
        first, second = accounts.ensure(name, tmp_path), accounts.ensure(name, tmp_path)
        assert first == second
        assert first[0] >= accounts.FIRST
    finally:
        subprocess.run(["userdel", name], check=True, capture_output=True)


def test_names_of_accounts_do_not_collide_and_hold_no_word_of_a_learners(tmp_path):
    names = {
        accounts.name_of(*whose)
        for whose in ((tmp_path, "a"), (tmp_path, "b"), (tmp_path / "a", ""), (tmp_path, "-a\n"))
    }
    assert len(names) == 4
    assert all(re.fullmatch(r"bdh-[0-9a-f]{24}", name) for name in names)


def test_an_account_of_the_machines_own_is_never_used(tmp_path):
    with pytest.raises(accounts.AccountError, match="no learner's"):
        accounts.ensure("daemon", tmp_path)


def test_a_home_is_given_without_following_a_symlink_out_of_it(tmp_path):
    home, outside = tmp_path / "home", tmp_path / "outside"
    (home / "level1").mkdir(parents=True)
    outside.write_text("x", encoding="utf-8")
    (home / "level1" / "link").symlink_to(outside)
    accounts.give(home, UID, UID)
    assert (home / "level1").stat().st_uid == UID
    assert (home / "level1" / "link").lstat().st_uid == UID
    assert outside.stat().st_uid == 0
