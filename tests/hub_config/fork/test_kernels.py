"""Forked kernels, through Jupyter's own kernel manager."""

import asyncio
import os
import shutil
import tempfile
import time
from pathlib import Path

import psutil
import pytest
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.factory import KernelProvisionerFactory

from hub_config.fork import preimports
from hub_config.fork.keeper import Keeper, Plan
from hub_config.fork.kernels import ForkProvisioner
from hub_config.fork.protocol import ForkError, Order
from hub_config.spawner import LEARNER


@pytest.fixture
def short():
    """A folder whose name leaves room for a unix socket's."""
    folder = Path(tempfile.mkdtemp(prefix="bk-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def play(short, monkeypatch):
    """Run a coroutine that gets a started kernel's manager and client."""
    KernelProvisionerFactory.clear_instance()
    monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", "bdhai-fork")
    monkeypatch.setenv("BDHAI_KERNELS", str(short / "zygote.sock"))
    monkeypatch.setenv("JUPYTER_PATH", str(LEARNER / "share" / "jupyter"))  # the kernel that lessons name

    async def scene(act, wake):
        keeper = Keeper(Plan(short / "zygote.sock", "beside", preimports.KERNEL))
        manager = AsyncKernelManager(transport="ipc", connection_file=str(short / "kernel.json"))
        try:
            if wake:
                await keeper.wake()
            await manager.start_kernel(cwd=str(short))
            client = manager.client()
            client.start_channels()
            await client.wait_for_ready(timeout=60)
            return await act(manager, client, keeper)
        finally:
            client.stop_channels()
            await manager.shutdown_kernel(now=True)
            await keeper.close()

    yield lambda act, *, wake=True: asyncio.run(scene(act, wake))
    KernelProvisionerFactory.clear_instance()


async def run(client, code):
    """Run code and return what it printed, or the error's name."""
    said = []

    def listen(message):
        content = message["content"]
        said.append(content.get("text") or content.get("ename") or "")

    await client.execute_interactive(code, output_hook=listen, timeout=30)
    return "".join(said)


def process_of(manager):
    assert isinstance(manager.provisioner, ForkProvisioner)
    return psutil.Process(manager.provisioner.pid)


def test_a_kernel_is_forked_and_runs_code_in_its_folder(play, short):
    async def act(manager, client, keeper):
        process = process_of(manager)
        assert process.ppid() == keeper.pid
        assert "-m hub_config.learner.kernel -f" in " ".join(process.cmdline())
        return await run(client, "import os; print(6 * 7, os.getcwd())")

    assert play(act) == f"42 {short}\n"


PRINT_FROM_A_FORK = """
import os, sys
pid = os.fork()
if pid == 0:
    print("từ tiến trình con", flush=True)
    os._exit(0)
os.waitpid(pid, 0)
import time; time.sleep(0.5)
"""


def test_a_kernel_has_no_port_and_still_shows_what_its_own_subprocesses_print(play):
    async def act(manager, client, _):
        return process_of(manager).net_connections("inet"), await run(client, PRINT_FROM_A_FORK)

    assert play(act) == ([], "từ tiến trình con\n")


def test_a_kernel_is_interrupted(play):
    async def act(manager, client, _):
        asyncio.get_running_loop().call_later(0.5, lambda: asyncio.ensure_future(manager.interrupt_kernel()))
        return await run(client, "import time; time.sleep(60)")

    assert "KeyboardInterrupt" in play(act)


def test_a_kernel_is_restarted_and_forgets(play):
    async def act(manager, client, _):
        await run(client, "x = 1")
        old = process_of(manager).pid
        await manager.restart_kernel(now=True)
        await client.wait_for_ready(timeout=60)
        assert process_of(manager).pid != old
        return await run(client, "print('x' in dir())")

    assert play(act) == "False\n"


def test_a_kernel_is_shut_down_and_gone(play):
    async def act(manager, _, __):
        process = process_of(manager)
        await manager.shutdown_kernel()
        return process

    assert not play(act).is_running()


def test_the_end_of_a_kernel_is_noticed(play):
    async def act(manager, _, __):
        process_of(manager).kill()
        deadline = time.monotonic() + 10
        while await manager.is_alive():
            assert time.monotonic() < deadline
            await asyncio.sleep(0.02)

    play(act)


def test_without_a_zygote_a_plain_kernel_starts(play):
    async def act(manager, client, _):
        assert process_of(manager).ppid() == os.getpid()
        return await run(client, "print(1)")

    assert play(act, wake=False) == "1\n"


def test_a_kernel_outlives_the_zygote(play):
    async def act(_, client, keeper):
        await keeper.close()
        return await run(client, "print(1)")

    assert play(act) == "1\n"


def test_a_kernel_ends_with_the_server_that_asked_for_it(short):
    """The asker is a process of its own here: it asks, says the kernel's number and is killed."""
    code = (
        "import os, sys, time; from pathlib import Path; from hub_config.fork.protocol import Order, ask\n"
        f"forked = ask(Path({str(short / 'zygote.sock')!r}), Order([], dict(os.environ), '/'), 2)\n"
        "print(forked.pid, flush=True); time.sleep(60)"
    )

    async def act():
        keeper = Keeper(Plan(short / "zygote.sock", "beside", program="sleeper"))
        await keeper.wake()
        asker = await asyncio.create_subprocess_exec(
            "python",
            "-c",
            code,
            stdout=asyncio.subprocess.PIPE,
            env={"PYTHONPATH": os.environ["PYTHONPATH"], "PATH": os.environ["PATH"]},
        )
        kernel = psutil.Process(int(await asker.stdout.readline()))
        assert kernel.is_running()
        asker.kill()
        await asker.wait()
        _, alive = psutil.wait_procs([kernel], timeout=10)
        await keeper.close()
        return alive

    (short / "sleeper.py").write_text("import time; time.sleep(60)", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join((str(short), str(Path.cwd()))))
        patch.setenv("PATH", os.pathsep.join((str(Path(os.sys.executable).parent), os.environ["PATH"])))
        assert asyncio.run(act()) == []


def test_a_cell_cannot_be_asked_for_at_the_kernels_door(short):
    async def act():
        keeper = Keeper(Plan(short / "zygote.sock", "beside", preimports.KERNEL))
        with pytest.raises(ForkError, match="can't be asked for"):
            await keeper.fork(Order([], {}, "/", {"home": "/", "uid": 0}))
        await keeper.close()

    asyncio.run(act())


def test_one_account_has_a_dozen_kernels_at_most(short):
    async def act():
        keeper = Keeper(Plan(short / "zygote.sock", "beside", program="sleeper"))
        order = Order([], {"PATH": "/usr/bin:/bin"}, "/")
        made = [await keeper.fork(order) for _ in range(12)]
        with pytest.raises(ForkError, match="too many"):
            await keeper.fork(order)
        for forked in made:
            os.kill(forked.pid, 9)
            forked.close()
        await asyncio.sleep(0.5)
        again = await keeper.fork(order)
        os.kill(again.pid, 9)
        again.close()
        await keeper.close()

    (short / "sleeper.py").write_text("import time; time.sleep(60)", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(short))
        asyncio.run(act())
