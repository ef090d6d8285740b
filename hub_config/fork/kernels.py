"""``ForkProvisioner``: a kernel forked from the kernels' zygote, beside the server that asks; else a plain one.

It is chosen by ``JUPYTER_DEFAULT_PROVISIONER_NAME``, so lessons' kernel specs need not name it. Nothing of the hub's is imported: this
runs in learners' servers.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from pathlib import Path
from subprocess import TimeoutExpired
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from hub_config.cell import identity
from hub_config.fork.protocol import Forked, ForkError, Order, ask, open_output

PROGRAM = "hub_config.learner.kernel"
SOCKET_ENV = "BDHAI_KERNELS"
# The zygote is the kernel's parent and outlives it, so ipykernel's own look-out for the parent would see nothing; the
# forked process looks out by itself. 1 tells ipykernel that somebody does.
_PARENTED = "--IPKernelApp.parent_handle=1"
log = logging.getLogger(__name__)


class ForkedProcess:
    """A forked kernel in the clothes of ``subprocess.Popen``, as far as ``LocalProvisioner`` looks."""

    stdin = stdout = stderr = None

    def __init__(self, forked: Forked) -> None:
        self._forked = forked
        self.pid = forked.pid

    @property
    def returncode(self) -> int | None:
        """Return what ``poll`` does."""
        return self.poll()

    def poll(self) -> int | None:
        """Return the exit code, or None while the kernel runs."""
        return self._forked.poll()

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the kernel's end.

        Raises:
            TimeoutExpired: it still runs.
        """
        deadline = time.monotonic() + (timeout if timeout is not None else float("inf"))
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise TimeoutExpired(PROGRAM, timeout or 0)
            time.sleep(0.02)
        return code

    def send_signal(self, number: int) -> None:
        """Signal the kernel itself, never a process that got its number."""
        identity.signal(self.pid, self._forked.started, number)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the kernel."""
        self.send_signal(signal.SIGKILL)


class ForkProvisioner(LocalProvisioner):
    """Fork Python kernels; start any other kernel, or one that can't be forked, as ``LocalProvisioner`` does."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:  # noqa: ANN401 - Jupyter's own signature
        """Start the kernel."""
        address = os.environ.get(SOCKET_ENV)
        if address and cmd[1:3] == ["-m", PROGRAM]:
            try:
                return await self._fork(Path(address), cmd[3:], kwargs)
            except ForkError as error:
                log.warning("could not fork a kernel, starting a plain one: %s", error)
        return await super().launch_kernel(cmd, **kwargs)

    async def _fork(self, address: Path, args: list[str], kwargs: dict[str, Any]) -> KernelConnectionInfo:
        env = kwargs.get("env") or os.environ
        cwd = os.path.realpath(kwargs.get("cwd") or ".")  # noqa: ASYNC240 - a local folder
        order = Order([*args, _PARENTED], {name: str(value) for name, value in env.items()}, cwd)
        forked = await asyncio.to_thread(_ask, address, order)
        self.process = ForkedProcess(forked)  # type: ignore[assignment]  # as much of a Popen as is asked of it
        self.pid = self.pgid = forked.pid  # it leads a session, so a group of its own
        self.cwd = cwd
        return self.connection_info


def _ask(address: Path, order: Order) -> Forked:
    """Ask; the kernel writes where the server writes."""
    try:
        output = os.dup(2)
    except OSError:
        output = open_output(None)
    try:
        return ask(address, order, output)
    finally:
        os.close(output)
