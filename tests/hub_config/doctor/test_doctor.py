"""Each check of ``bdhai doctor`` finds what it is for: a sound installation, broken once for each."""

import fcntl
import http.server
import json
import os
import shutil
import socket
import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from typer.testing import CliRunner

from autograder.models import DayStep
from courses.school.db import open_engine, session
from courses.site import Idle, Site
from hub_config.cli import app
from hub_config.database import migrate
from hub_config.doctor import machine, place, school
from hub_config.doctor.command import CHECKS
from hub_config.doctor.finding import Patient
from hub_config.launch import free_ports
from hub_config.metrics import token
from tests import certificates
from tests.fake_openai import FakeOpenAI

NOW = datetime(2030, 6, 15, 5, 0, tzinfo=UTC)  # noon in Vietnam; later than any file that a test writes
GIB = 2**30


@pytest.fixture(scope="session")
def new_database(tmp_path_factory):
    """A database of the newest form: making one takes a second."""
    path = tmp_path_factory.mktemp("database") / "bdhai.sqlite"
    migrate(f"sqlite:///{path}")
    path.chmod(0o600)
    return path


@pytest.fixture
def patient(tmp_path, new_database):
    """A sound installation; ``patient(site={...}, port=…)`` changes something of it."""
    data = tmp_path / "data"
    for folder in ("hub", "secrets", "logs"):
        (data / folder).mkdir(parents=True, mode=0o700)
    data.chmod(0o700)
    shutil.copy2(new_database, data / "bdhai.sqlite")
    (tmp_path / "backups").mkdir()
    (tmp_path / "meminfo").write_text("MemTotal: 8000000 kB\nMemAvailable: 6000000 kB\n")
    (tmp_path / "cgroup").mkdir()
    (tmp_path / "cgroup" / "cgroup.controllers").touch()
    (port,) = free_ports("127.0.0.1", 1)

    def make(site=None, env=None, **changes):
        given = {
            "site": Site(**({"data": data} | (site or {}))),
            "env": {"BDHAI_MEMINFO": str(tmp_path / "meminfo"), "PATH": os.environ["PATH"]} | (env or {}),
            "port": port,
            "now": NOW,
            "cgroup": tmp_path / "cgroup",
            "prefix": tmp_path / "venv",
        }
        return Patient(**(given | changes))

    return make


