"""Files on their way: who may send, how much, where they lie, and who may have them again."""

from __future__ import annotations

import hashlib
import io
import shutil
import socket
import time
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pytest
from PIL import Image

from courses.school.db import session
from courses.school.models import Upload
from courses.site import Site, Uploads
from hub_config.files.store import Coming
from hub_config.portal.limits import Limiter
from hub_config.portal.shelf import Shelf
from tests.hub_config.portal.conftest import PREFIX, serving

PRODUCT = """---
title: Nộp tệp
minutes: 15
level: 1
skills: [nop-tep]
goals:
  - Nộp được một tệp
safety: false
outcome: Một tệp đã nộp
alignment:
  digcomp: ["3.1"]
  ailit: [Create]
  tt02: ["3.1"]
  fourd: [Description]
---

Bài thử.

:::{product} tep
---
accept: [text, docx, image, pdf]
points: 3
checks:
  - {words: {min: 3}, points: 1}
rubric:
  - {id: ro, text: "Nêu rõ việc.", points: 2}
reference: Mời các bác họp.
---
Gửi một tệp.
:::
"""
LESSON = "level1/29-nop-tep"
NOTE = "Mời các bác tổ trưởng họp lúc 8 giờ.".encode()


@pytest.fixture(scope="module")
def shelf(tmp_path_factory) -> Shelf:
    root = tmp_path_factory.mktemp("bai")
    folder = root / LESSON
    folder.mkdir(parents=True)
    (folder / "lesson.md").write_text(PRODUCT, encoding="utf-8")
    return Shelf(root, every=3600)


def picture():
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "green").save(out, "PNG")
    return out.getvalue()


def send(client, data, name="Giấy mời.png", **headers):
    return client.post("api/files", content=data, headers={"X-File-Name": quote(name), **headers})


def hand_in(client, file):
    body = {"lesson": LESSON, "case": "citizen", "answers": {"tep": {"file": file}}}
    return client.post("api/submissions", json=body)


@pytest.fixture
def kept(site):
    """Every file under the files' folder, but for the small copies."""
    return lambda: sorted(
        path for path in (site.data / "files").rglob("*") if path.is_file() and not path.suffix
    )


def test_a_file_is_stored_by_its_content_and_its_name_is_only_text(api, kept):
    data = picture()
    said = send(api("lan"), data, "../../../tmp/<script>.png")
    assert said.status_code == 201, said.text
    sha256 = hashlib.sha256(data).hexdigest()
    file = said.json()
    assert (file["id"], file["type"], file["size"]) == (sha256, "image", len(data))
    assert file["name"] == "-..-..-tmp--script-.png"
    assert (file["facts"]["width"], file["facts"]["format"]) == (300, "PNG")
    (path,) = kept()
    assert path.parts[-2:] == (sha256[:2], sha256)
    assert path.read_bytes() == data
    assert path.stat().st_mode & 0o077 == 0
    assert len(send(api("lan"), data, "a" * 10_000 + ".png").json()["name"]) < 150
    assert kept() == [path]


def test_an_answer_gets_the_servers_facts_whatever_the_learner_says(api):
    lan = api("lan")
    file = send(lan, picture()).json()
    lie = {"id": file["id"], "name": "x.docx", "type": "docx", "facts": {"text": "đủ cả " * 20, "words": 40}}
    check = {"lesson": LESSON, "exercise": "tep", "case": "citizen", "answer": {"file": lie}}
    told = lan.post("api/check", json=check).json()
    assert told["status"] == "wrong"
    assert "bài có 0 chữ" in told["told"]
    receipt = hand_in(lan, lie).json()["receipt"]
    answer = lan.get(f"api/results/{receipt}").json()["exercises"][0]["answer"]
    assert answer.startswith("Tệp: Giấy mời.png · ảnh ·")
    assert "đủ cả" not in answer


