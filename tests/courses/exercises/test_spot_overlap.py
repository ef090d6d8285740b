"""Wrong passages that overlap: one tap finds one of them, and no tap costs twice."""

import itertools

import pytest

from courses.exercises.base import DeclarationError
from courses.exercises.registry import kinds

TEXT = "Chạm.\n\n> Hội được giải vàng nhờ trị bệnh, mở cửa.\n\n"
TWO = TEXT + "- [x] được giải vàng | a a\n- [x] giải vàng nhờ trị bệnh | b b\n- [ ] mở cửa"


def read(body):
    return kinds()["spot"].read("bai", {"points": 2}, body)


def score(spot, *texts):
    return spot.mark(spot.parse_answer(spot.sample_answer({"marked": list(texts)}))).score


def test_the_text_is_cut_where_a_passage_begins_or_ends_and_stays_whole():
    segments = read(TWO).public()["segments"]
    assert [part["text"] for part in segments if "id" in part] == [
        "được",
        "giải vàng",
        "nhờ trị bệnh",
        "mở cửa",
    ]
    assert "".join(part["text"] for part in segments) == "Hội được giải vàng nhờ trị bệnh, mở cửa."


def test_a_tap_where_passages_overlap_finds_one_and_a_tap_beside_it_the_other():
    spot = read(TWO)
    assert score(spot, "giải vàng") == 1
    assert score(spot, "được") == 1
    assert score(spot, "được", "giải vàng") == 2
    assert score(spot, "được", "nhờ trị bệnh") == 2
    assert score(spot, "giải vàng", "nhờ trị bệnh") == 2
    assert score(spot, "được", "giải vàng", "nhờ trị bệnh") == 2
    assert score(spot, "giải vàng", "mở cửa") == 0


def test_a_passage_inside_another_is_found_by_its_own_tap():
    spot = read(TEXT + "- [x] được giải vàng nhờ trị bệnh | a a\n- [x] giải vàng | b b\n- [ ] mở cửa")
    answer = spot.parse_answer(spot.sample_answer({"marked": ["giải vàng"]}))
    assert "“giải vàng”: b b" in spot.mark(answer).comment
    assert score(spot, "được", "giải vàng") == 2
    assert score(spot, "được", "nhờ trị bệnh") == 1


def test_a_tap_on_two_right_passages_costs_once(make):
    spot = make("spot-overlap")

    def told(*texts):
        return spot.told(spot.parse_answer(spot.sample_answer({"marked": list(texts)})))

    assert told("năm 2031", "được", "sân đình") == "Bạn tìm được 2/3 chỗ sai. Có 1 chỗ chạm nhầm."
    assert told("sân đình").endswith("Có 1 chỗ chạm nhầm.")
    assert told("sân đình", "làng").endswith("Có 2 chỗ chạm nhầm.")


def test_marking_any_taps_ends_and_more_taps_on_wrong_pieces_never_cost(make):
    spot = make("spot-overlap")
    inside = {piece for passage in spot.wrong for piece in passage.pieces}
    for count in range(len(spot.pieces) + 1):
        for taps in itertools.combinations(spot.pieces, count):
            now = spot.mark(spot.parse_answer({"marked": list(taps)})).score
            for more in inside - set(taps):
                assert spot.mark(spot.parse_answer({"marked": [*taps, more]})).score >= now


def test_the_signs_of_a_list_change_nothing_that_the_learner_sees():
    other = TEXT + "- [ ] mở cửa\n- [x] giải vàng nhờ trị bệnh | c c\n- [ ] được giải vàng"
    assert read(TWO).public() == read(other).public()
    assert not any(secret in str(read(TWO).public()) for secret in ("a a", "b b", "reason", "passages"))


@pytest.mark.parametrize(
    ("rows", "line", "message"),
    [
        ("- [x] bay lên trời | a\n- [ ] mở cửa", 4, "có 0 chỗ"),
        ("- [x] giải vàng\n- [ ] mở cửa", 4, "thiếu lý do"),
        ("- [ ] giải vàng | a\n- [x] mở cửa | b", 4, "không có lý do"),
        ("- giải vàng", 4, "không phải một đoạn"),
        ("- [x] giải vàng | a\n- [ ] giải vàng", 2, "giống hệt nhau"),
        (
            "- [x] được giải vàng | a\n- [x] được | b\n- [x] giải vàng | c\n- [ ] mở cửa",
            2,
            "nhiều hơn số mẩu",
        ),
    ],
)
def test_a_broken_list_names_line_and_mend(rows, line, message):
    with pytest.raises(DeclarationError) as caught:
        read(TEXT + rows)
    assert (caught.value.line, message in str(caught.value)) == (line, True), str(caught.value)


def test_words_that_stand_twice_need_their_neighbours():
    with pytest.raises(DeclarationError, match="có 2 chỗ"):
        read("Chạm.\n\n> chè và chè, cơm.\n\n- [x] chè | a\n- [ ] cơm")
