"""The watch over homes: who fills one is ended and told so; who doesn't is left alone."""

import asyncio
import logging
import os

from hub_config.cell.quota import Room
from hub_config.full_homes import TOLD, Watch

MIB = 1024 * 1024


class Server:
    """A server that only counts how often it was ended."""

    def __init__(self, home):
        self.home_dir, self.ended = str(home), 0

    def processes(self):
        return []

    async def end_now(self):
        self.ended += 1


def watch(folder, *servers):
    return Watch(folder, Room(2 * MIB, 50), lambda: servers, logging.getLogger("x"))


def home(folder, name, size):
    place = folder / name
    place.mkdir()
    (place / "answers.json").write_text("{}", encoding="ascii")
    (place / "big").write_bytes(os.urandom(size))
    os.sync()
    return place


def test_a_full_home_ends_its_server_loses_the_last_file_and_gets_a_note(tmp_path):
    full, empty = Server(home(tmp_path, "lan", 3 * MIB)), Server(home(tmp_path, "hoa", 1000))
    asyncio.run(watch(tmp_path, full, empty).look())
    assert (full.ended, empty.ended) == (1, 0)
    assert sorted(path.name for path in (tmp_path / "lan").iterdir()) == ["answers.json", TOLD]
    note = (tmp_path / "lan" / TOLD).read_text(encoding="utf-8")
    assert "đã đầy" in note
    assert "- big" in note
    assert (tmp_path / "hoa" / "big").exists()


def test_the_note_is_not_written_through_a_link(tmp_path):
    place, outside = home(tmp_path, "lan", 3 * MIB), tmp_path / "outside"
    outside.write_text("x", encoding="ascii")
    (place / TOLD).symlink_to(outside)
    asyncio.run(watch(tmp_path, Server(place)).look())
    assert outside.read_text(encoding="ascii") == "x"
    assert not (place / TOLD).is_symlink()


def test_a_home_that_vanished_stops_nobody(tmp_path):
    full = Server(home(tmp_path, "lan", 3 * MIB))
    asyncio.run(watch(tmp_path, Server(tmp_path / "khong-co"), full).look())
    assert full.ended == 1


def test_room_that_vanishes_is_noticed_at_once(tmp_path):
    server = Server(home(tmp_path, "lan", 1000))

    async def scene():
        running = asyncio.create_task(watch(tmp_path, server).run())
        await asyncio.sleep(1.5)  # the first look
        for _ in range(3):
            (tmp_path / "lan" / f"big{_}").write_bytes(os.urandom(40 * MIB))
        os.sync()
        for _ in range(60):
            if server.ended:
                break
            await asyncio.sleep(0.1)
        running.cancel()

    asyncio.run(scene())
    assert server.ended == 1
