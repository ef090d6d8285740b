"""The machine's clock is set while a class learns: three days forth, two hours back."""

import json
import os
import shlex
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from autograder.models import DayStep
from courses.school.db import open_engine, session
from tests.hub_config.faults.conftest import until
from tests.hub_fixture import running_hub

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]
HERE = Path(__file__).parent
DAY, HOUR = 86_400, 3_600
AROUND = """
set -e
mount --bind {etc} /etc
exec "$@"
"""


class Clock:
    """A clock for everything that starts behind ``around``."""

    def __init__(self, folder):
        self.etc = folder / "etc"
        shutil.copytree("/etc", self.etc, symlinks=True, ignore_dangling_symlinks=True)
        library = folder / "clock.so"
        subprocess.run(["gcc", "-shared", "-fPIC", "-o", library, HERE / "clock.c"], check=True, timeout=60)
        (self.etc / "ld.so.preload").write_text(f"{library}\n")
        (self.etc / "bdhai-clock").write_bytes(struct.pack("q", 0))
        script = folder / "around"
        script.write_text(AROUND.format(etc=shlex.quote(str(self.etc))))
        self.around = ["unshare", "--mount", "sh", str(script)]

    def set(self, seconds):
        """Set it so far from the true time; the file stays the same one, because it is mapped."""
        with (self.etc / "bdhai-clock").open("r+b") as file:
            file.write(struct.pack("q", seconds))


@pytest.fixture(scope="module")
def clock(tmp_path_factory):
    if os.geteuid() != 0 or not shutil.which("gcc") or not shutil.which("unshare"):
        pytest.skip("needs root, gcc and unshare to give a school its own clock")
    clock = Clock(tmp_path_factory.mktemp("clock"))
    if subprocess.run([*clock.around, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine allows no mount of its own")
    return clock


@pytest.fixture(scope="module")
def hub(tmp_path_factory, clock):
    with running_hub(tmp_path_factory.mktemp("data"), around=clock.around) as running:
        yield running


def last_day(hub):
    engine = open_engine(f"sqlite:///{hub.data / 'bdhai.sqlite'}")
    try:
        with session(engine) as db:
            return db.scalar(select(func.max(DayStep.day)).where(DayStep.step == "boards"))
    finally:
        engine.dispose()


def doctor(hub, clock):
    env = os.environ | {
        "BDHAI_DATA": str(hub.data),
        "BDHAI_SITE": str(hub.data / "site.yaml"),
        "BDHAI_AI": "none",
    }
    command = [*clock.around, sys.executable, "-m", "hub_config", "doctor", "--json"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)
    return {each["check"]: each for each in json.loads(done.stdout)}


def test_nothing_is_lost_and_the_nights_are_caught_up(hub, clock, phone):
    phone.open_lesson()
    phone.write("Trước khi chỉnh giờ.")
    phone.saved("Trước khi chỉnh giờ.")
    first = phone.hand_in()
    server = phone.server()
    until(lambda: last_day(hub) is not None, 180)
    before = last_day(hub)

    clock.set(3 * DAY)
    phone.write("Sau khi giờ nhảy tới.")
    phone.saved("Sau khi giờ nhảy tới.")
    until(lambda: (last_day(hub) - before).days == 3, 300)
    assert server.is_running()  # the hub heard nothing of it for three days, as it seems
    second = phone.hand_in()

    clock.set(-2 * HOUR)
    phone.write("Sau khi giờ chạy lùi.")
    phone.saved("Sau khi giờ chạy lùi.")
    third = phone.hand_in()
    assert len({first, second, third}) == 3
    for receipt in (first, second, third):
        page = phone.page.context.request.get(f"{hub.address}/services/portal/ket-qua/{receipt}")
        assert page.status == 200
        assert receipt in page.text()
    phone.page.goto(f"{hub.address}/services/portal/")
    expect(phone.page.locator("main")).to_be_visible()
    assert server.is_running()
    found = doctor(hub, clock)["clock"]
    assert found["state"] == "bad"
    assert "chạy lùi" in found["what"]
