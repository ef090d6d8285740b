"""product's hard checks: each declared rule passes and fails where it says, and tells what mends the work."""

from __future__ import annotations

import unicodedata

import pytest
from pydantic import ValidationError

from courses.exercises.product.rules import RULES, Check
from courses.exercises.product.work import Work
from tests.courses.exercises.works import DOCUMENTS, MEDIA, handed, share, told, written

LETTER = "KÍNH GỬI các tổ.\nBà con làm xong trước ngày 20 tháng 11.\nNơi nhận: như trên."


@pytest.mark.parametrize("kind", ["text", *DOCUMENTS])
@pytest.mark.parametrize(
    ("count", "line"),
    [
        (59, "✗ 60 đến 80 chữ: bài có 59 chữ, bạn thêm 1 chữ"),
        (60, "✓ 60 đến 80 chữ"),
        (80, "✓ 60 đến 80 chữ"),
        (83, "✗ 60 đến 80 chữ: bài có 83 chữ, bạn bớt 3 chữ"),
    ],
)
def test_a_text_and_each_document_may_be_exactly_as_long_as_the_limits(kind, count, line):
    assert told({"words": {"min": 60, "max": 80}}, written(kind, "chè " * count)) == line


@pytest.mark.parametrize("kind", MEDIA)
def test_with_a_picture_or_a_recording_the_words_beside_it_count(kind):
    assert told({"words": {"min": 3}}, handed(kind, "Chợ sáng nay")) == "✓ Ít nhất 3 chữ"
    assert told({"words": {"min": 3}}, handed(kind)) == "✗ Ít nhất 3 chữ: bài có 0 chữ, bạn thêm 3 chữ"


def test_a_document_counts_and_not_what_is_written_beside_it():
    assert told({"words": {"min": 5}}, handed("docx", "a b c d e f", words=2)).startswith("✗")


def test_a_long_document_counts_whole_though_only_its_beginning_is_kept():
    assert "bài có 9000 chữ" in told({"words": {"max": 9}}, handed("docx", text="chè", words=9000, cut=True))


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"min": 2}, "Ít nhất 2 chữ"),
        ({"max": 9}, "Nhiều nhất 9 chữ"),
        ({"min": 2, "max": 9}, "2 đến 9 chữ"),
        (6, "Đúng 6 chữ"),
    ],
)
def test_a_limit_is_said_as_it_was_declared(limits, said):
    assert Check.model_validate({"words": limits}).label() == said


@pytest.mark.parametrize(
    ("rule", "kind", "unit"),
    [
        ("slides", "pptx", "trang chiếu"),
        ("pages", "pdf", "trang"),
        ("pages", "docx", "trang"),
        ("sheets", "xlsx", "trang tính"),
    ],
)
def test_slides_pages_and_sheets_are_counted_and_unknown_counts_are_for_people(rule, kind, unit):
    check = {rule: {"min": 2, "max": 3}}
    assert [told(check, handed(kind, **{rule: count})) for count in (1, 2, 3, 5, None)] == [
        f"✗ 2 đến 3 {unit}: bài có 1 {unit}, bạn thêm 1 {unit}",
        f"✓ 2 đến 3 {unit}",
        f"✓ 2 đến 3 {unit}",
        f"✗ 2 đến 3 {unit}: bài có 5 {unit}, bạn bớt 2 {unit}",
        f"? 2 đến 3 {unit}: máy chưa đo được, người chấm sẽ xem.",
    ]


@pytest.mark.parametrize("kind", ["audio", "video"])
@pytest.mark.parametrize(
    ("seconds", "line"),
    [
        (28.4, "✗ 30 đến 90 giây: bài dài 28 giây, bạn nói thêm 2 giây"),
        (29.4, "✗ 30 đến 90 giây: bài dài 29 giây, bạn nói thêm 1 giây"),
        (30, "✓ 30 đến 90 giây"),
        (90.5, "✓ 30 đến 90 giây"),
        (96.6, "✗ 30 đến 90 giây: bài dài 97 giây, bạn cắt bớt 7 giây"),
        (None, "? 30 đến 90 giây: máy chưa đo được, người chấm sẽ xem."),
    ],
)
def test_a_recording_lasts_as_long_as_it_may_and_one_that_does_not_say_is_for_people(kind, seconds, line):
    check = {"duration": {"min_seconds": 30, "max_seconds": 90}}
    assert told(check, handed(kind, seconds=seconds)) == line


