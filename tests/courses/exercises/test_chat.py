"""chat: a path through a conversation is an answer, its worth is secret, its way is public."""

import json
from random import Random

import pytest

from courses.exercises.base import AnswerError, DeclarationError
from courses.exercises.registry import kinds
from tests.courses.exercises.conftest import BLOCKS


def paths(exercise, **numbers):
    return exercise.parse_answer(exercise.sample_answer({"paths": numbers}))


def scene(**states):
    made = {"id": "a", "title": "Cuộc gọi", "who": "Người lạ", "states": states}
    return kinds()["chat"].read("bai", {"scenes": [made]}, "Trả lời.")


def reply(text, to, worth="plain"):
    return {"text": text, "to": to, "worth": worth}


@pytest.mark.parametrize(
    ("chosen", "score", "status"),
    [
        ({"cong-an": [1], "khach": [1]}, 4, "right"),
        ({"cong-an": [1]}, 2, "partly"),
        ({"cong-an": [2, 1], "khach": [1]}, 2, "partly"),
        ({"cong-an": [2, 2]}, 0, "wrong"),
        ({"khach": [3]}, 0, "wrong"),
        ({}, 0, "blank"),
    ],
)
def test_good_replies_earn_and_bad_ones_cost(make, chosen, score, status):
    exercise = make("chat")
    mark = exercise.mark(paths(exercise, **chosen))
    assert (mark.score, mark.status) == (score, status)


def test_credit_may_be_declared_otherwise(make):
    generous, strict = make("chat", credit="share"), make("chat", credit="all")
    assert generous.mark(paths(generous, **{"cong-an": [2, 1], "khach": [1]})).score == 4
    assert strict.mark(paths(strict, **{"cong-an": [1]})).score == 0


def test_an_answer_must_be_a_way_through_its_conversation(make):
    exercise = make("chat")
    (good,) = paths(exercise, khach=[1]).paths["khach"]
    for path in ([good, good], ["s9r1"], [1], "s1r1", [[good]]):
        with pytest.raises(AnswerError):
            exercise.parse_answer({"paths": {"khach": path}})
    with pytest.raises(AnswerError, match="không có"):
        exercise.parse_answer({"paths": {"la": []}})


def test_the_whole_conversation_is_public_its_worth_and_its_authors_order_are_not(make):
    exercise = make("chat")
    public = exercise.public()
    shown = json.dumps(public, ensure_ascii=False)
    assert "Máy báo bận." in shown
    for secret in ("worth", "good", "bad", "Nghe tiếp là mắc.", '"mat"', '"het"', "key"):
        assert secret not in shown
    turned = [
        {**one, "states": {name: _turned(state) for name, state in one["states"].items()}}
        for one in BLOCKS["chat"][0]["scenes"]
    ]
    assert make("chat", scenes=turned).public() == public


def _turned(state):
    return {**state, "replies": state.get("replies", [])[::-1]}


def test_told_counts_and_reasons_come_with_the_mark_only(make):
    exercise = make("chat")
    answer = paths(exercise, **{"cong-an": [2]})
    assert exercise.told(answer) == "Bạn có 0/2 lượt trả lời tốt. Còn 2 cuộc trò chuyện chưa xong."
    assert "✎ “Dạ, tôi phải làm gì?” – Nghe tiếp là mắc." in exercise.mark(answer).comment
    assert exercise.render_answer(answer).startswith("Cuộc gọi lạ\nNgười gọi: Tôi là công an đây.\nBạn: Dạ,")


@pytest.mark.parametrize(
    ("states", "message"),
    [
        (
            {"a": {"say": "?", "replies": [reply("x", "z", "good"), reply("y", "b")]}, "b": {"say": "."}},
            "không có lượt “z”",
        ),
        (
            {"a": {"say": "?", "replies": [reply("x", "a", "good"), reply("y", "b")]}, "b": {"say": "."}},
            "đi vòng",
        ),
        (
            {"a": {"say": "?", "replies": [reply("x", "b"), reply("y", "b")]}, "b": {"say": "."}},
            "worth: good",
        ),
        ({"a": {"say": "?", "replies": [reply("x", "b", "good")]}, "b": {"say": "."}}, "chỉ có một câu"),
        (
            {
                "a": {"say": "?", "replies": [reply("x", "b", "good"), reply("y", "b")]},
                "b": {"say": "."},
                "c": {"say": "!"},
            },
            "dẫn tới lượt “c”",
        ),
    ],
)
def test_a_broken_conversation_is_named(states, message):
    with pytest.raises(DeclarationError, match=message):
        scene(**states)


def test_samples_are_numbers_in_their_authors_order(make):
    with pytest.raises(DeclarationError, match="không có câu 3"):
        make("chat").sample_answer({"paths": {"cong-an": [3]}})
    with pytest.raises(DeclarationError, match="các id: cong-an, khach"):
        make("chat").sample_answer({"paths": {"la": [1]}})


def test_ways_that_part_and_meet_again_are_walked_once():
    """Three replies at each of 39 states: 3 to the 38th ways."""
    states = {
        f"s{n}": {
            "say": f"Câu {n}",
            "replies": [
                {"text": f"{n}-{worth}", "to": f"s{n + 1}", "worth": worth, "why": "vì thế"}
                for worth in ("good", "plain", "bad")
            ],
        }
        for n in range(38)
    } | {"s38": {"say": "Hết."}}
    options = {"points": 2, "scenes": [{"id": "goi", "title": "Gọi", "who": "Người gọi", "states": states}]}
    chat = kinds()["chat"].read("bai", options, "Trả lời.")
    assert chat.reading().count("Câu ") == 38
    right = next(one for one in kinds()["chat"].examples(chat, Random(1)) if one.expect == "right")
    assert chat.mark(chat.parse_answer(right.raw)).score == 2
