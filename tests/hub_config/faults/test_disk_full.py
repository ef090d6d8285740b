"""A full disk: what was saved stays, what cannot be saved is said and kept by the page, and all goes on afterwards."""

import json
import os
import sqlite3
import subprocess
import sys

import pytest
import requests
from playwright.sync_api import expect

from tests.hub_config.faults.conftest import LESSON
from tests.hub_fixture import running_hub

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
MIB = 2**20


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    """A disk of 300 MiB."""
    folder = tmp_path_factory.mktemp("disk")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={300 * MIB},mode=700", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs root and a machine that allows mounts")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture(scope="module")
def hub(disk):
    with running_hub(disk) as running:
        yield running


def fill(folder):
    """Leave no byte; return the file that takes them all."""
    path = folder / "filler"
    with path.open("wb", buffering=0) as file:
        for size in (MIB, 4096, 1):
            while could_write(file, size):
                pass
    return path


def could_write(file, size):
    try:
        return file.write(b"x" * size) == size
    except OSError:
        return False


def hand_in_by_token(phone):
    token = phone.server().environ()["JUPYTERHUB_API_TOKEN"]
    return requests.post(
        f"{phone.hub.address}/services/portal/api/submissions",
        headers={"Authorization": f"Bearer {token}"},
        json={"lesson": LESSON, "case": "citizen", "answers": {}},
        timeout=60,
    )


def doctor(hub):
    env = os.environ | {
        "BDHAI_DATA": str(hub.data),
        "BDHAI_SITE": str(hub.data / "site.yaml"),
        "BDHAI_AI": "none",
    }
    command = [sys.executable, "-m", "hub_config", "doctor", "--json"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)
    return {each["check"]: each["state"] for each in json.loads(done.stdout)}


def test_a_full_disk_loses_nothing_that_was_promised(hub, phone):
    phone.open_lesson()
    phone.write("Khi đĩa còn chỗ.")
    phone.saved("Khi đĩa còn chỗ.")
    receipt = phone.hand_in()
    filler = fill(hub.data)

    phone.write("Khi đĩa đã đầy.")
    expect(phone.page.locator("#bdh-save")).to_contain_text("Chưa lưu được – bài vẫn còn trên máy này")
    assert "Khi đĩa còn chỗ." in phone.on_disk()
    assert "Khi đĩa đã đầy." not in phone.on_disk()
    refused = hand_in_by_token(phone)
    if refused.status_code not in {200, 201}:  # a database may have had room left in its log
        assert refused.status_code >= 500
        assert "bài" in refused.json()["error"].lower()
    assert doctor(hub)["disk"] == "bad"
    assert hub.process.poll() is None

    filler.unlink()
    phone.saved("Khi đĩa đã đầy.")
    again = phone.hand_in()
    for code in (receipt, again):
        page = phone.page.context.request.get(f"{hub.address}/services/portal/ket-qua/{code}")
        assert page.status == 200
    for name in ("bdhai.sqlite", "hub/jupyterhub.sqlite"):
        with sqlite3.connect(f"file:{hub.data / name}?mode=ro", uri=True) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        db.close()