@pytest.mark.parametrize(
    ("width", "height", "passes"),
    [(800, 600, True), (600, 800, True), (799, 600, False), (1200, 599, False), (600, 799, False)],
)
def test_a_picture_is_large_enough_either_way_up(width, height, passes):
    check = {"image": {"min_width": 800, "min_height": 600}}
    label = "Ảnh từ 800 × 600 điểm trở lên, ngang hay dọc đều được"
    mend = f"ảnh có {width} × {height} điểm, bạn gửi ảnh gốc, chưa thu nhỏ, hoặc chụp lại"
    line = told(check, handed("image", width=width, height=height))
    assert line == (f"✓ {label}" if passes else f"✗ {label}: {mend}")


@pytest.mark.parametrize("kind", ["text", *DOCUMENTS])
def test_required_parts_are_found_by_words_and_by_pattern_and_missing_ones_are_named(kind):
    check = {"parts": ["Kính gửi", {"name": "Hạn chót", "find": r"/ngày \d+/"}, "Nơi nhận", "Người ký"]}
    assert share(check, written(kind, LETTER)) == (3, 4)
    assert told(check, written(kind, LETTER)) == (
        "✗ Đủ các phần: Kính gửi, Hạn chót, Nơi nhận, Người ký: "
        "chưa thấy phần: Người ký; bạn viết thêm, hoặc ghi rõ tên phần"
    )
    assert told(check, written(kind, f"{LETTER}\nNgười ký")).startswith("✓")


def test_a_part_is_whole_words_in_either_unicode_form_wherever_they_stand():
    check = {"parts": ["Kính gửi"]}
    assert told(check, Work(text=unicodedata.normalize("NFD", "— kính  GỬI:"))).startswith("✓")
    assert told(check, Work(text="kính gửing")).startswith("✗")
    assert told(check, handed("docx", headings=["Kính gửi"])).startswith("✓")
    assert told(check, handed("pptx", titles=["Kính gửi"])).startswith("✓")
    assert told(check, handed("docx", "Kính gửi", text="trống")).startswith("✗")


def test_of_many_missing_parts_five_are_named_and_the_rest_counted():
    check = {"parts": [f"phần {letter}" for letter in "abcdefg"]}
    line = told(check, Work(text="chưa có"))
    assert "chưa thấy phần: phần a, phần b, phần c, phần d, phần e và 2 chỗ khác" in line


@pytest.mark.parametrize("kind", ["text", *DOCUMENTS])
@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("245 hộ, 1.250,5 kg, 3,75 triệu", 3),
        ("245 hộ, 1,250.5 kg, 3.75 triệu", 3),
        ("245 hộ, 1250,5 kg, 3,750 triệu", 3),
        ("245 hộ, 1\u00a0250,5 kg, ba triệu bảy lăm", 2),
        ("24 hộ, 1.250 kg, 375 triệu", 0),
        ("1245 hộ, T245, 3,755", 0),
    ],
)
def test_numbers_of_the_source_stand_in_the_work_in_either_decimal_style(kind, body, kept):
    assert share({"numbers_kept": "245; 1.250,5; 3,75"}, written(kind, body)) == (kept, 3)


