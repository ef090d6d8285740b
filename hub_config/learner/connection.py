"""A page's line to its kernel, open as soon as both hear each other.

``jupyter_server`` asks a kernel for a sign of life and waits half a second before it asks again: the first sign is lost when the kernel gives it
before the line listens to what is published. With forked kernels that happens at every other page, and a learner waits for nothing.
"""

from __future__ import annotations

import asyncio

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

PAUSES = (0.02, 0.05, 0.1, 0.2)  # seconds; afterwards jupyter_server's own half seconds go on


class QuickConnection(ZMQChannelsWebsocketConnection):
    """Asks again sooner."""

    def nudge(self) -> asyncio.Future[None]:
        """Ask for a sign of life; return what is done once it was heard."""
        heard = super().nudge()
        self._asking = asyncio.ensure_future(self.ask_again(heard))
        return heard

    async def ask_again(self, heard: asyncio.Future[None]) -> None:
        """Ask a few times more, until the sign was heard."""
        control = None
        try:
            for pause in PAUSES:
                await asyncio.wait({heard}, timeout=pause)
                if heard.done():
                    return
                control = control or self.kernel_manager.connect_control()
                self.session.send(control, "kernel_info_request")
        finally:
            if control is not None:
                control.close()
