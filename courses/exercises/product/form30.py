"""The document form of Nghị định 30/2020/NĐ-CP, as far as rules can see it.

Sizes and margins come from the syllabus, "Facts of law". Texts are checked for their parts and order; word
documents also for paper, margins, fonts, colour and page numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from courses.exercises.files import Form, Line, Sheet
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
    ("quốc hiệu viết in hoa, đủ chữ", _STATE),
    ("tiêu ngữ “Độc lập - Tự do - Hạnh phúc”", _MOTTO),
    ("số và ký hiệu, ví dụ “Số: 12/UBND-VP”", re.compile(r"Số:?\s{0,5}[\d.… ]{0,20}/[\w./ -]{0,40}[A-ZĐ]")),
    (
        "địa danh và ngày tháng năm",
        re.compile(r"(?m)[^\W\d][\w .-]{1,60},\s*ngày\s*[\d.… ]{1,10}\s*tháng\s*[\d.… ]{1,10}\s*năm\s*\d{4}"),
    ),
    (
        "trích yếu “V/v …”, hoặc tên loại văn bản và nội dung chính",
        re.compile(rf"V/v:?\s+\S|(?m:^[ \t]*(?:{_TYPES})\b)"),
    ),
    (
        "chức vụ của người ký, viết in hoa",
        re.compile(rf"(?m)^.*?\b(?:(?:TM|KT|TL|TUQ|Q)\.\s*\S|(?:PHÓ )?(?:{_SIGNERS})\b)"),
    ),
    ("nơi nhận", re.compile(r"(?i)nơi nhận\s*:")),
)
ORDER = "quốc hiệu và tiêu ngữ cần đứng trước nội dung, nơi nhận ở cuối"

BLACK, FONT = "000000", "Times New Roman"
MOST_OTHER = 0.02  # of the letters: a stray space or sign in another font is no fault
LONG = 450  # words: more do not fit one page
ROUND = 0.6  # mm: rounding of inches
_MARGINS = (
    ("top", "trên", 20, 25),
    ("bottom", "dưới", 20, 25),
    ("left", "trái", 30, 35),
    ("right", "phải", 15, 20),
)
_NUMBERED = "số trang cần canh giữa ở lề trên, cỡ 13–14"
Items = Iterator[tuple[str, bool]]
"""What is looked at: the sentence that is told when it is not right, and whether it is right."""


def look_at_form(work: Work) -> Finding:
    """Return how much of the form is right; what is not is told with what it should be, and what it is."""
    items = [*_parts(nfc(work.body))]
    form = work.facts.form
    if form is not None:
        items += [*_page(form), *_letters(form), *_heads(form), *_numbers(form, work)]
    wrong = tuple(told for told, is_right in items if not is_right)
    return Finding(right=len(items) - len(wrong), total=len(items), details=wrong)


def _parts(text: str) -> Items:
    places = {name: pattern.search(text) for name, pattern in _PARTS}
    yield from ((f"chưa thấy {name}", found is not None) for name, found in places.items())
    starts = [found.start() if found else -1 for found in places.values()]
    state, motto, number, _, subject, _, receivers = starts
    if min(state, motto, subject, receivers) >= 0:
        yield ORDER, state < motto < receivers and state < subject < receivers and number < receivers


def _page(form: Form) -> Items:
    odd = next((one for one in form.sheets if not _is_a4(one)), None)
    own = f", tệp đang là {_mm(odd.width)} × {_mm(odd.height)} mm" if odd else ""
    yield f"khổ giấy cần là A4 (210 × 297 mm){own}", bool(form.sheets) and odd is None
    for side, name, least, most in _MARGINS:
        values = [getattr(sheet, side) for sheet in form.sheets]
        off = next((value for value in values if not _is_near(value, least, most)), None)
        own = "" if off is None else f", tệp đang là {_mm(off)} mm"
        yield f"lề {name} cần {least}–{most} mm{own}", bool(values) and off is None


def _is_a4(sheet: Sheet) -> bool:
    return _is_near(sheet.width, 210, 210) and _is_near(sheet.height, 297, 297)


def _mm(value: float) -> str:
    return f"{value:.4g}".replace(".", ",")


def _is_near(value: float, least: float, most: float) -> bool:
    return least - ROUND <= round(value, 2) <= most + ROUND


def _letters(form: Form) -> Items:
    others = [name for name, _ in Counter(form.fonts).most_common() if name.casefold() != FONT.casefold()]
    own = f", tệp đang có {others[0] or 'phông khác'}" if others else ""
    yield f"phông chữ cần là Times New Roman{own}", _share(form.fonts, FONT) >= 1 - MOST_OTHER
    yield "chữ cần màu đen", _share(form.colours, BLACK) >= 1 - MOST_OTHER


def _share(counts: dict[str, int], wanted: str) -> float:
    total = sum(counts.values())
    return (
        sum(count for name, count in counts.items() if name.casefold() == wanted.casefold()) / total
        if total
        else 0
    )


def _heads(form: Form) -> Items:
    for name, pattern, least, most in (("quốc hiệu", _STATE, 12, 13), ("tiêu ngữ", _MOTTO, 13, 14)):
        line = _line(form, pattern)
        if line is not None:
            own = f"cỡ {_mm(line.size)}" if line.size is not None else "chưa rõ cỡ"
            told = f"{name} cần cỡ {least}–{most}, đậm, tệp đang {own}{'' if line.bold else ', chưa đậm'}"
            yield told, line.bold and _is_size(line.size, least, most)


def _line(form: Form, pattern: re.Pattern[str]) -> Line | None:
    return next((line for line in form.lines if pattern.search(nfc(line.text))), None)


def _is_size(size: float | None, least: float, most: float) -> bool:
    return size is not None and least <= size <= most


def _numbers(form: Form, work: Work) -> Items:
    number = form.page_number
    pages = work.facts.pages or 1
    if number is None:
        if pages > 1 or work.count > LONG:
            yield _NUMBERED, False
        return
    yield _NUMBERED, number.place == "top" and number.align == "center" and _is_size(number.size, 13, 14)
    yield "trang thứ nhất không hiện số trang", not number.first
