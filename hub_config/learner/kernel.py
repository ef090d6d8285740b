"""``python -m hub_config.learner.kernel``: ipykernel without a port on the network.

With ``transport='ipc'`` a stock kernel still listens on one TCP port of the loopback address, for what the learner's own
subprocesses print. Here that pipe is a socket file too, beside the kernel's others.
"""

from __future__ import annotations

import sys
from pathlib import Path

import zmq
from ipykernel.iostream import IOPubThread
from ipykernel.kernelapp import IPKernelApp
from zmq.eventloop.zmqstream import ZMQStream


class PrivateOutput(IOPubThread):
    """Takes subprocesses' output from a socket file."""

    def __init__(self, socket: zmq.Socket[bytes], address: str, session: object) -> None:
        self._address = address
        super().__init__(socket, pipe=True, session=session)  # type: ignore[no-untyped-call]  # theirs is untyped

    def _setup_pipe_in(self) -> None:
        self._pipe_uuid = b""  # who can open the file is this account already
        inlet = self.socket.context.socket(zmq.PULL)
        inlet.linger = 0
        inlet.bind(self._address)
        self._pipe_in = ZMQStream(inlet, self.io_loop)
        self._pipe_in.on_recv(self._handle_pipe_msg)

    def _setup_pipe_out(self) -> tuple[zmq.Context[zmq.Socket[bytes]], zmq.Socket[bytes]]:
        context = zmq.Context()  # one of its own: this is a fork
        outlet = context.socket(zmq.PUSH)
        outlet.linger = 3000  # milliseconds, as in the stock pipe
        outlet.connect(self._address)
        return context, outlet


class LessonKernel(IPKernelApp):
    """ipykernel's application with private output."""

    def init_iopub(self, context: zmq.Context[zmq.Socket[bytes]]) -> None:
        """Open the channel on which everything is printed."""
        if self.transport != "ipc":
            super().init_iopub(context)  # type: ignore[no-untyped-call]  # theirs is untyped
            return
        self.iopub_socket = context.socket(zmq.XPUB)
        self.iopub_socket.linger = 1000
        self.iopub_port = self._bind_socket(self.iopub_socket, self.iopub_port)  # type: ignore[no-untyped-call]  # as above
        self.configure_tornado_logger()  # type: ignore[no-untyped-call]  # as above
        self.iopub_thread = PrivateOutput(self.iopub_socket, f"ipc://{self.ip}-output", self.session)
        self.iopub_thread.start()  # type: ignore[no-untyped-call]  # as above
        self.iopub_socket = self.iopub_thread.background_socket


def main() -> None:
    """Run a kernel; no module of the learner's folder may take the place of one that the kernel needs."""
    if sys.path and Path(sys.path[0] or ".").resolve() == Path.cwd():
        del sys.path[0]
    LessonKernel.launch_instance()


if __name__ == "__main__":
    main()
