from __future__ import annotations

import stat

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from courses.school.db import open_engine, session
from courses.school.models import Login, Person
from hub_config.cli import app

ROSTER = "mã,họ tên,tổ,nhóm,vai trò\nHV1,Nguyễn Thị Hường,Tổ 1,người dân,học viên\n"


@pytest.fixture
def bdhai(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BDHAI_DATA", str(tmp_path / "data"))
    (tmp_path / "ds.csv").write_text(ROSTER, encoding="utf-8")
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def test_a_roster_can_be_imported_before_the_first_run(bdhai, tmp_path):
    result = bdhai("roster", "import", "ds.csv")
    assert result.exit_code == 0, result.output
    engine = open_engine(f"sqlite:///{tmp_path}/data/bdhai.sqlite")
    with session(engine) as db:
        assert [login.value for login in db.scalars(select(Login))] == ["hv1"]
        assert [person.username[:3] for person in db.scalars(select(Person))] == ["bd-"]
    engine.dispose()


def test_the_data_folder_is_for_its_owner_only(bdhai, tmp_path):
    bdhai("roster", "import", "ds.csv")
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_asking_for_help_makes_no_database(bdhai, tmp_path):
    assert "create-groups" in bdhai("roster", "import", "--help").output
    assert not (tmp_path / "data").exists()
