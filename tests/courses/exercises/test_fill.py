"""fill: what is accepted in a blank, what is forgiven, and only where the author says so."""

import unicodedata

import pytest

from courses.exercises.base import DeclarationError
from courses.exercises.fill.dates import read_day
from courses.exercises.registry import kinds


def fill(blank, **options):
    return kinds()["fill"].read("bai", options, f"Điền.\n\n> Ở đây: {{{{{blank}}}}}.")


def right(exercise, text):
    return exercise.mark(exercise.parse_answer({"filled": {"b1": text}})).status == "right"


@pytest.mark.parametrize(
    ("text", "forgive", "expected"),
    [
        ("Hà Nội", "none", True),
        ("  Hà   Nội ", "none", True),
        (unicodedata.normalize("NFD", "Hà Nội"), "none", True),
        ("hà nội", "none", False),
        ("hà nội", "case", True),
        ("Ha Noi", "case", False),
        ("ha noi", "case diacritics", True),
        ("HàNội", "case", False),
        ("HàNội", "spaces", True),
        ("“Hà Nội”.", "case", False),
        ("“Hà Nội”.", "punctuation", True),
        ("hanoi!", "case diacritics spaces punctuation", True),
        ("Hà Nam", "case diacritics spaces punctuation", False),
    ],
)
def test_words_are_forgiven_what_the_author_forgives(text, forgive, expected):
    assert right(fill("Hà Nội", forgive=forgive), text) is expected


def test_the_case_is_forgiven_when_nothing_is_said_and_any_accepted_answer_counts():
    exercise = fill("Vạn Xuân | nhà văn hóa")
    assert right(exercise, "VẠN XUÂN")
    assert right(exercise, "nhà văn hoá")  # the tone mark at its other place
    assert not right(exercise, "van xuan")
    assert not right(fill("quý"), "qúy")
    assert right(fill("đường", forgive="diacritics"), "duong")


@pytest.mark.parametrize("text", ["1.500", "1500", "1,500", "1 500", " 1.500,0 ", "1.500 đồng", "1500đồng"])
def test_a_number_is_the_same_in_every_style_with_its_unit_or_without(text):
    assert right(fill("number: 1.500 đồng"), text)


@pytest.mark.parametrize("text", ["1.501", "15.00", "1500 kg", "một nghìn rưỡi", "1.5.00", "-1500", ""])
def test_another_number_or_another_unit_is_not_right(text):
    assert not right(fill("number: 1.500 đồng"), text)


def test_both_decimal_styles_are_the_same_number():
    exercise = fill("number: 2,5")
    assert right(exercise, "2,5")
    assert right(exercise, "2.5")
    assert not right(exercise, "25")
    assert not right(fill("number: 1.500"), "1,5")  # an author writes the Vietnamese way


@pytest.mark.parametrize(
    "text",
    [
        "28/6/2026",
        "28-06-2026",
        "28.6.2026",
        "28 / 06 / 2026",
        "2026-06-28",
        "ngày 28 tháng 6 năm 2026",
        "Ngày 28 tháng sáu năm 2026.",
        "28 tháng 6, 2026",
    ],
)
def test_a_date_is_the_same_however_it_is_written(text):
    assert right(fill("date: 28/6/2026"), text)
    assert right(fill("date: ngày 28 tháng 6 năm 2026"), unicodedata.normalize("NFD", text))


@pytest.mark.parametrize(
    "text", ["6/28/2026", "28/6", "28/6/26", "29/6/2026", "31/6/2026", "tháng 6 năm 2026"]
)
def test_another_day_or_half_a_date_is_not_right(text):
    assert not right(fill("date: 28/6/2026"), text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("mùng 1 tháng giêng", (1, 1, 0)),
        ("28/6", (28, 6, 0)),
        ("6/2026", (0, 6, 2026)),
        ("tháng Chạp năm 2026", (0, 12, 2026)),
        ("29/2", (29, 2, 0)),
        ("29/2/2026", None),
        ("0/6/2026", None),
        ("1/13", None),
        ("hôm nay", None),
    ],
)
def test_dates_may_be_named_in_part(text, day):
    assert read_day(text) == day


def test_learners_see_where_blanks_stand_and_nothing_of_the_key(make):
    public = make("fill").public()
    assert set(public) == {"id", "kind", "points", "statement", "statement_html", "segments"}
    blanks = [part for part in public["segments"] if "id" in part]
    assert blanks[:2] == [
        {"id": "b1", "type": "text", "text": ""},
        {"id": "b2", "type": "number", "text": ""},
    ]
    assert not any(secret in str(public) for secret in ("Vạn Xuân", "1.500", "28/6"))


def test_comments_name_places_and_not_answers(make):
    exercise = make("fill")
    mark = exercise.mark(exercise.parse_answer({"filled": {"b1": "van xuan", "b2": "7"}}))
    assert (mark.score, mark.status) == (1, "partly")
    assert "số 2." in mark.comment
    assert "số 3, 4, 5." in mark.comment
    assert "1.500" not in mark.comment
    assert exercise.told(exercise.parse_answer({"filled": {"b2": "1500"}})) == "Bạn điền đúng 1/5 chỗ trống."


@pytest.mark.parametrize(
    ("body", "line", "message"),
    [
        ("Điền {{a}}.", 0, "chưa có đoạn văn"),
        ("Điền.\n\n> a", 2, "chưa có chỗ trống"),
        ("Điền.\n\n> a\n> {{ }}", 3, "không hiểu “”"),
        ("Điền.\n\n> {{a | }}", 2, "sau mỗi dấu |"),
        ("Điền.\n\n> {{number: nhiều}}", 2, "cần số"),
        ("Điền.\n\n> {{date: 31/6/2026}}", 2, "cần ngày có thật"),
        ("Điền.\n\n> {{a}} {{b", 2, "chưa đủ đôi"),
        ("Điền.\n\n> {{a}}\n\nthêm", 4, "không được có chữ"),
        ("> {{a}}", 0, "chưa có lời đề bài"),
    ],
)
def test_a_broken_text_names_line_and_mend(body, line, message):
    with pytest.raises(DeclarationError) as caught:
        kinds()["fill"].read("bai", {}, body)
    assert (caught.value.line, message in str(caught.value)) == (line, True), str(caught.value)


def test_what_cannot_be_forgiven_is_named():
    with pytest.raises(DeclarationError) as caught:
        fill("a", forgive="case spelling")
    assert caught.value.option[0] == "forgive"
