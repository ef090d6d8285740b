"""table: what is checked of the data, what each check earns, and what a learner is told of it."""

import json

import pytest

from courses.exercises.base import AnswerError, DeclarationError
from courses.exercises.registry import kinds

COLUMNS = [
    {"id": "ma", "name": "Mã"},
    {"id": "ngay", "name": "Ngày", "type": "date"},
    {"id": "nhom", "name": "Nhóm", "type": "choice", "choices": ["Thu", "Chi"]},
    {"id": "tien", "name": "Tiền", "type": "number", "unit": "đồng"},
]
GOOD = [["A1", "1/11/2026", "Thu", "1.500.000"], ["A2", "2/11/2026", "chi", "250 000 đồng"]]


def table(*checks, **options):
    return kinds()["table"].read(
        "bai",
        {"points": 4, "grow": True, "columns": COLUMNS, "checks": list(checks), **options},
        "Điền bảng.",
    )


def mark(exercise, rows):
    return exercise.mark(exercise.parse_answer({"rows": rows}))


@pytest.mark.parametrize(
    ("check", "broken"),
    [
        ({"types": ["ngay", "nhom", "tien"]}, ["A2", "31/2/2026", "Chi", "250000"]),
        ({"types": ["nhom"]}, ["A2", "2/11/2026", "Vay", "250000"]),
        ({"types": ["tien"]}, ["A2", "2/11/2026", "Chi", "250 kg"]),
        ({"required": ["ma", "tien"]}, ["A2", "", "Chi", ""]),
        ({"unique": ["ma"]}, ["a1", "2/11/2026", "Chi", "250000"]),
        ({"unique": ["ngay", "tien"]}, ["A2", "01/11/2026", "Chi", "1500000"]),
        ({"total": {"column": "tien", "answer": 1750000}}, ["A2", "2/11/2026", "Chi", "260000"]),
        ({"holds": {"column": "nhom", "values": ["Thu", "Chi"]}}, ["A2", "2/11/2026", "Thu", "250000"]),
        ({"match": [{"ma": "A2", "tien": 250000}]}, ["A2", "2/11/2026", "Chi", "25000"]),
    ],
)
def test_each_check_passes_good_data_and_sees_the_fault(check, broken):
    exercise = table({"name": "kiểm", **check})
    assert mark(exercise, GOOD).status == "right"
    assert mark(exercise, [GOOD[0], broken]).status == "wrong"


def test_rows_are_counted_without_empty_ones():
    exercise = table({"name": "đủ dòng", "count": 2})
    assert mark(exercise, [GOOD[0], ["", " ", "", ""], GOOD[1], ["", "", "", ""]]).status == "right"
    assert mark(exercise, GOOD[:1]).status == "wrong"


def test_a_total_may_be_a_little_off_where_its_author_says_so():
    total = {"name": "tổng", "total": {"column": "tien", "answer": 1760000, "tolerance": "1%"}}
    assert mark(table(total), GOOD).status == "right"


def test_shares_of_the_points_are_declared():
    exercise = table({"name": "mã", "unique": ["ma"], "share": 3}, {"name": "đủ dòng", "count": 3})
    assert (mark(exercise, GOOD).score, mark(exercise, GOOD).status) == (3, "partly")
    assert mark(exercise, GOOD).comment == "Đạt 1/2 điều kiểm tra. Đã đạt: mã. Cần xem lại: đủ dòng."


def test_what_the_given_table_passes_earns_nothing_by_itself():
    given = [["A1", "1/11/2026", "Thu", "5"], ["A1", "", "", ""]]
    exercise = table({"name": "kiểu", "types": ["tien"]}, {"name": "mã", "unique": ["ma"]}, rows=given)
    touched = [given[0], ["A1", "", "Thu", ""]]
    assert mark(exercise, touched).score == 0
    assert mark(exercise, [given[0], ["A2", "", "", ""]]).score == 4
    assert mark(exercise, given).status == "blank"


def test_told_names_checks_and_never_what_they_expect():
    exercise = table({"name": "Tổng khớp với sổ", "total": {"column": "tien", "answer": 1234567}})
    answer = exercise.parse_answer({"rows": GOOD})
    assert exercise.told(answer) == "Đạt 0/1 điều kiểm tra. Cần xem lại: Tổng khớp với sổ."
    public = json.dumps(exercise.public(), ensure_ascii=False)
    assert "Tổng khớp với sổ" in public
    assert "1234567" not in public
    assert "checks" not in public


def test_given_cells_of_a_fixed_table_stay():
    columns = [{**COLUMNS[0], "fixed": True}, *COLUMNS[1:]]
    exercise = table(
        {"name": "tiền", "required": ["tien"]}, columns=columns, grow=False, rows=[["A1", "", "", ""]]
    )
    assert mark(exercise, [["A1", "", "", "5"]]).status == "right"
    for rows in ([["A9", "", "", "5"]], [["A1", "", "", "5"], ["A2", "", "", "5"]]):
        with pytest.raises(AnswerError, match=r"giữ nguyên|nhiều nhất"):
            exercise.parse_answer({"rows": rows})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"checks": [{"name": "a", "total": {"column": "ma", "answer": 1}}]}, "không cộng được"),
        ({"checks": [{"name": "a", "unique": ["la"]}]}, "không có cột “la”"),
        ({"checks": [{"name": "a", "unique": ["ma"], "count": 2}]}, "đúng một trong"),
        ({"checks": [{"name": "a", "match": [{"nhom": "Vay"}]}]}, "không hợp với cột"),
        ({"rows": [["A1"]]}, "dòng này có 1 ô"),
        ({"grow": False}, "không có dòng nào"),
        ({"columns": [COLUMNS[0], COLUMNS[0]]}, "có hai lần"),
        ({"columns": [{"id": "ma", "name": "Mã", "type": "choice"}]}, "cần choices"),
        ({"rows": GOOD}, "còn việc làm"),
    ],
)
def test_a_broken_declaration_is_named(changes, message):
    with pytest.raises(DeclarationError, match=message):
        table({"name": "a", "unique": ["ma"]}, **changes)


def test_samples_hold_cells_as_people_write_them():
    assert table({"name": "a", "count": 1}).sample_answer({"rows": [["A1", "", "Thu", 1.5]]}) == {
        "rows": [["A1", "", "Thu", "1,5"]]
    }
