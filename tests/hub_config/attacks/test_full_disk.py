"""A learner who fills the disk is stopped within seconds; an official plays the part, for the server is ended."""

import time

import pytest
import websocket

from tests.kernel_fixture import running_kernel

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
MIB = 1024 * 1024
FILL = """
import os, time
from pathlib import Path
Path("answers.json").write_text("bai cua toi")
kept = []
for number in range({files}):
    stream = open(f"day{{number}}", "wb")
    kept.append(stream)
    if {hidden}:
        os.unlink(stream.name)
    for _ in range({mib}):
        stream.write(os.urandom(1 << 20))
    stream.flush()
print("filled")
time.sleep({wait})
"""


@pytest.mark.parametrize("hidden", [False, True], ids=["named files", "files without a name"])
def test_who_fills_the_home_is_ended_and_keeps_the_answers(ours, hidden):
    name = ours.hub.accounts["official"][0]
    home = ours.hub.data / "homes" / name
    with (
        running_kernel(ours.hub, "official") as kernel,
        pytest.raises((websocket.WebSocketException, ConnectionError)),
    ):
        kernel.run(FILL.format(files=12, mib=40, hidden=hidden, wait=100), patience=40)
    wait_until((home / "ban-hoc-day.txt").exists)
    size = sum(path.stat().st_blocks * 512 for path in home.rglob("*"))
    assert size <= 256 * MIB
    assert (home / "answers.json").read_text(encoding="utf-8") == "bai cua toi"
    assert f"home {name} is full" in ours.hub.log()
    (home / "ban-hoc-day.txt").unlink()
    wait_until(lambda: f"User {name}" in ours.hub.log() and "stopped" in ours.hub.log())
    assert ours.kernel_of_victim.said("print(2)") == 2


def test_a_stock_hub_lets_the_disk_fill(stock):
    code = FILL.format(files=8, mib=40, hidden=False, wait=0)
    assert "filled" in stock.kernel.run(code)
    for path in (stock.hub.data / "homes" / stock.attacker).glob("day*"):
        path.unlink()


def gone(scene, name):
    page = scene.hub.sign_in("official").get(f"{scene.hub.address}/hub/api/users/{name}", timeout=30)
    return page.json().get("servers") == {}


def wait_until(true, patience=60):
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.3)
