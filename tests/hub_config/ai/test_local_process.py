"""The local model's process: it never holds up the gateway, comes back when it falls, ends with its starter."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

from courses.site import REPOSITORY
from hub_config.ai.local import threads
from hub_config.ai.local_process import LocalModel
from hub_config.ai.provider import provider_from_env

FAKE = REPOSITORY / "tests" / "fake_openai.py"
LOCAL = {"BDHAI_AI": "local"}


def _model(*command: str, **options: object) -> LocalModel:
    provider = provider_from_env(LOCAL)
    assert provider is not None
    return LocalModel(provider, os.environ, command, pause=0.1, **options)


async def _until(state: str, model: LocalModel) -> None:
    async with asyncio.timeout(30):
        while model.state != state:  # noqa: ASYNC110 - the state is a plain attribute, as the gateway reads it
            await asyncio.sleep(0.05)


def test_it_becomes_ready_in_the_background_and_ends_on_request():
    async def go():
        model = _model(sys.executable, str(FAKE))
        started = time.monotonic()
        model.start()
        assert time.monotonic() - started < 0.1
        assert model.state == "starting"
        await _until("ready", model)
        await model.stop()
        return model.provider.base_url

    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{asyncio.run(go())}/models")


def test_a_model_that_cannot_be_used_is_not_started_again(tmp_path):
    script = tmp_path / "unusable.py"
    script.write_text(
        f"import pathlib\npathlib.Path({str(tmp_path / 'starts')!r}).open('a').write('x')\nraise SystemExit(3)"
    )

    async def go():
        model = _model(sys.executable, str(script))
        model.start()
        await _until("failed", model)
        await model.stop()

    asyncio.run(go())
    assert (tmp_path / "starts").read_text() == "x"


def test_a_process_that_falls_is_started_so_many_times(tmp_path):
    script = tmp_path / "falls.py"
    script.write_text(
        f"import pathlib\npathlib.Path({str(tmp_path / 'starts')!r}).open('a').write('x')\nraise SystemExit(1)"
    )

    async def go():
        model = _model(sys.executable, str(script), tries=2)
        model.start()
        await _until("failed", model)
        await model.stop()

    asyncio.run(go())
    assert (tmp_path / "starts").read_text() == "xx"


def test_the_gateway_says_that_the_ai_is_starting(running, open_gateway, ask):
    async def make():
        return _model(sys.executable, "-c", "import time; time.sleep(60)")

    model = running.do(make())
    running.loop.call_soon_threadsafe(model.start)
    response = ask(open_gateway(provider_from_env(LOCAL), local=model))
    assert response.status_code == 503
    assert response.json()["error"]["code"] == "starting"
    assert "AI đang khởi động" in response.json()["error"]["message"]


def test_the_gateway_asks_the_local_model_once_it_is_up(running, open_gateway, ask):
    async def make():
        model = _model(sys.executable, str(FAKE))
        model.start()
        await _until("ready", model)
        return model

    address = open_gateway(provider_from_env(LOCAL), local=running.do(make()))
    assert ask(address).json()["choices"][0]["message"]["content"].startswith("Chào bạn!")


def test_the_model_process_ends_when_its_starter_is_killed(tmp_path):
    (tmp_path / "ai").mkdir()
    env = {
        **os.environ,
        "BDHAI_DATA": str(tmp_path),
        "BDHAI_MODEL": "/dev/zero",
        "BDHAI_MODEL_SHA256": "0" * 64,
    }
    # Hashing /dev/zero never ends: a child that is busy for ever, and nothing but its own watch can end it.
    command = [sys.executable, "-m", "hub_config.ai.local", "--with-parent"]
    child = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, cwd=REPOSITORY)
    time.sleep(2)
    assert child.poll() is None
    assert child.stdin is not None
    child.stdin.close()
    assert child.wait(30) == 0


def test_a_wrong_hash_stops_the_process_with_a_sentence(tmp_path):
    (tmp_path / "ai").mkdir()
    (tmp_path / "ai" / "model.gguf").write_bytes(b"GGUF but another")
    env = {**os.environ, "BDHAI_DATA": str(tmp_path)}
    env.pop("BDHAI_MODEL", None)
    command = [sys.executable, "-m", "hub_config.ai.local"]
    done = subprocess.run(command, env=env, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "không đúng mã kiểm" in done.stderr
    assert "Traceback" not in done.stderr
    assert not Path(tmp_path / "ai" / "local.json").exists()


@pytest.mark.parametrize(("cores", "computing"), [(1, 1), (2, 1), (8, 7)])
def test_one_core_is_left_to_the_hub(cores, computing):
    assert threads(cores) == computing