@pytest.mark.parametrize(
    ("body", "plain", "sizes"),
    [
        ("thu 1.200.000 đồng", True, True),
        ("thu 1,200,000 đồng", True, True),
        ("thu 1,2 triệu đồng", False, True),
        ("thu 1 triệu 200 nghìn", False, True),
        ("thu 1200 nghìn", False, True),
        ("thu 1,2 tỷ đồng", False, False),
        ("thu 1,2", False, False),
    ],
)
def test_another_vietnamese_spelling_of_a_number_counts_only_where_the_rule_says_so(body, plain, sizes):
    source = "1.200.000 đồng"
    assert told({"numbers_kept": source}, Work(text=body)).startswith("✓") is plain
    assert told({"numbers_kept": {"source": source, "sizes": True}}, Work(text=body)).startswith("✓") is sizes


def test_a_source_told_in_millions_is_kept_by_the_whole_number_where_sizes_count():
    check = {"numbers_kept": {"source": "3,75 triệu", "sizes": True}}
    assert told(check, Work(text="được 3.750.000 đồng")).startswith("✓")
    assert told(check, Work(text="được 3,75 nghìn")).startswith("✗")


@pytest.mark.parametrize("kind", ["xlsx", "csv", "docx"])
def test_numbers_in_the_cells_of_a_table_are_kept_too(kind):
    assert share({"numbers_kept": "245; 12,5"}, handed(kind, rows=[["Hộ", "245"], ["Tấn", "12,5"]])) == (2, 2)


def test_missing_numbers_are_counted_but_never_told_for_they_may_be_the_key():
    line = told({"numbers_kept": "245; 231; 14"}, Work(text="Có 245 hộ."))
    assert line == (
        "✗ Giữ đủ các con số của bản gốc: còn thiếu 2/3 con số của bản gốc, bạn dò lại từng số với bản gốc"
    )


def test_numbers_that_the_source_has_not_are_named_even_when_nothing_is_missing():
    line = told({"numbers_kept": [245]}, Work(text="245 hộ, thêm 99 hộ và 99 người"))
    assert line == "✓ Giữ đủ các con số của bản gốc (bản gốc không có số: 99 – bạn xem lại nhé)"


@pytest.mark.parametrize(
    "text",
    [
        "ngày 20 tháng 11 năm 2026",
        "2/11/2026",
        "12.11.2026",
        "Số: 12/UBND-VP",
        "Nghị định 30/2020/NĐ-CP, điều 5 khoản 2",
        "tổ 4, quý 3",
        "1. Việc thứ nhất",
        "Báo cáo thang 11, ngay 6 thang 12",
        "Trang 1: tên; trang chiếu 2; slide 3",
        "Nguồn 1, câu 2, hạn 6/12, thứ 5",
    ],
)
def test_dates_document_numbers_and_points_of_law_are_no_figures_of_a_report(text):
    assert (
        told({"numbers_kept": [245]}, Work(text=f"{text}\nCó 245 hộ.")) == "✓ Giữ đủ các con số của bản gốc"
    )


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("245 hộ, 231 hộ", 2),
        ("245 hộ, 231 hộ, cộng 476 hộ, tháng 11", 2),
        ("245 hộ, 231 hộ, đạt 96%", 1),
        ("245 hộ, đạt 96%", 0),
        ("đạt 96%, tăng 20%, lãi 3 lần", 0),
    ],
)
def test_where_only_the_sources_numbers_may_stand_each_other_one_costs_as_much_as_a_missing_one(text, kept):
    check = {"numbers_kept": {"source": "245; 231", "only": True, "also": "476"}}
    assert share(check, Work(text=text)) == (kept, 2)


def test_money_is_no_page_and_no_day_so_an_invented_sum_is_seen():
    check = {"numbers_kept": {"source": "245", "sizes": True, "only": True}}
    line = told(check, Work(text="245 hộ, thu 13 triệu, ban 7 goi"))
    assert "bản gốc không có số: 13 triệu, 7" in line


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("Gọi 0912 345 678", "số điện thoại"),
        ("CCCD 001 085 012 345", "số căn cước công dân"),
        ("Thư: lan@vidu.vn", "địa chỉ thư điện tử"),
        ("Tài khoản Vietcombank 1234567890", "số tài khoản hoặc số thẻ"),
    ],
)
def test_personal_data_is_named_by_its_sort_and_never_repeated(given, named):
    line = told({"no_personal_data": True}, Work(text=given))
    assert line == (
        f"✗ Không có thông tin cá nhân: hình như có {named}; bạn xóa hoặc thay bằng chữ chung chung"
    )
    assert told({"no_personal_data": True}, Work(text="Gọi tổ trưởng, góp 50.000 đồng")).startswith("✓")


