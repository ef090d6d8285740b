"""What a home holds is measured as the disk sees it, and what was written last goes first."""

import os
import subprocess
import sys
import time

from hub_config.cell import quota
from hub_config.cell.quota import Room, Used

MIB = 1024 * 1024


def write(place, size, age=0):
    place.write_bytes(os.urandom(size))
    os.sync()
    moment = time.time() - age
    os.utime(place, (moment, moment))


def test_a_home_is_measured_in_bytes_on_disk_and_names(tmp_path):
    (tmp_path / "level1").mkdir()
    write(tmp_path / "level1" / "a", MIB)
    with (tmp_path / "hole").open("wb") as hollow:
        hollow.truncate(500 * MIB)
    used = quota.measure(tmp_path)
    assert used.names == 3
    assert MIB <= used.size < 2 * MIB


def test_a_file_of_two_names_counts_once_and_a_symlink_leads_nowhere(tmp_path):
    home, outside = tmp_path / "home", tmp_path / "outside"
    home.mkdir()
    outside.mkdir()
    write(outside / "big", 3 * MIB)
    write(home / "a", MIB)
    os.link(home / "a", home / "b")
    (home / "out").symlink_to(outside)
    assert MIB <= quota.measure(home).size < 2 * MIB


def test_a_file_without_a_name_counts_while_a_process_holds_it(tmp_path):
    code = f"import os, time\nf = open({str(tmp_path / 'x')!r}, 'wb'); f.write(bytes(3 << 20)); f.flush(); os.fsync(f.fileno()); os.unlink(f.name); print(1, flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    try:
        assert process.stdout.readline()
        assert quota.measure(tmp_path).size < MIB
        assert quota.measure(tmp_path, [process.pid]).size >= 3 * MIB
        assert process.pid in quota.processes_by_account()[os.getuid()]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_what_was_written_last_goes_and_answers_stay(tmp_path):
    (tmp_path / "level1").mkdir()
    write(tmp_path / "level1" / "answers.json", MIB)  # the newest of all
    write(tmp_path / "old", MIB, age=900)
    write(tmp_path / "level1" / "new", MIB, age=10)
    write(tmp_path / "newest", MIB, age=5)
    gone = quota.trim(tmp_path, Room(int(2.5 * MIB), 100))
    assert gone == ["newest", "level1/new"]
    assert (tmp_path / "old").exists()
    assert (tmp_path / "level1" / "answers.json").exists()


def test_too_many_names_go_too(tmp_path):
    for number in range(30):
        (tmp_path / f"n{number}").touch()
    assert len(quota.trim(tmp_path, Room(MIB, 20))) == 10


def test_room_is_a_matter_of_both():
    room = Room(10, 10)
    assert room.holds(Used(10, 10))
    assert not room.holds(Used(11, 1))
    assert not room.holds(Used(1, 11))