@pytest.mark.parametrize("id_", ["theirs", "0" * 64, "../../etc/passwd", "", 5, None])
def test_another_persons_file_and_an_unknown_one_are_the_same_refusal(api, id_):
    theirs = send(api("an"), picture()).json()["id"]
    file = {"id": theirs if id_ == "theirs" else id_, "name": "a.png"}
    for reply in (
        hand_in(api("lan"), file),
        api("lan").post(
            "api/check",
            json={"lesson": LESSON, "exercise": "tep", "case": "citizen", "answer": {"file": file}},
        ),
    ):
        assert (reply.status_code, reply.json()["exercise"]) == (422, "tep")
        assert "Chưa thấy tệp này" in reply.json()["error"]


def test_a_file_of_a_kind_that_the_exercise_does_not_take_is_told_by_name(api):
    lan = api("lan")
    table = send(lan, "Hộ,Số\nA,1\nB,2".encode(), "a.docx").json()
    assert (table["type"], table["name"]) == ("csv", "a.docx.csv")
    reply = hand_in(lan, table)
    assert reply.status_code == 422
    assert "Tệp của bạn là bảng CSV" in reply.json()["error"]


def test_nobody_and_a_stranger_send_nothing(portal, api, kept):
    url = f"{portal.url}{PREFIX}api/files"
    assert httpx.post(url, content=NOTE, trust_env=False, timeout=60).status_code == 401
    assert send(api("la"), NOTE).status_code == 403
    assert kept() == []


def test_a_cookie_without_the_pages_token_sends_nothing(browser_of, kept):
    assert browser_of("lan").post("api/files", content=NOTE).status_code == 403
    assert kept() == []


@pytest.fixture
def small(site, engine, hub, shelf):
    """A portal where a file may have one MiB and a person three files."""
    del engine
    limits = Uploads(file_mib=1, person_mib=2, person_files=3)
    with serving(site.model_copy(update={"uploads": limits}), hub, shelf=shelf) as server:
        yield server


@pytest.fixture
def lan(small, hub):
    headers = {"Authorization": f"token {hub.token('lan')}"}
    with httpx.Client(
        base_url=f"{small.url}{PREFIX}", headers=headers, trust_env=False, timeout=60
    ) as client:
        yield client


def chunks(data):
    for start in range(0, len(data), 65536):
        yield data[start : start + 65536]


def test_a_file_too_large_is_refused_said_so_or_not(lan, kept):
    large = b"che " * 400_000
    for content in (large, chunks(large)):
        reply = lan.post("api/files", content=content)
        assert reply.status_code == 413
        assert "lớn hơn 1 MB" in reply.json()["error"]
    assert kept() == []


def test_a_full_room_is_refused_and_what_is_there_stays(lan, kept):
    for word in ("một", "hai", "ba"):
        assert send(lan, f"tệp {word}".encode()).status_code == 201
    stopped = send(lan, b"tep bon")
    assert stopped.status_code == 413
    assert "3 tệp, 2 MB" in stopped.json()["error"]
    assert len(kept()) == 3
    assert send(lan, "tệp hai".encode()).status_code == 201, "what is there already takes no more room"


def test_a_room_full_of_bytes_is_refused_too(lan):
    for letter in "ab":
        assert send(lan, (letter * 1_000_000).encode()).status_code == 201
    assert send(lan, b"c" * 200_000).status_code == 413


def test_too_many_files_at_once_get_a_kind_429(site, engine, hub):
    del engine
    with serving(site, hub, uploads=Limiter(1, 60)) as server:
        headers = {"Authorization": f"token {hub.token('lan')}"}
        url = f"{server.url}{PREFIX}api/files"
        replies = [
            httpx.post(url, content=NOTE, headers=headers, trust_env=False, timeout=60) for _ in range(2)
        ]
    assert [reply.status_code for reply in replies] == [201, 429]
    assert int(replies[1].headers["Retry-After"]) > 0


