"""The systemd unit is one that systemd takes, and says what the programme needs."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from courses.site import REPOSITORY

UNIT = REPOSITORY / "docs" / "hosting" / "bdhai.service"


@pytest.fixture
def unit():
    parsed = configparser.RawConfigParser(strict=False)
    parsed.optionxform = str
    parsed.read_string(UNIT.read_text(encoding="utf-8"))
    return parsed


def test_systemd_finds_no_fault(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd on this machine")
    program = tmp_path / "bdhai"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    text = re.sub(
        r"^ExecStart=\S+", f"ExecStart={program}", UNIT.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    text = re.sub(r"^WorkingDirectory=.*", f"WorkingDirectory={tmp_path}", text, flags=re.MULTILINE)
    copy = tmp_path / "bdhai.service"
    copy.write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, timeout=60, check=False
    )
    assert str(copy) not in done.stderr + done.stdout
    assert done.returncode == 0, done.stderr


def test_it_stops_the_school_in_order_and_comes_back_after_a_fall(unit):
    service = unit["Service"]
    assert (service["KillMode"], service["Restart"], service["Delegate"]) == ("mixed", "always", "yes")
    assert int(service["TimeoutStopSec"]) >= 45  # the hub has 30 seconds, what is left after it five


def test_secrets_stand_in_a_file_of_their_own(unit):
    assert unit["Service"]["EnvironmentFile"] == "-/etc/bdhai/secrets.env"
    assert "KEY" not in UNIT.read_text(encoding="utf-8").split("[Service]")[1]


def test_the_command_is_the_one_that_the_package_installs(unit):
    command = Path(unit["Service"]["ExecStart"].split()[0])
    assert command.name == "bdhai"
    assert 'bdhai = "hub_config.cli:main"' in (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
