from __future__ import annotations

import json
import threading
from datetime import UTC, datetime

import pytest

from courses.player.lesson import PlayerError
from courses.player.store import AnswerStore, Conflict

MOMENT = datetime(2026, 11, 22, 13, 15, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    return AnswerStore(tmp_path, "level1/x", "trader", frozenset({"bia"}), clock=lambda: MOMENT)


def raw(folder):
    return json.loads((folder / "answers.json").read_text())


def test_an_answer_is_written_in_the_form_of_the_contract(tmp_path, store):
    store.put("mot", {"chosen": ["o2"]}, None, "trader")
    assert raw(tmp_path) == {
        "v": 1,
        "lesson": "level1/x",
        "case": "trader",
        "answers": {"mot": {"chosen": ["o2"]}},
        "saved_at": "2026-11-22T13:15:00Z",
    }


def test_an_untouched_lesson_leaves_no_file(tmp_path, store):
    assert store.read().answers == {}
    assert not (tmp_path / "answers.json").exists()


def test_two_windows_that_answer_different_exercises_keep_both(tmp_path, store):
    other = AnswerStore(tmp_path, "level1/x", "trader")
    store.put("mot", {"chosen": ["o2"]}, None, "trader")
    other.put("hai", {"chosen": ["o1"]}, None, "trader")
    assert set(store.read().answers) == {"mot", "hai"}


def test_two_windows_on_one_exercise_never_overwrite_silently(tmp_path, store):
    other = AnswerStore(tmp_path, "level1/x", "trader")
    store.put("viet", {"text": "của cửa sổ một"}, None, "trader")
    result = other.put("viet", {"text": "của cửa sổ hai"}, None, "trader")
    assert isinstance(result, Conflict)
    assert result.theirs == {"text": "của cửa sổ một"}
    assert store.read().answers["viet"] == {"text": "của cửa sổ một"}
    other.put("viet", {"text": "của cửa sổ hai"}, None, "trader", force=True)
    assert store.read().answers["viet"] == {"text": "của cửa sổ hai"}


def test_a_save_sent_twice_is_no_conflict(store):
    store.put("viet", {"text": "một"}, None, "trader")
    assert not isinstance(store.put("viet", {"text": "một"}, None, "trader"), Conflict)


def test_threads_that_save_at_once_lose_nothing(store):
    threads = [
        threading.Thread(target=store.put, args=(f"cau-{number}", {"text": "x"}, None, "trader"))
        for number in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.read().answers) == 20


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b'{"v": 1, "answers": {',
        b"\xff\xfe",
        b"[]",
        b'{"v": 1, "answers": [1]}',
        b'{"v": 2, "answers": {}}',
    ],
)
def test_a_broken_file_is_kept_aside_and_the_learner_is_told(tmp_path, store, broken):
    (tmp_path / "answers.json").write_bytes(broken)
    assert store.read().answers == {}
    assert (tmp_path / "answers.json.hong-20261122-131500").read_bytes() == broken
    assert "answers.json.hong-20261122-131500" in store.notice
    store.put("mot", {"chosen": ["o2"]}, None, "trader")
    assert store.read().answers == {"mot": {"chosen": ["o2"]}}


def test_a_second_broken_file_does_not_replace_the_first(tmp_path, store):
    for content in (b"mot", b"hai"):
        (tmp_path / "answers.json").write_bytes(content)
        store.read()
    kept = sorted(path.read_bytes() for path in tmp_path.glob("answers.json.hong-*"))
    assert kept == [b"hai", b"mot"]


def test_changing_the_setting_keeps_the_answers_of_the_old_one_aside(store):
    store.put("mot", {"chosen": ["o2"]}, None, "trader")
    store.put("bia", {"marked": ["p1"]}, None, "trader")
    saved = store.switch("citizen")
    assert saved.answers == {"mot": {"chosen": ["o2"]}}
    store.put("bia", {"marked": ["p3"]}, None, "citizen")
    assert store.switch("trader").answers["bia"] == {"marked": ["p1"]}
    assert store.switch("citizen").answers["bia"] == {"marked": ["p3"]}


def test_a_late_save_of_another_setting_does_not_land_in_the_current_one(store):
    store.switch("citizen")
    store.put("bia", {"marked": ["p1"]}, None, "trader")
    assert "bia" not in store.read().answers
    assert store.switch("trader").answers["bia"] == {"marked": ["p1"]}


def test_the_chosen_setting_outlives_the_one_from_the_hub(tmp_path, store):
    store.switch("official")
    assert AnswerStore(tmp_path, "level1/x", "trader").read().case == "official"


def test_an_unknown_setting_is_refused_kindly(store):
    with pytest.raises(PlayerError, match="chọn lại"):
        store.switch("hacker")


def test_a_folder_that_is_gone_is_said_calmly(tmp_path):
    with pytest.raises(PlayerError, match="vẫn còn trên máy này"):
        AnswerStore(tmp_path / "khong-co", "x", "citizen").put("mot", {}, None, "citizen")


def test_a_receipt_survives_and_later_answers_keep_it(store):
    store.keep_receipt({"receipt": "BD-1"})
    store.put("mot", {"chosen": ["o2"]}, None, "trader")
    assert store.read().receipt == {"receipt": "BD-1"}
