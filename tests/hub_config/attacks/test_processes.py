"""Other processes can't be seen, asked for their secrets, signalled or traced."""

from pathlib import Path

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
LIBRARY = """
def environments():
    for pid in os.listdir("/proc"):
        if pid.isdigit():
            try:
                yield Path(f"/proc/{pid}/environ").read_bytes()
            except OSError:
                pass
def found(word):
    return any(word.encode() in env for env in environments())
"""


def test_no_process_of_anybody_else_is_listed(stock, ours):
    code = "print(json.dumps(len(others()) > 0))"
    assert stock.got(code) is True
    assert ours.got(code) is False


def test_what_is_listed_is_the_learners_own(ours):
    code = 'print(json.dumps(sorted({os.stat(f"/proc/{pid}").st_uid for pid in os.listdir("/proc") if pid.isdigit()} | {os.getuid()})))'
    assert len(ours.got(code)) == 1


def test_the_providers_key_is_in_no_environment(stock, ours):
    code = f"{LIBRARY}\nprint(json.dumps(found(T['provider_key'])))"
    assert stock.got(code) is True
    assert ours.got(code) is False


def test_no_token_of_anybody_else_is_in_an_environment(stock, ours):
    code = f"{LIBRARY}\nprint(json.dumps([found(token) for token in T['other_tokens']]))"
    assert all(stock.got(code))
    assert not any(ours.got(code))


def test_nobody_elses_memory_holds_still_for_a_tracer(stock, ours):
    """PTRACE_SEIZE (0x4206) takes hold of a process; 0x4207 stops it, without which 17 would not let it go again."""
    code = """
def seized(pid):
    if libc.ptrace(0x4206, pid, 0, 0):
        return False
    libc.ptrace(0x4207, pid, 0, 0)
    os.waitpid(pid, 0x40000000)
    return libc.ptrace(17, pid, 0, 0) == 0
def opened(pid):
    return os.open(f"/proc/{pid}/mem", os.O_RDWR)
print(json.dumps([any(works(act, pid) for pid in WHOM if not is_mine(pid)) for act in (seized, opened)]))
"""
    of_this_school = (
        'WHOM = {*T["victim"], T["hub"]}'  # the rest of the machine may be somebody's who is at work
    )
    assert stock.got(of_this_school + code) == [True, True]
    assert ours.got('WHOM = {*T["victim"], T["hub"], *others()}' + code) == [False, False]


def test_nobody_elses_process_can_be_signalled(stock, ours):
    code = """
def signalled(pid):
    os.kill(pid, 0)
    return True
print(json.dumps(any(works(signalled, pid) for pid in {*T["victim"], T["hub"], *others()} if not is_mine(pid))))
"""
    assert stock.got(code) is True
    assert ours.got(code) is False


def test_a_signal_to_everybody_ends_only_ones_own(ours):
    """``kill(-1)`` reaches all that the sender may signal: here nobody but the sender's own cell."""
    code = """
child = os.fork()
if child == 0:
    os.setsid()
    for number in (signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, signal.SIG_IGN)
    os.kill(-1, 0)
    os._exit(0)
os.waitpid(child, 0)
print("true")
"""
    ours.got(code)
    assert all(Path(f"/proc/{pid}").exists() for pid in ours.places.victim)
    assert ours.hub.process.poll() is None


def test_no_right_is_left_and_none_can_be_won(ours):
    code = """
status = dict(line.split(":\\t", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":\\t" in line)
print(json.dumps({name: status[name] for name in ("CapEff", "CapPrm", "CapBnd", "CapAmb", "NoNewPrivs", "Groups")}))
"""
    status = ours.got(code)
    assert {status[name] for name in ("CapEff", "CapPrm", "CapBnd", "CapAmb")} == {"0" * 16}
    assert status["NoNewPrivs"] == "1"
    assert status["Groups"].strip() == ""
