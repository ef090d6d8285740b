"""A real ward with three learners, short times, and a memory reading that the test writes."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from courses.school import accounts
from courses.school.db import open_engine, session
from courses.school.models import Person
from tests.hub_fixture import Hub, running_hub
from tests.many_learners import PASSWORD

SITE = """\
programme:
  name: Lớp thử
idle:
  kernel_minutes: 0.15
  server_minutes: 0.8
  shed_minutes: 0.1
  memory_share: 0.1
"""
ROSTER = """\
mã,họ tên,tổ,nhóm,vai trò
HV1,Nguyễn Thị Hường,Tổ 1,người dân,học viên
HV2,Trần Văn Lâm,Tổ 1,người dân,học viên
HV3,Lê Thị Mai,Tổ 1,người dân,học viên
"""


@dataclass
class Ward:
    """A hub with people; ``memory(share)`` says how much is left."""

    hub: Hub
    meminfo: Path

    def memory(self, share: float) -> None:
        fresh = self.meminfo.with_suffix(".new")
        fresh.write_text(f"MemTotal: 1000000 kB\nMemAvailable: {int(share * 1e6)} kB\n", encoding="ascii")
        fresh.replace(self.meminfo)

    def sign_in(self, username):
        return self.hub.sign_in(username, PASSWORD)

    def runs(self, username) -> bool:
        """Tell from the machine, not from the hub, whether a learner's server runs."""
        return self.hub.runs(username)


@pytest.fixture(scope="module")
def ward(tmp_path_factory):
    data = tmp_path_factory.mktemp("data")
    (data / "site.yaml").write_text(SITE, encoding="utf-8")
    (data / "ds.csv").write_text(ROSTER, encoding="utf-8")
    env = os.environ | {"BDHAI_DATA": str(data), "BDHAI_SITE": str(data / "site.yaml")}
    command = [sys.executable, "-m", "hub_config", "roster", "import", str(data / "ds.csv")]
    subprocess.run([*command, "--create-groups"], env=env, check=True, capture_output=True, timeout=120)
    engine = open_engine(f"sqlite:///{data / 'bdhai.sqlite'}")
    with session(engine) as db:
        for person in db.scalars(select(Person)):
            accounts.set_password(db, person, PASSWORD)
            person.username = (
                person.external_id.lower()
            )  # as one who was there before names were drawn by chance
    engine.dispose()
    meminfo = data / "meminfo"
    own = Ward(Hub("", data, None), meminfo)  # type: ignore[arg-type]
    own.memory(0.9)
    with running_hub(data, {"BDHAI_MEMINFO": str(meminfo)}) as hub:
        own.hub = hub
        yield own
