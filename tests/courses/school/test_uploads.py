from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from courses.school.uploads import Quota, QuotaExceeded, Sent, find_upload, keep_uploads, store_upload

ROOM = Quota(files=2, size=1000)


def sent(word, size=400):
    sha256 = hashlib.sha256(word.encode()).hexdigest()
    return Sent(sha256=sha256, name=f"{word}.txt", size=size, type="text", facts={"text": word})


@pytest.fixture
def lan(db, add_person):
    return add_person(db, "lan")


def test_a_file_is_found_by_its_owner_only(db, lan, add_person, now):
    an = add_person(db, "an")
    store_upload(db, lan, sent("chè"), ROOM, now)
    known = find_upload(db, lan, sent("chè").sha256)
    assert known == {
        "id": sent("chè").sha256,
        "name": "chè.txt",
        "type": "text",
        "size": 400,
        "facts": {"text": "chè"},
    }
    assert find_upload(db, an, sent("chè").sha256) is None
    for odd in ("", "x" * 64, "\x00" * 64, "é" * 64, "a" * 10_000):
        assert find_upload(db, lan, odd) is None


def test_the_same_content_again_takes_no_more_room(db, lan, now):
    for _ in range(5):
        store_upload(db, lan, sent("chè"), ROOM, now)


@pytest.mark.parametrize(("size", "files"), [(400, 2), (900, 1)])
def test_a_full_quota_refuses_in_words(db, lan, now, size, files):
    for n in range(files):
        store_upload(db, lan, sent(f"tệp {n}", size), ROOM, now)
    with pytest.raises(QuotaExceeded, match="vẫn được giữ"):
        store_upload(db, lan, sent("thêm", size), ROOM, now)


def test_old_files_that_were_never_submitted_make_room_and_submitted_ones_stay(db, lan, add_person, now):
    an = add_person(db, "an")
    store_upload(db, lan, sent("nộp"), ROOM, now)
    store_upload(db, lan, sent("nháp"), ROOM, now)
    store_upload(db, an, sent("nháp"), ROOM, now)
    keep_uploads(db, lan, [{"file": {"id": sent("nộp").sha256}}, {"text": "chè"}, {"file": None}, None])
    later = now + timedelta(days=2)
    _, freed = store_upload(db, lan, sent("mới"), ROOM, later)
    assert freed == frozenset(), "An still has that file"
    assert find_upload(db, lan, sent("nháp").sha256) is None
    assert find_upload(db, lan, sent("nộp").sha256) is not None
    _, freed = store_upload(db, an, sent("to", 900), ROOM, later)
    assert freed == {sent("nháp").sha256}
