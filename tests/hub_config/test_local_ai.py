"""The local model is installed beside an open school, and its failure is only a sentence."""

import subprocess
import sys
import time
from importlib.util import find_spec

import psutil
import pytest

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


@missing
def test_installing_does_not_keep_the_school_waiting(installer, tmp_path):
    lines = []
    began = time.monotonic()
    work = install_beside(
        psutil.Process().pid, {"PATH": "/usr/bin"}, tmp_path / "log", lines.append, installer("sleep 2")
    )
    assert time.monotonic() - began < 1
    assert "Lớp dùng được ngay" in lines[0]
    work.join()
    assert (tmp_path / "log").read_text(encoding="utf-8") == f"local-ai into {sys.prefix}\n"
    assert "Đã cài xong" in lines[1]


@missing
def test_a_failed_installation_is_a_sentence_and_nothing_else(installer, tmp_path):
    lines = []
    install_beside(psutil.Process().pid, {}, tmp_path / "log", lines.append, installer("exit 1")).join()
    assert "Lớp vẫn chạy" in lines[1]


def test_nothing_is_installed_when_ai_is_switched_off(installer, tmp_path):
    assert install_beside(1, {"BDHAI_AI": "none"}, tmp_path / "log", print, installer("")) is None


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
