"""The document form of Nghị định 30/2020/NĐ-CP, as far as rules can see it.

Sizes and margins come from the syllabus, "Facts of law". Texts are checked for their parts and order; word
documents also for paper, margins, fonts, colour and page numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from courses.exercises.files import Form, Line
from courses.exercises.product.work import Finding, Work
from courses.exercises.text import nfc

_DASH = r"\s*[-–—]\s*"
_SIGNERS = r"CHỦ TỊCH|GIÁM ĐỐC|TRƯỞNG|CHÁNH VĂN PHÒNG|BÍ THƯ|CHỦ NHIỆM|TỔNG BIÊN TẬP|VIỆN TRƯỞNG|CỤC TRƯỞNG"
_TYPES = (
    "NGHỊ QUYẾT|QUYẾT ĐỊNH|CHỈ THỊ|QUY CHẾ|QUY ĐỊNH|THÔNG CÁO|THÔNG BÁO|HƯỚNG DẪN|CHƯƠNG TRÌNH|KẾ HOẠCH|PHƯƠNG ÁN|"
    "ĐỀ ÁN|DỰ ÁN|BÁO CÁO|BIÊN BẢN|TỜ TRÌNH|HỢP ĐỒNG|CÔNG ĐIỆN|BẢN GHI NHỚ|BẢN THỎA THUẬN|GIẤY ỦY QUYỀN|GIẤY MỜI|"
    "GIẤY GIỚI THIỆU|GIẤY NGHỈ PHÉP|PHIẾU GỬI|PHIẾU CHUYỂN|PHIẾU BÁO"
)
_MOTTO = re.compile(rf"Độc lập{_DASH}Tự do{_DASH}Hạnh phúc")
_STATE = re.compile(r"CỘNG H(?:ÒA|OÀ) XÃ HỘI CHỦ NGHĨA VIỆT NAM")
_PARTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("Quốc hiệu viết in hoa, đủ chữ", _STATE),
    ("Tiêu ngữ “Độc lập - Tự do - Hạnh phúc”", _MOTTO),
    ("Số và ký hiệu, ví dụ “Số: 12/UBND-VP”", re.compile(r"Số:?\s{0,5}[\d.… ]{0,20}/[\w./ -]{0,40}[A-ZĐ]")),
    (
        "Địa danh và ngày tháng năm",
        re.compile(r"(?m)[^\W\d][\w .-]{1,60},\s*ngày\s*[\d.… ]{1,10}\s*tháng\s*[\d.… ]{1,10}\s*năm\s*\d{4}"),
    ),
    (
        "Trích yếu: “V/v …”, hoặc tên loại văn bản và nội dung chính",
        re.compile(rf"V/v:?\s+\S|(?m:^[ \t]*(?:{_TYPES})\b)"),
    ),
    (
        "Chức vụ của người ký, viết in hoa",
        re.compile(rf"(?m)^.*?\b(?:(?:TM|KT|TL|TUQ|Q)\.\s*\S|(?:PHÓ )?(?:{_SIGNERS})\b)"),
    ),
    ("Nơi nhận", re.compile(r"(?i)nơi nhận\s*:")),
)
_HEAD = ("Quốc hiệu", "Tiêu ngữ")
ORDER = "Quốc hiệu và tiêu ngữ đứng trước nội dung; nơi nhận ở cuối"

BLACK, FONT = "000000", "Times New Roman"
MOST_OTHER = 0.02  # of the letters: a stray space or sign in another font is no fault
LONG = 450  # words: more do not fit one page
ROUND = 0.6  # mm: rounding of inches
_MARGINS = (
    ("top", "Lề trên 20–25 mm", 20, 25),
    ("bottom", "Lề dưới 20–25 mm", 20, 25),
    ("left", "Lề trái 30–35 mm", 30, 35),
    ("right", "Lề phải 15–20 mm", 15, 20),
)


def look_at_form(work: Work) -> Finding:
    """Return how much of the form is right, and what is not."""
    items = [*_parts(nfc(work.body))]
    form = work.facts.form
    if form is not None:
        items += [*_page(form), *_letters(form), *_heads(form), *_numbers(form, work)]
    wrong = tuple(name for name, is_right in items if not is_right)
    return Finding(right=len(items) - len(wrong), total=len(items), details=wrong)


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    places = {name: pattern.search(text) for name, pattern in _PARTS}
    yield from ((name, found is not None) for name, found in places.items())
    starts = [found.start() if found else -1 for found in places.values()]
    state, motto, number, _, subject, _, receivers = starts
    if min(state, motto, subject, receivers) >= 0:
        yield ORDER, state < motto < receivers and state < subject < receivers and number < receivers


def _page(form: Form) -> Iterator[tuple[str, bool]]:
    sheets = form.sheets
    yield (
        "Khổ giấy A4",
        bool(sheets)
        and all(_is_near(sheet.width, 210, 210) and _is_near(sheet.height, 297, 297) for sheet in sheets),
    )
    for side, name, least, most in _MARGINS:
        yield name, bool(sheets) and all(_is_near(getattr(sheet, side), least, most) for sheet in sheets)


def _is_near(value: float, least: float, most: float) -> bool:
    return least - ROUND <= value <= most + ROUND


def _letters(form: Form) -> Iterator[tuple[str, bool]]:
    yield "Phông chữ Times New Roman", _share(form.fonts, FONT) >= 1 - MOST_OTHER
    yield "Chữ màu đen", _share(form.colours, BLACK) >= 1 - MOST_OTHER


def _share(counts: dict[str, int], wanted: str) -> float:
    total = sum(counts.values())
    return (
        sum(count for name, count in counts.items() if name.casefold() == wanted.casefold()) / total
        if total
        else 0
    )


def _heads(form: Form) -> Iterator[tuple[str, bool]]:
    state = _line(form, _STATE)
    if state is not None:
        yield "Quốc hiệu cỡ 12–13, đậm", state.bold and _is_size(state.size, 12, 13)
    motto = _line(form, _MOTTO)
    if motto is not None:
        yield "Tiêu ngữ cỡ 13–14, đậm", motto.bold and _is_size(motto.size, 13, 14)


def _line(form: Form, pattern: re.Pattern[str]) -> Line | None:
    return next((line for line in form.lines if pattern.search(nfc(line.text))), None)


def _is_size(size: float | None, least: float, most: float) -> bool:
    return size is not None and least <= size <= most


def _numbers(form: Form, work: Work) -> Iterator[tuple[str, bool]]:
    number = form.page_number
    pages = work.facts.pages or 1
    if number is None:
        if pages > 1 or work.count > LONG:
            yield "Số trang canh giữa ở lề trên, cỡ 13–14", False
        return
    is_placed = number.place == "top" and number.align == "center" and _is_size(number.size, 13, 14)
    yield "Số trang canh giữa ở lề trên, cỡ 13–14", is_placed
    yield "Không hiện số ở trang thứ nhất", not number.first
