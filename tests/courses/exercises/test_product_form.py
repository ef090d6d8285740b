"""The form of Nghị định 30/2020/NĐ-CP: each part, and each measure exactly at its limits."""

from __future__ import annotations

import pytest

from courses.exercises.product.work import Work
from tests.courses.exercises.works import handed, share, told, written

FORM = {"form": "nd30"}
LINES = {
    "quốc hiệu viết in hoa, đủ chữ": "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "tiêu ngữ “Độc lập - Tự do - Hạnh phúc”": "Độc lập - Tự do - Hạnh phúc",
    "số và ký hiệu, ví dụ “Số: 12/UBND-VP”": "Số: 12/UBND-VP",
    "địa danh và ngày tháng năm": "Phường Mẫu, ngày 12 tháng 3 năm 2026",
    "trích yếu “V/v …”, hoặc tên loại văn bản và nội dung chính": "V/v thu gom rác",
    "nội dung": "Kính gửi: Các tổ dân phố. Phường đổi lịch thu gom từ 15 giờ.",
    "chức vụ của người ký, viết in hoa": "KT. CHỦ TỊCH",
    "nơi nhận": "Nơi nhận: như trên.",
}
BODY = "\n".join(LINES.values())
SHEET = {"width": 210, "height": 297, "top": 20, "bottom": 20, "left": 30, "right": 15}
STATE = {"text": LINES["quốc hiệu viết in hoa, đủ chữ"], "bold": True, "size": 13}
MOTTO = {"text": "Độc lập - Tự do - Hạnh phúc", "bold": True, "size": 14}
NUMBER = {"place": "top", "align": "center", "size": 13, "first": False}


def document(body=BODY, sheets=(SHEET,), lines=(STATE, MOTTO), number=None, **facts):
    form = {
        "fonts": facts.pop("fonts", {"Times New Roman": 100}),
        "colours": facts.pop("colours", {"000000": 100}),
        "sheets": sheets,
        "lines": lines,
        "page_number": number,
    }
    return handed("docx", text=body, words=len(body.split()), form=form, **{"pages": 1, **facts})


def faults(work):
    """What is told, in pieces."""
    line = told(FORM, work)
    assert line.partition(":")[0][2:] == "Đúng thể thức Nghị định 30/2020/NĐ-CP"
    return line.partition(": ")[2].split("; ") if line.startswith("✗") else []


@pytest.mark.parametrize("kind", ["text", "pdf", "docx"])
@pytest.mark.parametrize("name", [name for name in LINES if name != "nội dung"])
def test_each_part_that_is_missing_is_named(kind, name):
    assert faults(written(kind, BODY)) == []
    work = written(kind, BODY.replace(LINES[name], ""))
    assert faults(work) == [f"chưa thấy {name}"]


def test_a_part_that_is_missing_costs_its_share():
    right, total = share(FORM, Work(text=BODY))
    assert (right, total) == (8, 8)
    assert share(FORM, Work(text=BODY.replace("V/v", ""))) == (6, 7), "without its subject no order is seen"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("quốc hiệu viết in hoa, đủ chữ", "Cộng hòa xã hội chủ nghĩa Việt Nam"),
        ("quốc hiệu viết in hoa, đủ chữ", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA"),
        ("tiêu ngữ “Độc lập - Tự do - Hạnh phúc”", "Độc lập, Tự do, Hạnh phúc"),
        ("số và ký hiệu, ví dụ “Số: 12/UBND-VP”", "Số 12"),
        ("địa danh và ngày tháng năm", "ngày 12/3/2026"),
        ("chức vụ của người ký, viết in hoa", "Chủ tịch"),
        ("nơi nhận", "Gửi các tổ"),
    ],
)
def test_a_part_that_is_written_otherwise_is_not_there(name, line):
    assert faults(Work(text=BODY.replace(LINES[name], line))) == [f"chưa thấy {name}"]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("quốc hiệu viết in hoa, đủ chữ", "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        ("tiêu ngữ “Độc lập - Tự do - Hạnh phúc”", "Độc lập – Tự do – Hạnh phúc"),
        ("số và ký hiệu, ví dụ “Số: 12/UBND-VP”", "Số:     /QĐ-UBND"),
        ("địa danh và ngày tháng năm", "Hà Nội, ngày … tháng … năm 2026"),
        ("trích yếu “V/v …”, hoặc tên loại văn bản và nội dung chính", "THÔNG BÁO\nVề lịch thu gom rác"),
        ("chức vụ của người ký, viết in hoa", "TM. ỦY BAN NHÂN DÂN"),
        ("nơi nhận", "NƠI NHẬN:"),
    ],
)
def test_each_way_that_offices_write_a_part_is_right(name, line):
    assert faults(Work(text=BODY.replace(LINES[name], line))) == []


