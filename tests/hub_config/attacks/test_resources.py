"""Nobody can take the machine from the others: memory, disk, processes, open files."""

import pytest

from hub_config.cell import cgroups

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
BESIDE = (
    "print(subprocess.run([sys.executable, '-c', {code!r}], capture_output=True, text=True).stdout or '0')"
)


def beside(code):
    """Run code in a process beside the kernel, so that the kernel lives to tell what was printed."""
    return BESIDE.format(code=code)


FULL = """
taken = 0
try:
    kept = []
    while taken < 600:
        kept.append(bytearray(os.urandom(1 << 20)) if taken == 0 else bytearray(kept[0]))
        taken += 1
        print(taken, flush=True)
except MemoryError:
    pass
"""


def test_memory_is_limited(stock, ours):
    if ours.way == "account" and "memory" not in cgroups.prepare():
        pytest.skip("this machine has no memory cgroup that can be written")
    code = beside("import os\n" + FULL)
    assert stock.got(code) == 600
    most = (
        256 if ours.way == "account" else 512
    )  # without a cgroup each process by itself, and what it asks for
    assert ours.got(code) < most


def test_processes_are_limited(stock, ours):
    code = """
made = []
try:
    for _ in range(200):
        child = os.fork()
        if child == 0:
            time.sleep(60)
            os._exit(0)
        made.append(child)
except OSError:
    pass
finally:
    for child in made: os.kill(child, 9)
    for child in made: os.waitpid(child, 0)
print(json.dumps(len(made)))
"""
    assert stock.got(code) == 200
    assert ours.got(code) < 64


def test_threads_count_as_processes(ours):
    code = """
import threading
stop, made = threading.Event(), []
try:
    for _ in range(200):
        made.append(threading.Thread(target=stop.wait)); made[-1].start()
except RuntimeError:
    pass
stop.set()
print(json.dumps(len(made)))
"""
    assert ours.got(code) < 64


def test_open_files_are_limited(stock, ours):
    code = """
import resource
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
print(json.dumps(hard))
"""
    assert stock.got(code) > 1024
    assert ours.got(code) <= 1024


def test_tmp_and_shared_memory_are_small_rooms(ours):
    code = """
def fill(folder):
    written = 0
    try:
        with open(folder + "/day", "wb") as stream:
            while written < 400:
                stream.write(bytes(1 << 20)); stream.flush(); written += 1
    except OSError:
        pass
    finally:
        os.unlink(folder + "/day")
    return written
print(json.dumps([fill("/tmp"), fill("/dev/shm")]))
"""
    assert all(written <= 64 for written in ours.got(code))


def test_names_in_tmp_are_limited_too(ours):
    if ours.way == "bubblewrap":
        pytest.skip("bubblewrap has no option for the number of names, see docs/hosting.md")
    code = """
made = 0
try:
    for made in range(20000): os.close(os.open(f"/tmp/n{made}", os.O_CREAT | os.O_WRONLY))
except OSError:
    pass
for number in range(made): os.unlink(f"/tmp/n{number}")
print(json.dumps(made))
"""
    assert ours.got(code) < 8192


def test_a_learner_who_filled_everything_leaves_others_at_work(ours):
    """After all attacks above the victim's kernel still answers, and the portal too."""
    assert ours.kernel_of_victim.said("print(1 + 1)") == 2
    page = ours.hub.sign_in("official").get(f"{ours.hub.address}/services/portal/", timeout=30)
    assert page.status_code == 200


def test_a_file_is_limited(stock, ours):
    code = """
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
def act():
    with open("lon", "wb") as stream:
        stream.truncate(100 << 20)
    return True
print(json.dumps(works(act)))
Path("lon").unlink()
"""
    assert stock.got(code) is True
    assert ours.got(code) is False
