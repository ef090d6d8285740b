"""A learner's own code asks the AI with the stock openai package, as it is: the gateway is behind it."""

import json
import uuid
from contextlib import closing

import pytest
import websocket

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

CODE = """
import openai
client = openai.OpenAI()
model = client.models.list().data[0].id
ask = {"model": model, "messages": [{"role": "user", "content": "Chào AI"}]}
print("whole:", client.chat.completions.create(**ask).choices[0].message.content)
pieces = [piece.choices[0].delta.content or "" for piece in client.chat.completions.create(**ask, stream=True) if piece.choices]
print("pieces:", len(pieces) > 1, "".join(pieces))
try:
    client.chat.completions.create(model=model, messages=[{"role": "user", "content": "Gọi 0912345678"}])
except openai.UnprocessableEntityError as error:
    print("kept back:", error.code, "số điện thoại" in error.message)
"""


@pytest.fixture
def run(hub):
    """Return a function that runs code in a kernel of the demo learner and gives what it prints."""
    username = hub.accounts["learner"][0]
    browser = hub.sign_in("learner")
    address = hub.start_server(browser, username)
    path = address[address.index("/user/") :] + "/"
    headers = {"X-XSRFToken": browser.cookies.get("_xsrf", path=path)}
    made = browser.post(f"{address}/api/kernels", headers=headers, json={"name": "python3"}, timeout=60)
    kernel = f"{address}/api/kernels/{made.json()['id']}"
    cookies = "; ".join(f"{each.name}={each.value}" for each in browser.cookies if path.startswith(each.path))

    def execute(code):
        line = websocket.create_connection(
            f"{kernel}/channels".replace("http", "ws", 1), cookie=cookies, origin=hub.address, timeout=120
        )
        with closing(line):
            header = {
                "msg_id": uuid.uuid4().hex,
                "msg_type": "execute_request",
                "username": "",
                "session": "s",
            }
            content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False}
            message = {
                "header": header,
                "parent_header": {},
                "metadata": {},
                "content": content,
                "channel": "shell",
            }
            line.send(json.dumps(message))
            return "".join(printed(line, header["msg_id"]))

    yield execute
    browser.delete(kernel, headers=headers, timeout=60)


def printed(line, question):
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


def test_the_openai_package_works_as_it_is_in_a_learners_kernel(run, provider):
    asked = provider.calls
    lines = run(CODE).splitlines()
    whole = lines[0].removeprefix("whole: ")
    assert whole
    assert lines[1:] == [f"pieces: True {whole}", "kept back: personal_data True"]
    assert provider.calls == asked + 2, "what is kept back never reaches the provider"
