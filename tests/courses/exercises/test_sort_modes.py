"""sort by order and by pairs: what an author writes, what a learner sees, what an answer earns."""

import itertools

import pytest

from courses.exercises.base import AnswerError, DeclarationError
from courses.exercises.registry import kinds

STEPS = ["Nhìn đèn", "Viết lệnh", "Đọc chậm", "Kiểm lại"]


def order_of(sort, *numbers):
    return sort.parse_answer({"order": [sort.right[number] for number in numbers]})


def score(sort, *numbers):
    return sort.mark(order_of(sort, *numbers)).score


def test_order_earns_pairs_in_order_minus_pairs_turned_around(make):
    sort = make("sort-order")
    assert score(sort, 0, 1, 2, 3) == 6
    assert score(sort, 1, 0, 2, 3) == 4  # 5 of 6 pairs, 1 turned around
    assert score(sort, 1, 2, 3, 0) == 0  # half of the pairs: no better than chance
    assert score(sort, 3, 2, 1, 0) == 0
    assert make("sort-order", credit="share").mark(order_of(sort, 1, 2, 3, 0)).score == 3
    assert make("sort-order", credit="all").mark(order_of(sort, 1, 0, 2, 3)).score == 0


def test_chance_earns_little_and_only_the_right_order_earns_everything(make):
    sort = make("sort-order")
    scores = [score(sort, *numbers) for numbers in itertools.permutations(range(4))]
    assert scores.count(6) == 1
    assert sum(scores) / len(scores) < 6 / 4


@pytest.mark.parametrize(
    ("numbers", "moves"), [((1, 0, 2, 3), 1), ((1, 2, 3, 0), 1), ((1, 0, 3, 2), 2), ((3, 2, 1, 0), 3)]
)
def test_told_is_the_fewest_moves_that_are_left(make, numbers, moves):
    sort = make("sort-order")
    told = sort.told(order_of(sort, *numbers))
    assert told == f"Dời ít nhất {moves} bước nữa là đúng thứ tự."
    assert not any(step in told for step in STEPS)
    assert sort.told(order_of(sort, 0, 1, 2, 3)) == "Các bước đã đúng thứ tự."


@pytest.mark.parametrize("steps", [*itertools.permutations(STEPS)])
def test_whatever_the_right_order_a_learner_starts_from_another(steps):
    body = "\n".join(["Xếp.", "", *(f"{n}. {step}" for n, step in enumerate(steps, 1))])
    sort = kinds()["sort"].read("bai", {"mode": "order"}, body)
    assert [item.text for item in sort.items] != list(steps)
    assert set(sort.public()) >= {"mode", "items"}
    assert not {"right", "key"} & set(sort.public())


def test_a_pair_is_right_or_not_and_a_partner_may_be_too_many(make):
    sort = make("sort-match")
    assert len(sort.public()["groups"]) == 4
    assert len(sort.public()["items"]) == 3
    raw = sort.sample_answer({"placed": {"Vai": "Bạn là ai", "Việc": "Bao giờ xong"}})
    answer = sort.parse_answer(raw)
    assert sort.mark(answer).score == 1
    assert sort.told(answer) == "Bạn ghép đúng 1/3 cặp."
    assert "“Việc”" in sort.mark(answer).comment


def test_one_partner_for_two_is_malformed_not_wrong(make):
    with pytest.raises(AnswerError, match="hai lần"):
        make("sort-match").parse_answer({"placed": {"i1": "g1", "i2": "g1"}})


def test_turning_pairs_around_changes_nothing_that_the_learner_sees():
    read = kinds()["sort"].read
    options = {"mode": "match"}
    one = read("bai", options, "Ghép.\n\n- a = 1\n- b = 2\n- = 3")
    other = read("bai", options, "Ghép.\n\n- b = 1\n- = 2\n- a = 3")
    assert one.public() == other.public()


@pytest.mark.parametrize(
    ("options", "body", "line", "message"),
    [
        ({"mode": "order"}, "Xếp.", 0, "chưa có bước nào"),
        ({"mode": "order"}, "Xếp.\n\n1. a\n2. b", 2, "ít nhất ba bước"),
        ({"mode": "order"}, "Xếp.\n\n1. a\n2. b\n- c", 4, "không phải một bước"),
        ({"mode": "order"}, "Xếp.\n\n1. a\n2. b\n3. a", 4, "hai lần"),
        ({"mode": "match"}, "Ghép.", 0, "chưa có cặp nào"),
        ({"mode": "match"}, "Ghép.\n\n- a = 1\n- b", 2, "thiếu dấu ="),
        ({"mode": "match"}, "Ghép.\n\n- a = 1\n- = 2", 2, "ít nhất hai cặp"),
        ({"mode": "match"}, "Ghép.\n\n- a = 1\n- b = 1", 2, "giống hệt nhau"),
        ({"mode": "match"}, "Ghép.\n\n- a = 1\nthêm", 3, "không phải một cặp"),
    ],
)
def test_a_broken_list_names_line_and_mend(options, body, line, message):
    with pytest.raises(DeclarationError) as caught:
        kinds()["sort"].read("bai", options, body)
    assert (caught.value.line, message in str(caught.value)) == (line, True), str(caught.value)


def test_groups_belong_to_classify_only():
    with pytest.raises(DeclarationError, match="không có groups"):
        kinds()["sort"].read("bai", {"mode": "order", "groups": "A | B"}, "Xếp.\n\n1. a\n2. b\n3. c")
