"""WebSockets through the Python proxy.

The stock handler leaves a visitor's end open when the server's has ended, keeps back which protocol the server chose (JupyterLab then
hears nothing), sends bytes on as text, and may lose what a server says at once.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from configurable_http_proxy.handlers import ProxyHandler
from tornado.httpclient import HTTPClientError
from tornado.websocket import WebSocketClientConnection, WebSocketClosedError, websocket_connect

GOING_AWAY = 1001  # close code of an end that says none: the server died


class WebSocketsHandler(ProxyHandler):  # type: ignore[misc]  # the package has no types
    """Connects to the server first, then lets the visitor in and carries messages until either end closes."""

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        """Choose what the server chose."""
        del subprotocols
        chosen: str | None = self.ws_client.selected_subprotocol if self.ws_client else None
        return chosen

    async def start_ws_client(self, path: str | None = None) -> None:
        """Connect to the server; if that fails the visitor has been answered."""
        url = await self.get_target_url(path)
        if url is None:
            return
        request = self._get_proxy_request(url.replace("http", "ws", 1))
        self.keep_the_way(request.headers)
        request.headers.pop("Sec-Websocket-Extensions", None)  # the two ways are packed each by itself
        try:
            self.ws_client = await websocket_connect(request)
        except HTTPClientError as error:
            self.set_status(error.code)
            self.finish()
        except Exception as error:  # noqa: BLE001 - whatever the target does becomes a 503, as in the stock handler
            await self.handle_proxy_error(503, error)

    def open(self, *_: Any, **__: Any) -> None:  # noqa: ANN401 - tornado's own signature
        """Begin to carry what the server says."""
        self._carrying = asyncio.ensure_future(
            self._carry(self.ws_client)
        )  # held: a task that nobody holds may vanish

    async def _carry(self, server: WebSocketClientConnection) -> None:
        """Carry the server's messages in order; the server's end is the visitor's."""
        with suppress(WebSocketClosedError):  # the visitor left
            while (message := await server.read_message()) is not None:
                self.proxy.update_last_activity(self.target["prefix"])
                await self.write_message(message, binary=isinstance(message, bytes))
        self.close(server.close_code or GOING_AWAY, server.close_reason)

    def on_message(self, message: str | bytes) -> None:
        """Carry the visitor's message; a server that has just ended hears no more."""
        with suppress(WebSocketClosedError):
            if self.ws_client:
                self.ws_client.write_message(message, binary=isinstance(message, bytes))

    def keep_the_way(self, headers: dict[str, str]) -> None:
        """Add to what proxies before this one wrote.

        The stock handler writes its own parts in small letters beside it, and one of the two gets lost on the way.
        """
        for key in ("X-Forwarded-For", "X-Forwarded-Proto"):
            heard, own = headers.pop(key, ""), headers.pop(key.lower(), "").lstrip(",")
            headers[key] = f"{heard},{own}" if heard else own