@pytest.mark.parametrize("step", ["write", "close"])
def test_a_disk_that_refuses_leaves_nothing_half_written(lan, kept, monkeypatch, step):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Coming, step, full)
    reply = send(lan, NOTE)
    assert reply.status_code == 503
    assert "Tệp vẫn ở máy bạn" in reply.json()["error"]
    assert kept() == []
    monkeypatch.undo()
    assert send(lan, NOTE).status_code == 201


def test_a_sender_who_goes_away_leaves_nothing(small, hub, kept):
    place = urlsplit(small.url)
    head = f"POST {PREFIX}api/files HTTP/1.1\r\nHost: x\r\nAuthorization: token {hub.token('lan')}\r\nContent-Length: 900000\r\n\r\n"
    with socket.create_connection((place.hostname, place.port)) as line:
        line.sendall(head.encode() + b"x" * 100_000)
        _until(kept)
    _until(lambda: not kept())


def _until(done):
    for _ in range(600):
        if done():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen within 30 seconds")


def test_what_a_killed_portal_left_is_swept_at_the_next_start(site, engine, hub, shelf, kept):
    del engine
    left = site.data / "files" / ".coming" / "abc"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    with serving(site, hub, shelf=shelf):
        assert kept() == []


@pytest.fixture
def submitted(api):
    """A learner's submission with a picture whose name is hostile; returns its receipt."""
    lan = api("lan")
    file = send(lan, picture(), '"><script>alert(1)</script>.png').json()
    return hand_in(lan, file).json()["receipt"]


@pytest.mark.parametrize(
    ("who", "status"), [("lan", 200), ("hung", 200), ("quan", 200), ("binh", 404), ("an", 404), ("chu", 404)]
)
def test_only_the_owner_and_those_who_look_after_them_get_the_file(browser_of, submitted, who, status):
    client = browser_of(who)
    for where in (f"tep/{submitted}/tep", f"tep/{submitted}/tep/xem"):
        assert client.get(where).status_code == status


def test_a_file_is_handed_out_to_be_saved_never_to_be_shown(browser_of, submitted):
    reply = browser_of("hung").get(f"tep/{submitted}/tep")
    assert reply.content == picture()
    assert reply.headers["Content-Type"] == "application/octet-stream"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert reply.headers["Content-Disposition"].startswith('attachment; filename="tep.png"; filename*=UTF-8')
    assert "<" not in reply.headers["Content-Disposition"]


def test_the_pages_show_a_copy_of_the_picture_and_no_script(browser_of, submitted):
    small = browser_of("hung").get(f"tep/{submitted}/tep/xem")
    assert small.headers["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(small.content)).format == "JPEG"
    for who, where in (("lan", "ket-qua"), ("hung", "bai-nop")):
        page = browser_of(who).get(f"{where}/{submitted}").text
        assert "<script>alert" not in page
        assert f'href="{PREFIX}tep/{submitted}/tep"' in page
        assert f'src="{PREFIX}tep/{submitted}/tep/xem"' in page


def test_a_trainer_reads_what_the_checks_found_while_the_work_waits(browser_of, submitted):
    assert "bài có 0 chữ" in browser_of("hung").get(f"bai-nop/{submitted}").text


@pytest.mark.parametrize("where", ["tep/{0}/khac", "tep/AAAA-AAAA/tep", "tep/{0}/tep/..", "tep/{0}/TEP"])
def test_there_is_no_other_file(browser_of, submitted, where):
    assert browser_of("lan").get(where.format(submitted)).status_code == 404


def test_a_file_that_was_lost_from_the_disk_is_a_plain_404(browser_of, submitted, site: Site):
    shutil.rmtree(Path(site.data) / "files")
    assert browser_of("lan").get(f"tep/{submitted}/tep").status_code == 404


def test_a_submission_keeps_its_file_for_good(api, submitted, engine):
    del submitted
    send(api("lan"), NOTE, "nháp.txt")
    with session(engine) as opened:
        kept = {one.name: one.submitted for one in opened.query(Upload)}
    assert sorted(kept.values()) == [False, True]
    assert kept["nháp.txt"] is False
