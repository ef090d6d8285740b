"""A kernel of a learner on a real hub: send it code, read what it prints."""

import json
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass

import requests
import websocket

from tests.hub_fixture import Hub


@dataclass
class Kernel:
    """A running kernel.

    Attributes:
        channels: its websocket's address.
        cookie: the learner's, as a browser sends it.
        origin: where the page of that browser came from.
        server: address of the learner's server.
        browser: the learner's session.
    """

    channels: str
    cookie: str
    origin: str
    server: str
    browser: requests.Session

    def run(self, code: str, patience: float = 120) -> str:
        """Run code and return what it prints, errors included."""
        line = websocket.create_connection(
            self.channels, cookie=self.cookie, origin=self.origin, timeout=patience
        )
        with closing(line):
            question = uuid.uuid4().hex
            header = {"msg_id": question, "msg_type": "execute_request", "username": "", "session": "s"}
            content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False}
            message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
            line.send(json.dumps(message | {"channel": "shell"}))
            return "".join(_printed(line, question))

    def said(self, code: str, patience: float = 120) -> object:
        """Run code that prints JSON on its last line and return that value."""
        text = self.run(code, patience)
        try:
            return json.loads(text.strip().splitlines()[-1])
        except (ValueError, IndexError) as error:
            raise AssertionError(text) from error


@contextmanager
def running_kernel(hub: Hub, name: str, password: str = "") -> Iterator[Kernel]:
    """Start a learner's server and a kernel in it.

    Args:
        hub: where.
        name: a demo role, or a user name.
        password: of the user name.
    """
    browser = hub.sign_in(name, password)
    username = hub.accounts.get(name, (name, ""))[0]
    server = hub.start_server(browser, username)
    path = server[server.index("/user/") :] + "/"
    headers = {"X-XSRFToken": browser.cookies.get("_xsrf", path=path)}
    made = browser.post(f"{server}/api/kernels", headers=headers, json={"name": "python3"}, timeout=60)
    assert made.status_code == 201, made.text
    kernel = f"{server}/api/kernels/{made.json()['id']}"
    cookie = "; ".join(f"{each.name}={each.value}" for each in browser.cookies if path.startswith(each.path))
    yield Kernel(f"{kernel}/channels".replace("http", "ws", 1), cookie, hub.address, server, browser)
    with suppress(requests.Timeout):  # an attack may have taken the server's socket
        browser.delete(kernel, headers=headers, timeout=20)


def _printed(line: websocket.WebSocket, question: str) -> Iterator[str]:
    """Yield the texts that a request prints, until its kernel is idle again."""
    while True:
        message = json.loads(line.recv())
        if message["parent_header"].get("msg_id") != question:
            continue
        content = message["content"]
        if message["msg_type"] == "stream":
            yield content["text"]
        elif message["msg_type"] == "error":
            yield f"{content['ename']}: {content['evalue']}"
        elif message["msg_type"] == "status" and content["execution_state"] == "idle":
            return