PHONE = "0912 345 678"


@pytest.mark.parametrize(
    "work",
    [
        *(written(kind, f"Gọi {PHONE}") for kind in ("text", *DOCUMENTS)),
        *(handed(kind, f"Gọi {PHONE}") for kind in (*DOCUMENTS, *MEDIA)),
        *(handed(kind, rows=[["Bà A", PHONE]]) for kind in ("xlsx", "csv", "docx")),
    ],
)
def test_personal_data_is_found_in_the_work_in_its_table_and_beside_any_file(work):
    assert told({"no_personal_data": True}, work).startswith("✗")


@pytest.mark.parametrize(
    ("rule", "kinds"),
    [
        ({"slides": 3}, {"pptx"}),
        ({"pages": 3}, {"pdf", "docx"}),
        ({"sheets": 3}, {"xlsx"}),
        ({"duration": {"max_seconds": 9}}, {"audio", "video"}),
        ({"image": {"min_width": 9}}, {"image"}),
        ({"form": "nd30"}, {"text", "docx", "pdf"}),
        ({"words": 3}, {"text", *DOCUMENTS, *MEDIA}),
        ({"parts": ["Nơi nhận"]}, {"text", *DOCUMENTS, *MEDIA}),
        ({"numbers_kept": "3"}, {"text", *DOCUMENTS, *MEDIA}),
    ],
)
def test_a_rule_passes_what_it_is_not_about(rule, kinds):
    works = {"text": Work(text="chè"), **{kind: handed(kind) for kind in (*DOCUMENTS, *MEDIA)}}
    assert {kind for kind, work in works.items() if not told(rule, work).startswith("✓")} == kinds


def test_the_authors_own_words_stand_in_place_of_ours():
    check = {"words": {"max": 2}, "text": "Thật gọn", "message": "Bỏ bớt lời chào."}
    assert told(check, Work(text="một hai")) == "✓ Thật gọn"
    assert told(check, Work(text="một hai ba")) == "✗ Thật gọn: Bỏ bớt lời chào."


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({}, "cần đúng một điều kiện"),
        ({"words": 3, "pages": 1}, "cần đúng một điều kiện"),
        ({"words": 3, "gate": True, "points": 1}, "gate không có điểm"),
        ({"words": {}}, "cần min, max, hoặc cả hai"),
        ({"words": {"min": 9, "max": 3}}, "min lớn hơn max"),
        ({"numbers_kept": "không số nào"}, "không có con số nào trong bản gốc"),
        ({"numbers_kept": "mục 1.2.3"}, "không có con số nào trong bản gốc"),
        ({"numbers_kept": {"source": "3", "also": "4"}}, "also chỉ dùng cùng only: true"),
        ({"parts": [{"name": "a", "find": "/(/"}]}, "không đọc được"),
        ({"parts": []}, "at least 1 item"),
        ({"form": "nd99"}, "nd30"),
        ({"no_personal_data": False}, "True"),
        ({"duration": {"max_seconds": 0}}, "greater than 0"),
    ],
)
def test_a_check_that_cannot_be_meant_is_refused(declared, message):
    with pytest.raises(ValidationError, match=message.replace("(", r"\(")):
        Check.model_validate(declared)


def test_every_rule_that_can_be_declared_is_tried_here():
    assert set(RULES) == {
        "words", "parts", "numbers_kept", "form", "no_personal_data", "image", "slides", "pages", "sheets", "duration",
    }  # fmt: skip
