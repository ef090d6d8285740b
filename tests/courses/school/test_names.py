from __future__ import annotations

import random
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from courses.school.names import printable, slug, sort_key, text_key, tidy
from courses.school.pseudonyms import new_pseudonym

REGISTER = [
    "Nguyễn Văn An",
    "Lê Thị Ái",
    "Trần Ân",
    "Phạm Thị Bình",
    "Bùi Chi",
    "Vũ Dung",
    "Vũ Dũng",
    "Lý Đa",
    "Lý Đà",
    "Đỗ Thị Hoa",
    "Nguyễn Văn Hoa",
    "Nguyễn Đình Hoa",
    "Nguyễn Hoà",
    "Trần Hòa",
    "Hồ Lam",
    "Hồ Lan",
    "Mạc Oanh",
    "Lê Ổn",
    "Ngô Ơn",
    "Ngô Tuấn",
    "Ngô Tư",
    "Ngô Yến",
    "Ngô Ý",
]


def test_a_register_is_sorted_by_given_name_then_middle_then_family():
    wanted = ["Nguyễn Đình Hoa", "Đỗ Thị Hoa", "Nguyễn Văn Hoa"]
    assert sorted(["Nguyễn Văn Hoa", "Đỗ Thị Hoa", "Nguyễn Đình Hoa"], key=sort_key) == wanted


def test_given_names_follow_the_vietnamese_alphabet_then_the_tones():
    letters = [
        "An",
        "Ái",
        "Ăn",
        "Ân",
        "Bình",
        "Chi",
        "Dung",
        "Dũng",
        "Đa",
        "Đà",
        "Em",
        "Êm",
        "Oanh",
        "Ổn",
        "Ơn",
        "Tuấn",
        "Tư",
    ]
    mixed = letters[:]
    random.Random(1).shuffle(mixed)
    by_key = sorted(mixed, key=sort_key)
    assert by_key.index("An") < by_key.index("Ăn") < by_key.index("Ân") < by_key.index("Bình")
    assert (
        by_key.index("Dũng")
        < by_key.index("Đa")
        < by_key.index("Đà")
        < by_key.index("Em")
        < by_key.index("Êm")
    )
    assert by_key.index("Oanh") < by_key.index("Ổn") < by_key.index("Ơn")
    assert by_key.index("Tuấn") < by_key.index("Tư")


def test_tones_come_in_the_order_of_the_dictionary():
    assert sorted("mạ má mã mả mà ma".split(), key=sort_key) == "ma mà mả mã má mạ".split()  # noqa: SIM905 - reads as the spoken row


def test_where_a_tone_is_written_does_not_matter():
    assert sort_key("Hòa")[0] == sort_key("Hoà")[0]


def test_the_same_name_in_other_normal_forms_sorts_alike():
    for name in REGISTER:
        assert sort_key(unicodedata.normalize("NFD", name)) == sort_key(name)


@given(st.lists(st.sampled_from(REGISTER), max_size=12), st.randoms())
def test_the_order_does_not_depend_on_the_order_before(names, chance):
    shuffled = names[:]
    chance.shuffle(shuffled)
    assert sorted(shuffled, key=sort_key) == sorted(names, key=sort_key)


@given(st.text(), st.text())
def test_any_text_has_a_place(one, other):
    assert (sort_key(one) < sort_key(other)) or (sort_key(one) >= sort_key(other))
    assert (text_key(one) < text_key(other)) or (text_key(one) >= text_key(other))


def test_numbers_in_a_text_count_as_numbers():
    names = ["Tổ dân phố 10", "Tổ dân phố 9", "Tổ dân phố 1"]
    assert sorted(names, key=text_key) == ["Tổ dân phố 1", "Tổ dân phố 9", "Tổ dân phố 10"]


@given(st.text(max_size=60))
def test_a_slug_is_safe_in_a_path_and_an_address(text):
    assert set(slug(text)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not slug(text).startswith("-")
    assert not slug(text).endswith("-")


def test_a_slug_drops_only_the_marks():
    assert slug("Tổ dân phố số 07 – Đường Bưởi") == "to-dan-pho-so-07-duong-buoi"


def test_tidy_composes_and_drops_spare_spaces():
    assert tidy("  Lê   Thị \u00a0 A\u0301i ") == "Lê Thị Ái"


def test_what_is_printed_cannot_move_a_cursor_or_turn_a_line_around():
    assert printable("a\x1b[2J\u202eb\n") == "a\ufffd[2J\ufffdb\ufffd"
    assert len(printable("x" * 10_000)) == 61


def test_pseudonyms_are_unique_and_owe_nothing_to_the_person():
    taken: set[str] = set()
    for _ in range(3000):
        pseudonym = new_pseudonym(taken)
        assert pseudonym not in taken
        taken.add(pseudonym)
    assert all(name.rsplit(" ", 1)[1].isdecimal() for name in taken)


def test_the_same_source_of_chance_gives_the_same_pseudonyms():
    assert new_pseudonym((), random.Random(7)) == new_pseudonym((), random.Random(7))
