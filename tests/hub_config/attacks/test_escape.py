"""Ways out of a cell that have worked elsewhere."""

import ctypes
import os
import shutil
from pathlib import Path

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


def home_of_attacker(scene):
    return scene.hub.data / "homes" / scene.attacker


def test_a_setuid_program_gives_no_rights(stock, ours):
    """Put there by root, as a careless restore of a backup may do."""
    if os.geteuid() != 0:
        pytest.skip("only root can make a program setuid root")
    code = 'print(json.dumps(int(subprocess.run(["./la-root", "-u"], capture_output=True, text=True).stdout or -1)))'
    for scene, uid in ((stock, 0), (ours, None)):
        place = home_of_attacker(scene) / "la-root"
        shutil.copy("/usr/bin/id", place)
        place.chmod(0o6755)
        try:
            assert (scene.got(code) == 0) is (uid == 0)
        finally:
            place.unlink()


def test_no_file_system_of_the_cell_honours_setuid_or_devices(ours):
    code = """
lines = [line.split() for line in Path("/proc/self/mountinfo").read_text().splitlines()]
print(json.dumps([[line[4], line[5].split(",")] for line in lines]))
"""
    for place, options in ours.got(code):
        assert "nosuid" in options, place
        assert "nodev" in options or place.startswith("/dev/"), place


def test_a_device_of_the_disk_can_not_be_made(ours):
    code = 'print(json.dumps(works(lambda: os.mknod("disk", 0o60666, os.makedev(254, 0)) is None)))'
    assert ours.got(code) is False


def test_the_kernels_own_switches_are_not_written(stock, ours):
    code = """
def can(path): return os.access(path, os.W_OK) and os.close(os.open(path, os.O_WRONLY)) is None
print(json.dumps([works(can, path) for path in ("/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/sys/vm/drop_caches", "/sys/fs/cgroup")]))
"""
    if os.geteuid() == 0:
        assert any(stock.got(code))
    assert not any(ours.got(code))


def test_limits_of_the_cgroup_are_not_seen_nor_changed(ours):
    assert ours.got('print(json.dumps(os.path.exists("/sys")))') is False


def test_a_namespace_of_ones_own_shows_nothing_more(ours):
    """A learner may become root of a user namespace of their own: the cell stays as empty as it was."""
    code = """
libc.unshare.argtypes = [ctypes.c_int]
script = '''
import ctypes, json, os, socket
libc = ctypes.CDLL(None, use_errno=True)
uid = os.getuid()
made = libc.unshare(0x10000000 | 0x00020000) == 0
if made:
    open("/proc/self/setgroups", "w").write("deny")
    open("/proc/self/uid_map", "w").write(f"0 {uid} 1")
libc.mount(b"none", b"/", None, ctypes.c_ulong(1 << 18 | 16384), None)
libc.umount2(os.environ["HOME"].encode(), 2)
seen = [os.path.exists(place) for place in json.loads(os.environ["WANTED"])]
def call(host):
    try:
        socket.create_connection((host, 80), 2)
        return True
    except OSError:
        return False
print(json.dumps([seen, call("10.0.0.1"), len([n for n in os.listdir("/proc") if n.isdigit()]) > 8]))
'''
wanted = [T[name] for name in ("victim_home", "database", "cookie_secret", "ledger", "lesson_keys")]
done = subprocess.run([sys.executable, "-c", script], env=os.environ | {"WANTED": json.dumps(wanted)}, capture_output=True, text=True)
print(done.stdout or json.dumps(done.stderr))
"""
    seen, called, crowd = ours.got(code)
    assert not any(seen)
    assert not called
    assert not crowd


def test_shared_memory_of_another_process_is_not_attached(stock, ours):
    libc = ctypes.CDLL(None, use_errno=True)
    number = libc.shmget(0, 4096, 0o1666)
    assert number >= 0
    code = f"libc.shmat.restype = ctypes.c_long\nprint(json.dumps(libc.shmat({number}, None, 0) != -1))"
    try:
        assert stock.got(code) is True
        assert ours.got(code) is False
    finally:
        libc.shmctl(number, 0, None)


def test_named_shared_memory_and_tmp_of_the_machine_are_not_seen(stock, ours):
    for folder in ("/dev/shm", "/tmp"):
        place = Path(folder) / f"bdhai-attack-{os.getpid()}"
        place.write_text("x", encoding="ascii")
        place.chmod(0o666)
        code = f"print(json.dumps(os.path.exists({str(place)!r})))"
        try:
            assert stock.got(code) is True
            assert ours.got(code) is False
        finally:
            place.unlink()


def test_the_zygote_forks_for_nobody_but_the_asker(ours):
    """Its kernels' socket is seen in each cell: whatever is said to it, cell and account are the asker's."""
    if ours.way != "account":
        assert ours.got('print(json.dumps("BDHAI_KERNELS" in os.environ))') is False, (
            "who shares its account may not ask"
        )
        return
    code = """
def ask(handles, **order):
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(20)
    line.connect(os.environ["BDHAI_KERNELS"])
    words = {"args": ["-c", "x"], "env": dict(os.environ), "cwd": "/"} | order
    socket.send_fds(line, [json.dumps(words).encode() + b"\\n"], handles)
    told = b""
    while part := line.recv(4096):
        told += part
        if b"inner" in told:
            break
    numbers = [json.loads(each).get("inner") for each in told.decode().splitlines()]
    inner = next(filter(None, numbers), None)
    return told.decode(), inner and os.stat(f"/proc/{inner}").st_uid == os.getuid()
log = os.open("log-cua-kernel", os.O_WRONLY | os.O_CREAT)
cell = {"home": "/root", "name": "x", "uid": 0, "gid": 0}
print(json.dumps([ask([log], cell=cell), ask([log], uid=0, gid=0), ask([]), ask([log], args="x")]))
"""
    with_cell, with_uid, without_file, broken = ours.got(code)
    assert "PermissionError" in with_cell[0]
    assert with_uid[1] is True
    assert "error" in without_file[0]
    assert "error" in broken[0]
    assert "zygote for beside ended" not in ours.hub.log(), "no order of a learner's ends it"


def test_a_flood_of_kernels_is_stopped(ours):
    if ours.way != "account":
        assert ours.got('print(json.dumps("BDHAI_KERNELS" in os.environ))') is False, (
            "who shares its account may not ask"
        )
        return
    code = """
lines = []
for _ in range(40):
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(20)
    line.connect(os.environ["BDHAI_KERNELS"])
    lines.append(line)
told = [line.recv(100).decode() for line in lines[20:]]
for line in lines: line.close()
print(json.dumps(told))
"""
    assert all("too many" in text for text in ours.got(code))
