"""Whose server is stopped, as arithmetic; and what counts as a sign of life."""

import os

import pytest

from courses.site import Idle
from hub_config.idle.choice import ONE_SERVER, Desk, to_shed, too_long
from hub_config.idle.memory import Memory, Watch, from_env, read
from hub_config.idle.times import cull_kernels, late, tell_activity_every
from hub_config.idle.writing import seconds_since

GIB = 2**30
MINUTE = 60.0


def test_a_server_goes_when_neither_the_hub_nor_the_disk_heard_of_its_learner():
    desks = [
        Desk("lan", idle=40 * MINUTE),
        Desk("hung", idle=40 * MINUTE, quiet=2 * MINUTE),
        Desk("mai", idle=MINUTE),
    ]
    assert too_long(desks, 30 * MINUTE) == ["lan"]


def test_lacking_memory_takes_the_longest_unused_first_and_no_more_than_needed():
    desks = [Desk(str(minutes), idle=minutes * MINUTE) for minutes in (7, 90, 8, 20)]
    assert to_shed(desks, 1, 5 * MINUTE) == ["90"]
    assert to_shed(desks, 2 * ONE_SERVER, 5 * MINUTE) == ["90", "20"]
    assert to_shed(desks, 0, 5 * MINUTE) == []


def test_who_writes_is_never_chosen_however_little_memory_is_left():
    desks = [Desk("lan", idle=90 * MINUTE, quiet=1.0), Desk("hung", idle=4 * MINUTE)]
    assert to_shed(desks, 1000 * GIB, 5 * MINUTE) == []


@pytest.fixture
def lesson(tmp_path):
    folder = tmp_path / "level1" / "01-bai"
    folder.mkdir(parents=True)
    return folder


def write(path, moment):
    path.write_text("{}", encoding="utf-8")
    os.utime(path, (moment, moment))


def test_the_newest_answer_tells_when_somebody_wrote(tmp_path, lesson):
    write(lesson / "answers.json", 900.0)
    assert seconds_since(tmp_path, 1000.0) == 100.0
    write(lesson / ".answers.json.tmp", 999.0)
    assert seconds_since(tmp_path, 1000.0) == 1.0


def test_other_files_and_times_to_come_are_no_sign_of_life(tmp_path, lesson):
    write(lesson / "bai.ipynb", 999.0)
    write(lesson / "answers.json", 9999.0)
    assert seconds_since(tmp_path, 1000.0) == float("inf")
    assert seconds_since(tmp_path / "nobody", 1000.0) == float("inf")


def test_no_link_leads_out_of_a_home(tmp_path, lesson):
    write(lesson / "answers.json", 999.0)
    home = tmp_path / "home"
    home.mkdir()
    (home / "level1").symlink_to(tmp_path / "level1")
    assert seconds_since(home, 1000.0) == float("inf")


def meminfo(tmp_path, available):
    file = tmp_path / "meminfo"
    file.write_text(f"MemTotal: {8 * GIB // 1024} kB\nMemFree: 1 kB\nMemAvailable: {available // 1024} kB\n")
    return file


def test_the_machine_tells_its_memory(tmp_path):
    memory = read(meminfo(tmp_path, 2 * GIB), tmp_path)
    assert memory == Memory(8 * GIB, 2 * GIB)
    assert memory.share == 0.25
    assert memory.lacking(0.5) == 2 * GIB
    assert memory.lacking(0.1) == 0


@pytest.mark.parametrize(
    ("limit", "use", "spare"),
    [
        ("memory.max", "memory.current", "inactive_file"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "total_inactive_file"),
    ],
)
def test_a_containers_limit_counts_when_it_is_the_scarcer(tmp_path, limit, use, spare):
    (tmp_path / limit).parent.mkdir(exist_ok=True)
    (tmp_path / limit).write_text(str(4 * GIB))
    (tmp_path / use).write_text(str(4 * GIB))
    (tmp_path / limit).with_name("memory.stat").write_text(f"anon 5\n{spare} {GIB}\n")
    assert read(meminfo(tmp_path, 7 * GIB), tmp_path) == Memory(4 * GIB, GIB)


def test_a_container_without_a_limit_is_the_machine(tmp_path):
    (tmp_path / "memory.max").write_text("max")
    (tmp_path / "memory.current").write_text("5")
    assert read(meminfo(tmp_path, GIB), tmp_path) == Memory(8 * GIB, GIB)


def test_a_machine_that_tells_nothing_is_never_low(tmp_path):
    assert read(tmp_path / "none", tmp_path) is None
    assert not Watch(0.9, lambda: None).is_low()


def test_memory_is_low_below_the_share(tmp_path):
    file = str(meminfo(tmp_path, GIB))
    assert Watch(0.2, lambda: from_env({"BDHAI_MEMINFO": file})).is_low()
    assert not Watch(0.1, lambda: from_env({"BDHAI_MEMINFO": file})).is_low()


def test_kernels_are_looked_at_often_enough_for_their_limit():
    assert cull_kernels(Idle()) == (
        "--MappingKernelManager.cull_idle_timeout=600",
        "--MappingKernelManager.cull_interval=60",
    )
    assert cull_kernels(Idle(kernel_minutes=0.1))[1] == "--MappingKernelManager.cull_interval=3"


def test_a_server_tells_of_activity_before_the_steward_counts_it_as_idle():
    assert tell_activity_every(Idle()) == 60
    for minutes in (0.05, 0.5, 30, 90):
        idle = Idle(server_minutes=minutes)
        assert late(idle) > 1.1 * tell_activity_every(idle)
