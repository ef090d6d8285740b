"""The real local model (``make test-llm``): it speaks the protocol, honours the schema, and earns no trust by itself.

These tests hold what the product promises with any model, however weak; the printed figures say how weak.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from importlib.util import find_spec

import httpx2
import openai
import pytest

from autograder.calibration import Calibrated
from autograder.judge import samples_of
from autograder.openai_judge import OpenAIJudge
from courses.lessons import load_lessons
from courses.site import REPOSITORY

pytestmark = [
    pytest.mark.llm,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(find_spec("xllamacpp") is None, reason="the local-ai extra is not installed"),
]
KEY = "test-key"


@pytest.fixture(scope="module")
def address():
    """Start the local server as the gateway does; the model is joined below BDHAI_DATA if it isn't there."""
    port = _free_port()
    command = [sys.executable, "-m", "hub_config.ai.local", "--with-parent", "--port", str(port)]
    child = subprocess.Popen(
        command, env={**os.environ, "BDHAI_LOCAL_KEY": KEY}, stdin=subprocess.PIPE, cwd=REPOSITORY
    )
    assert child.stdin is not None
    url = f"http://127.0.0.1:{port}/v1"
    started = time.monotonic()
    while not _answers(url):
        assert child.poll() is None, "the local model ended"
        assert time.monotonic() - started < 600, "the local model did not come up"
        time.sleep(0.5)
    print(f"\nup after {time.monotonic() - started:.1f} s")  # noqa: T201 - figures for the report
    yield url
    child.stdin.close()
    child.wait(30)


def _free_port() -> int:
    from hub_config.ai.local import free_port  # noqa: PLC0415 - only where the extra is installed

    return free_port()


def _answers(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/models", headers={"Authorization": f"Bearer {KEY}"}, timeout=5).is_success
    except httpx2.HTTPError:
        return False


@pytest.fixture(scope="module")
def lesson():
    return next(lesson for lesson in load_lessons(REPOSITORY) if lesson.number == "1.2")


def _client(address):
    return openai.OpenAI(base_url=address, api_key=KEY, timeout=600, max_retries=0)


def test_it_answers_a_vietnamese_question(address):
    with _client(address) as client:
        started = time.monotonic()
        reply = client.chat.completions.create(
            model="local",
            messages=[{"role": "user", "content": "Viết lời mời họp tổ dân phố, ba câu, giọng thân mật."}],
            max_tokens=150,
            temperature=0,
        )
    seconds = time.monotonic() - started
    assert reply.choices[0].message.content
    assert reply.usage is not None
    print(f"\n{reply.usage.completion_tokens / seconds:.1f} tokens/s: {reply.choices[0].message.content}")  # noqa: T201


def test_it_wants_its_key(address):
    stranger = openai.OpenAI(base_url=address, api_key="another", max_retries=0)
    with stranger, pytest.raises(openai.AuthenticationError):
        stranger.chat.completions.create(model="x", messages=[{"role": "user", "content": "x"}])


def test_every_judgement_is_complete_or_an_abstention_and_no_off_topic_answer_earns(address, lesson):
    exercise, samples = lesson.slot("lenh").variant("official"), samples_of(lesson, "lenh", "official")

    async def go():
        judge = OpenAIJudge(address, KEY, "local", timeout=600, concurrency=1)
        judged = [(sample, await judge.judge(exercise, sample.text)) for sample in samples]
        await judge.aclose()
        return judged

    for sample, judgement in asyncio.run(go()):
        print(f"\n{sample.text[:60]}: {judgement}\n  wanted {sample.verdicts}")  # noqa: T201 - for the report
        assert judgement.reason != "unparsable"
        if judgement.outcome == "judged":
            assert {verdict.criterion for verdict in judgement.verdicts} == {c.id for c in exercise.rubric}
        if not any(sample.verdicts.values()):
            assert not judgement.score(exercise)


def test_an_exercise_that_it_cannot_calibrate_stays_silent(address, lesson):
    exercise, samples = lesson.slot("lenh").variant("official"), samples_of(lesson, "lenh", "official")

    async def go():
        judge = Calibrated(OpenAIJudge(address, KEY, "local", timeout=600, concurrency=1))
        judgement = await judge.judge(
            exercise, "Viết cho tôi một tờ thông báo thật là hay để dán cổng nhé.", samples
        )
        await judge.aclose()
        return judgement

    judgement = asyncio.run(go())
    print(f"\n{judgement}")  # noqa: T201 - for the report
    assert judgement.reason == "not_calibrated" or (judgement.score(exercise) or 0) <= 2
