"""A learner's own code asks the AI with the stock openai package, as it is: the gateway is behind it."""

import pytest

from tests.kernel_fixture import running_kernel

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
    with running_kernel(hub, "learner") as kernel:
        yield kernel.run


def test_the_openai_package_works_as_it_is_in_a_learners_kernel(run, provider):
    asked = provider.calls
    lines = run(CODE).splitlines()
    whole = lines[0].removeprefix("whole: ")
    assert whole
    assert lines[1:] == [f"pieces: True {whole}", "kept back: personal_data True"]
    assert provider.calls == asked + 2, "what is kept back never reaches the provider"
