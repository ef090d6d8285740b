"""The zygote for real: what a forked process is, and what is left of its parent in it."""

import asyncio
import os
import signal
import socket
import time

import psutil
import pytest

from hub_config.fork.keeper import clean_env
from hub_config.fork.protocol import Forked, ForkError, Order
from tests.hub_config.fork.conftest import ended

CHANCE = """
import random, uuid, ssl, multiprocessing
say(random=random.random(), uuid=str(uuid.uuid4()), ssl=ssl.RAND_bytes(8).hex(),
    authkey=bytes(multiprocessing.current_process().authkey).hex())
"""


def test_a_process_gets_its_own_environment_arguments_folder_and_session(scene):
    async def act(bench):
        code = "say(env=dict(os.environ), cwd=os.getcwd(), leader=os.getsid(0) == os.getpid(), name=__name__)"
        return await bench.say(code, env={"TEN": "Bé Chè"}), bench.folder

    told, folder = scene(act)
    assert told["env"] == {"PATH": "/usr/bin:/bin", "TEN": "Bé Chè"}
    assert told["cwd"] == str(folder)
    assert told["leader"]
    assert told["name"] == "__main__"


def test_the_machine_shows_the_new_program_and_its_environment_not_the_zygotes(scene):
    async def act(bench):
        forked = await bench.run("time.sleep(60)", env={"TEN": "Bé Chè"})
        process = psutil.Process(forked.pid)
        return process.cmdline(), process.environ()

    command, env = scene(act)
    assert command[1:] == ["-m", "bdhai_program", "time.sleep(60)"]
    assert env == {"PATH": "/usr/bin:/bin", "TEN": "Bé Chè"}


def test_a_process_has_no_open_file_but_the_standard_three(scene):
    async def act(bench):
        return await bench.say("say(open=sorted(int(n) for n in os.listdir('/proc/self/fd')))")

    assert scene(act)["open"] in ([0, 1, 2], [0, 1, 2, 3])  # 3: the folder that is being listed


def test_two_processes_never_draw_the_same(scene):
    async def act(bench):
        return [await bench.say(CHANCE, name=name) for name in ("one", "two")]

    one, two = scene(act)
    assert all(one[kind] != two[kind] for kind in one)


def test_a_process_can_gain_no_rights(scene):
    async def act(bench):
        return await bench.say("say(status=open('/proc/self/status').read())")

    assert "NoNewPrivs:\t1" in scene(act)["status"]


def test_exit_codes_and_signals_are_told(scene):
    async def act(bench):
        codes = [await ended(await bench.run(code)) for code in ("sys.exit(0)", "sys.exit(7)", "1/0")]
        shot = await bench.run("time.sleep(60)")
        os.kill(shot.pid, signal.SIGKILL)
        return [*codes, await ended(shot)]

    assert scene(act) == [0, 7, 1, -9]


def test_a_dead_process_leaves_no_zombie(scene):
    async def act(bench):
        forked = await bench.run("pass")
        await ended(forked)
        return psutil.pid_exists(forked.pid)

    assert scene(act) is False


def test_processes_go_on_when_the_zygote_is_killed_and_the_next_start_finds_a_new_one(scene):
    async def act(bench):
        first = await bench.run("time.sleep(60)")
        old = bench.keeper.pid
        os.kill(old, signal.SIGKILL)
        second = await bench.run("time.sleep(60)")
        assert bench.keeper.pid not in {0, old}
        assert (first.poll(), second.poll()) == (None, None)
        os.kill(first.pid, signal.SIGKILL)
        return await ended(first)

    assert scene(act) == 0  # nobody knows its code


def test_a_killed_zygote_is_started_again_without_being_asked(scene):
    async def act(bench):
        await bench.keeper.wake()
        old = bench.keeper.pid
        os.kill(old, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while bench.keeper.pid in {0, old}:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)

    scene(act)


def test_the_zygote_ends_with_the_hub_that_holds_its_input(scene):
    async def act(bench):
        await bench.keeper.wake()
        process = psutil.Process(bench.keeper.pid)
        await bench.keeper.close()
        return process

    assert not scene(act).is_running()


def test_a_program_that_does_not_come_up_is_a_fork_error(scene):
    async def act(bench):
        with pytest.raises(ForkError, match="FileNotFoundError"):
            await bench.keeper.fork(Order(["pass"], {}, "/khong-co", {"home": str(bench.folder)}))
        with pytest.raises(ForkError, match="no cell"):
            await bench.keeper.fork(Order(["pass"], {}, "/"))

    scene(act)


def test_a_zygote_that_cannot_start_is_a_fork_error_and_not_tried_again_at_once(scene):
    async def act(bench):
        bench.folder.joinpath("z.sock").mkdir()  # nothing can be bound there
        with pytest.raises(ForkError, match="ended at its start"):
            await bench.run("pass")
        began = time.monotonic()
        with pytest.raises(ForkError, match="a moment ago"):
            await bench.run("pass")
        assert time.monotonic() - began < 0.1

    scene(act)


def test_an_import_that_starts_a_thread_is_refused(scene):
    async def act(bench):
        code = "import threading, time; threading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
        (bench.folder / "code" / "bdhai_threads.py").write_text(code, encoding="utf-8")
        with pytest.raises(ForkError, match="ended at its start"):
            await bench.run("pass")

    scene(act, imports=("bdhai_threads",))


def test_a_module_that_is_missing_costs_nothing(scene):
    async def act(bench):
        return await bench.say("say(ok=True)")

    assert scene(act, imports=("khong_co_module_nay",)) == {"ok": True}


@pytest.mark.parametrize(
    "text",
    [
        b"xin chao\n",
        b"[]\n",
        b'{"args": [1], "env": {}, "cwd": "/"}\n',
        b'{"args": [], "env": {}, "cwd": "/", "cell": {"home": "/"}}\n',  # without a file for the output
        b"9" * 300_000,
    ],
)
def test_nonsense_is_answered_with_an_error_and_the_zygote_goes_on(scene, text):
    async def act(bench):
        await bench.keeper.wake()
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(5)
            line.connect(str(bench.folder / "z.sock"))
            try:
                line.sendall(text)
            except OSError:
                pass
            else:
                assert b"error" in line.recv(1000)
        return await bench.say("say(ok=True)")

    assert scene(act) == {"ok": True}


def test_only_the_owner_reaches_the_socket_and_the_log(scene):
    async def act(bench):
        await bench.say("say(ok=True)")
        return [(bench.folder / name).stat().st_mode & 0o777 for name in ("z.sock", "log")]

    assert scene(act) == [0o600, 0o600]


def test_a_number_that_belongs_to_somebody_else_now_is_not_taken_for_the_process():
    assert Forked(pid=os.getpid(), started=1).poll() == 0


def test_the_zygotes_environment_is_a_short_list():
    env = clean_env(
        {"OPENAI_API_KEY": "sk", "JUPYTERHUB_API_TOKEN": "t", "BDHAI_LAUNCH": "{}", "PATH": "/bin"}
    )
    assert set(env) == {"PATH", "LANG", "HOME", "PYTHONNOUSERSITE", "MALLOC_ARENA_MAX"}
