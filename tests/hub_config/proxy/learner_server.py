"""``python learner_server.py SOCKET…``: servers of several people in one process; each tells who it is and how it was asked."""

import asyncio
import json
import sys
from pathlib import Path

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_unix_socket
from tornado.web import Application
from tornado.websocket import WebSocketHandler


class Any(WebSocketHandler):
    """Any address: a page that tells whose server this is and the address as it came; or a talk, for who asks for one.

    The talk: it greets at once, in one protocol, says back what it hears, and ends when it is told.
    """

    async def prepare(self):
        if "Upgrade" in self.request.headers:
            return
        heard = self.request.headers.get("X-Forwarded-For", "")
        told = {"who": self.settings["who"], "uri": self.request.uri, "forwarded": heard}
        self.finish(json.dumps(told))

    def select_subprotocol(self, subprotocols):
        return "v1" if "v1" in subprotocols else None

    def open(self):
        self.write_message("chào " + self.settings["who"])

    def on_message(self, message):
        if message == "end":
            self.close(4001, "hết giờ")
        else:
            self.write_message(message, binary=isinstance(message, bytes))


def listen(place):
    """Serve at a socket whose name is the person's."""
    app = Application([(r".*", Any)], who=Path(place).name)
    HTTPServer(app).add_socket(bind_unix_socket(place))
    Path(place + ":80").symlink_to(place)  # as ``hub_config.cell.making.address`` does for JupyterHub 6


async def main(places):
    for place in places:
        listen(place)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


asyncio.run(main(sys.argv[1:]))