@pytest.mark.parametrize(("line", "place"), [(-1, 0), (0, -1), (0, 1), (1, 9), (2, 9), (0, 6)])
def test_parts_out_of_order_are_told_where_they_belong(line, place):
    lines = BODY.split("\n")
    lines.insert(place, lines.pop(line))
    told_of = faults(Work(text="\n".join(lines)))
    assert told_of == ["quốc hiệu và tiêu ngữ cần đứng trước nội dung, nơi nhận ở cuối"]


@pytest.mark.parametrize(
    ("side", "name", "least", "most"),
    [
        ("top", "trên", 20, 25),
        ("bottom", "dưới", 20, 25),
        ("left", "trái", 30, 35),
        ("right", "phải", 15, 20),
    ],
)
def test_margins_are_right_up_to_their_limits_and_the_rounding_of_inches(side, name, least, most):
    for value in (least, most, least - 0.6, most + 0.6):
        assert faults(document(sheets=[{**SHEET, side: value}])) == [], value
    for value, said in ((least - 0.7, f"{least - 0.7:.4g}"), (most + 0.7, f"{most + 0.7:.4g}")):
        wrong = faults(document(sheets=[{**SHEET, side: value}]))
        assert wrong == [f"lề {name} cần {least}–{most} mm, tệp đang là {said.replace('.', ',')} mm"]


def test_each_section_of_a_document_is_measured():
    assert faults(document(sheets=[SHEET, {**SHEET, "left": 20}])) == [
        "lề trái cần 30–35 mm, tệp đang là 20 mm"
    ]


def test_the_paper_is_a4_upright():
    letter = {**SHEET, "width": 215.9, "height": 279.4}
    assert faults(document(sheets=[letter])) == [
        "khổ giấy cần là A4 (210 × 297 mm), tệp đang là 215,9 × 279,4 mm"
    ]
    assert len(faults(document(sheets=[{**SHEET, "width": 297, "height": 210}]))) == 1


def test_a_document_that_says_nothing_of_its_paper_has_neither_paper_nor_margins_right():
    assert faults(document(sheets=[])) == [
        "khổ giấy cần là A4 (210 × 297 mm)",
        "lề trên cần 20–25 mm",
        "lề dưới cần 20–25 mm",
        "lề trái cần 30–35 mm",
        "lề phải cần 15–20 mm",
    ]


@pytest.mark.parametrize(
    ("fonts", "wrong"),
    [
        ({"times new roman": 98, "Arial": 2}, []),
        ({"Times New Roman": 97, "Arial": 3}, ["phông chữ cần là Times New Roman, tệp đang có Arial"]),
        ({"Times New Roman": 9, "": 91}, ["phông chữ cần là Times New Roman, tệp đang có phông khác"]),
        ({}, ["phông chữ cần là Times New Roman"]),
    ],
)
def test_letters_are_in_times_new_roman_but_for_a_stray_sign(fonts, wrong):
    assert faults(document(fonts=fonts)) == wrong


def test_letters_are_black_but_for_a_stray_sign():
    assert faults(document(colours={"000000": 98, "C00000": 2})) == []
    assert faults(document(colours={"000000": 97, "C00000": 3})) == ["chữ cần màu đen"]


@pytest.mark.parametrize(
    ("line", "least", "most", "name"), [(STATE, 12, 13, "quốc hiệu"), (MOTTO, 13, 14, "tiêu ngữ")]
)
def test_the_head_lines_are_bold_and_of_their_size(line, least, most, name):
    def told_of(**change):
        other = MOTTO if line is STATE else STATE
        return faults(document(lines=[other, {**line, **change}]))

    wanted = f"{name} cần cỡ {least}–{most}, đậm, tệp đang"
    assert told_of(size=least) == told_of(size=most) == []
    assert told_of(size=least - 0.5) == [f"{wanted} cỡ {least - 1},5"]
    assert told_of(size=most + 0.5) == [f"{wanted} cỡ {most},5"]
    assert told_of(bold=False) == [f"{wanted} cỡ {line['size']}, chưa đậm"]
    assert told_of(size=None) == [f"{wanted} chưa rõ cỡ"]


NUMBERED = "số trang cần canh giữa ở lề trên, cỡ 13–14"


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, []),
        ({"size": 14}, []),
        ({"size": 12.5}, [NUMBERED]),
        ({"size": 14.5}, [NUMBERED]),
        ({"size": None}, [NUMBERED]),
        ({"place": "bottom"}, [NUMBERED]),
        ({"align": "right"}, [NUMBERED]),
        ({"first": True}, ["trang thứ nhất không hiện số trang"]),
    ],
)
def test_page_numbers_stand_in_the_middle_above_and_not_on_the_first_page(change, wrong):
    assert faults(document(number={**NUMBER, **change})) == wrong


def test_one_page_needs_no_number_and_two_pages_or_a_long_text_do():
    assert faults(document()) == []
    assert faults(document(pages=2)) == [NUMBERED]
    long = f"{BODY}\n{'chè ' * (450 - len(BODY.split()))}"
    assert faults(document(long, pages=None)) == []
    assert faults(document(f"{long} chè", pages=None)) == [NUMBERED]