@contextmanager
def held(patient):
    """Hold the data folder as a school that is open does."""
    with (patient.place.hub / "run.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def state(finding):
    assert bool(finding.mend) == (finding.state != "ok"), finding
    return finding.state


def test_a_sound_installation_has_nothing_broken(patient):
    found = {each.check: each for each in (check(patient()) for check in CHECKS)}
    assert not [each for each in found.values() if each.state == "bad"]
    assert {
        found[name].state for name in ("python", "memory", "disk", "clock", "data", "secrets", "port")
    } == {"ok"}
    assert {found[name].state for name in ("lessons", "database", "daily", "certificate")} == {"ok"}


def test_a_missing_or_old_package_is_named():
    wanted = ["khong-co-goi-nay>=1", "tornado>=999", "tornado>=6", 'x>=1; extra == "test"']
    assert machine.missing(wanted) == ["khong-co-goi-nay", "tornado"]


def test_an_installation_without_its_packages_is_broken(patient):
    assert state(machine.python(patient())) == "ok"
    broken = machine.packages(["khong-co-goi-nay>=1"])
    assert state(broken) == "bad"
    assert "khong-co-goi-nay" in broken.what


def test_without_node_the_slower_proxy_is_mentioned(patient):
    assert state(machine.node(patient(env={"PATH": "/nowhere"}))) == "warn"
    assert state(machine.node(patient(env={"PATH": "/nowhere", "BDHAI_PROXY": "node"}))) == "bad"
    assert state(machine.node(patient(env={"BDHAI_PROXY": "python"}))) == "ok"


def test_memory_that_runs_out_is_broken(patient, tmp_path):
    (tmp_path / "meminfo").write_text("MemTotal: 8000000 kB\nMemAvailable: 100000 kB\n")
    assert state(machine.memory(patient())) == "bad"
    assert state(machine.memory(patient(site={"idle": Idle(memory_share=0)}))) == "ok"
    assert state(machine.memory(patient(env={"BDHAI_MEMINFO": "/nowhere"}))) == "warn"


@pytest.mark.parametrize(("free", "expected"), [(100, "bad"), (1000, "warn"), (5000, "ok")])
def test_a_full_disk_is_told_before_it_is_full(free, expected):
    assert state(machine.room("/srv", free * 2**20, 10**6)) == expected


def test_a_disk_without_room_for_more_files_is_broken():
    assert state(machine.room("/srv", 100 * GIB, 5)) == "bad"


def test_the_disk_that_is_looked_at_is_the_data_folders(patient):
    assert "/dev/shm" in machine.disk(patient(site={"data": "/dev/shm/bdhai/none"})).what


def test_a_clock_that_went_back_is_broken(patient):
    one = patient()
    (one.place.hub / "jupyterhub.sqlite").touch(0o600)
    assert state(machine.clock(one)) == "ok"
    assert state(machine.clock(patient(now=datetime(2020, 1, 1, tzinfo=UTC)))) == "bad"


def test_a_clock_that_is_not_set_by_the_net_is_mentioned(patient, tmp_path):
    tool = tmp_path / "timedatectl"
    tool.write_text("#!/bin/sh\necho no\n")
    tool.chmod(0o755)
    assert state(machine.clock(patient(env={"PATH": str(tmp_path)}))) == "warn"


def test_a_machine_that_cannot_keep_learners_apart_is_mentioned(patient, tmp_path):
    (tmp_path / "cgroup" / "cgroup.controllers").unlink()
    assert state(machine.cells(patient())) == "warn"
    assert state(machine.apart(is_root=False, tool=None, limits=True)) == "warn"
    assert state(machine.apart(is_root=False, tool="/bin/false", limits=True)) == "warn"
    assert state(machine.apart(is_root=False, tool="/bin/true", limits=True)) == "ok"


def test_a_data_folder_that_is_missing_is_told(patient, tmp_path):
    assert state(place.data(patient(site={"data": tmp_path / "none"}))) == "warn"


def test_a_data_folder_that_cannot_be_written_is_broken(patient):
    """Root may write everywhere but on a disk that is mounted read-only; /proc and /sys differ by machine."""
    assert state(place.writable("/srv/bdhai", allowed=False)) == "bad"
    assert state(place.data(patient())) == "ok"


@pytest.mark.parametrize("name", ["secrets/metrics.token", "bdhai.sqlite", "hub/cookie_secret"])
def test_a_secret_that_others_can_read_is_broken_and_named(patient, name):
    one = patient()
    token.make(one.place)
    assert state(place.secrets(one)) == "ok"
    (one.place.data / name).touch()
    (one.place.data / name).chmod(0o644)
    finding = place.secrets(one)
    assert state(finding) == "bad"
    assert f"chmod go-rwx {one.place.data / name}" in finding.mend


def test_an_old_or_missing_backup_is_mentioned(patient, tmp_path):
    assert state(place.backup(patient())) == "warn"
    (tmp_path / "backups" / "x.tar").touch()
    assert "ngày" in place.backup(patient()).what
    assert state(place.backup(patient(now=datetime.now(UTC)))) == "ok"


def test_a_port_that_somebody_else_has_is_broken(patient):
    one = patient()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", one.port))
        taken.listen()
        assert state(place.port(one)) == "bad"


def test_an_open_school_that_does_not_answer_is_broken(patient):
    one = patient()
    with held(one):
        finding = place.port(one)
    assert state(finding) == "bad"
    assert "không trả lời" in finding.what


def test_lessons_with_a_fault_are_broken(patient, tmp_path):
    assert state(school.lessons(patient(site={"lessons": tmp_path}))) == "bad"
    lesson = tmp_path / "level1" / "01-bai"
    lesson.mkdir(parents=True)
    (lesson / "lesson.md").write_text("không có phần đầu\n", encoding="utf-8")
    assert "lesson.md:1" in school.lessons(patient(site={"lessons": tmp_path})).what


def test_a_database_that_does_not_answer_is_broken_and_its_password_is_not_told(patient):
    url = "postgresql+psycopg://bdhai:bi-mat@127.0.0.1:1/bdhai?connect_timeout=2"
    finding = school.database(patient(site={"database": url}))
    assert state(finding) == "bad"
    assert "bi-mat" not in finding.what + finding.mend


def test_an_old_database_is_broken(patient, tmp_path):
    one = patient(site={"database": f"sqlite:///{tmp_path / 'old.sqlite'}"})
    migrate(one.site.database, "0003")
    assert state(school.database(one)) == "bad"


def test_looking_for_a_database_does_not_make_one(patient, tmp_path):
    one = patient(site={"database": f"sqlite:///{tmp_path / 'none.sqlite'}"})
    assert state(school.database(one)) == "warn"
    assert state(school.daily(one)) == "ok"
    assert not (tmp_path / "none.sqlite").exists()


def test_nights_without_marking_are_broken_while_the_school_is_open(patient):
    one = patient()
    engine = open_engine(f"sqlite:///{one.place.data / 'bdhai.sqlite'}")
    with session(engine) as db:
        db.add(DayStep(day=date(2030, 6, 10), step="boards", finished_at=NOW, counts={}))
    engine.dispose()
    finding = school.daily(one)
    assert state(finding) == "warn"
    assert "Đã 4 ngày" in finding.what
    with held(one):
        assert state(school.daily(one)) == "bad"


def test_an_ai_that_does_not_answer_is_broken(patient):
    with FakeOpenAI() as fake:
        env = {"OPENAI_BASE_URL": fake.base_url, "OPENAI_API_KEY": "khoa-bi-mat"}
        assert state(school.ai(patient(env=env))) == "ok"
    finding = school.ai(patient(env=env))
    assert state(finding) == "bad"
    assert "khoa-bi-mat" not in finding.what
    assert state(school.ai(patient())) == "warn"
    assert state(school.ai(patient(env={"BDHAI_AI": "none"}))) == "ok"


@pytest.fixture
def https(tmp_path):
    """Serve TLS with a self-made certificate; returns its address and certificate."""
    servers = []

    def serve(days):
        certificate, key = certificates.make(tmp_path, days)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"https://localhost:{server.server_address[1]}/", certificate

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(("days", "expected"), [(60, "ok"), (5, "warn")])
def test_a_certificate_that_ends_soon_is_mentioned(patient, https, monkeypatch, days, expected):
    address, certificate = https(days)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    one = patient(site={"address": address}, now=datetime.now(UTC))
    assert state(school.certificate(one)) == expected


def test_a_certificate_that_browsers_do_not_believe_is_broken(patient, https):
    assert state(school.certificate(patient(site={"address": https(60)[0]}))) == "bad"


def test_an_address_that_cannot_be_reached_is_broken_and_one_without_tls_mentioned(patient):
    (port,) = free_ports("127.0.0.1", 1)
    assert state(school.certificate(patient(site={"address": f"https://localhost:{port}/"}))) == "bad"
    assert state(school.certificate(patient(site={"address": "http://hoc.phuong.vn"}))) == "warn"


@pytest.fixture
def bdhai(tmp_path, monkeypatch, patient):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BDHAI_DATA", str(patient().place.data))
    monkeypatch.setenv("BDHAI_AI", "none")
    monkeypatch.setenv("PORT", str(patient().port))
    return lambda *arguments: CliRunner().invoke(app, ["doctor", *arguments])


def test_the_command_tells_each_check_and_ends_with_0(bdhai):
    result = bdhai()
    assert result.exit_code == 0, result.output
    assert all(f" {check.__name__} " in result.output for check in CHECKS)
    assert "0 hỏng" in result.output


def test_something_broken_ends_with_1_and_machines_can_read_what(bdhai, patient):
    patient().place.secrets.chmod(0o755)
    result = bdhai("--json")
    assert result.exit_code == 1
    assert [each["check"] for each in json.loads(result.output) if each["state"] == "bad"] == ["secrets"]


def test_a_faulty_site_file_is_told_by_its_line(bdhai, tmp_path):
    (tmp_path / "site.yaml").write_text("programme:\n  nane: X\n", encoding="utf-8")
    result = bdhai()
    assert result.exit_code == 1
    assert "site.yaml:2: programme.nane" in result.output
