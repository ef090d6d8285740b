"""The printable sheet of activation codes: A4, ten slips a page to cut out and hand over."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from fontpkg_be_vietnam_pro import ROOT as FONT_PACKAGE  # type: ignore[import-untyped]  # it ships no types
from fpdf import FPDF
from fpdf.enums import MethodReturnValue

from courses import clock
from courses.school.roster import Slip

ACTIVATION_PAGE = "/hub/kich-hoat"
_FONT = "BeVietnamPro"
_COLUMNS, _ROWS = 2, 5
_WIDTH, _HEIGHT = 95.0, 54.0  # millimetres
_LEFT, _TOP, _PADDING = 10.0, 13.5, 5.0
_LABEL, _PAIR_HEIGHT = 26.0, 6.5
_GREY, _INK = 110, 30


def write_sheet(path: Path, slips: Sequence[Slip], programme: str, address: str, expires: date) -> None:
    """Write the sheet as a PDF that only its owner may read.

    Args:
        path: where to; it must not exist, for an older sheet holds codes that are nowhere else.
        slips: in the order to print.
        programme: heading of each slip, e.g. ``Bình dân học AI – Phường X``.
        address: the address of the hub as people type it; empty: the slip tells whom to ask.
        expires: last day on which the codes work.

    Raises:
        FileExistsError: nothing was written.
    """
    data = bytes(_pdf(slips, programme, address, expires).output())
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _pdf(slips: Sequence[Slip], programme: str, address: str, expires: date) -> FPDF:
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(auto=False)
    pdf.set_title("Phiếu kích hoạt tài khoản")
    pdf.set_lang("vi")
    for style, weight in (("", "Regular"), ("B", "Bold")):
        pdf.add_font(_FONT, style, FONT_PACKAGE / "files" / f"BeVietnamPro-{weight}.ttf")
    for place, slip in enumerate(slips):
        row, column = divmod(place % (_COLUMNS * _ROWS), _COLUMNS)
        if row == column == 0:
            pdf.add_page()
        _slip(pdf, _LEFT + column * _WIDTH, _TOP + row * _HEIGHT, slip, (programme, address, expires))
    return pdf


def _slip(pdf: FPDF, left: float, top: float, slip: Slip, common: tuple[str, str, date]) -> None:
    programme, address, expires = common
    pdf.set_draw_color(_GREY)
    pdf.set_dash_pattern(dash=2, gap=2)  # cut here
    pdf.rect(left, top, _WIDTH, _HEIGHT)
    pdf.set_xy(left + _PADDING, top + _PADDING - 1)
    _line(pdf, programme, 8, colour=_GREY)
    _line(pdf, slip.name, 12, style="B", lines=2)
    _line(pdf, slip.group, 8, colour=_GREY)
    pdf.set_y(max(pdf.get_y(), top + 19))
    _pair(pdf, left, "Tên đăng nhập", slip.login, 10)
    _pair(pdf, left, "Mã kích hoạt", slip.code, 13)
    pdf.set_xy(left + _PADDING, top + _HEIGHT - 15)
    where = f"{address.rstrip('/')}{ACTIVATION_PAGE}" if address else "địa chỉ mà huấn luyện viên chỉ cho bạn"
    _line(pdf, f"Mở {where}, nhập tên, mã và đặt mật khẩu mới.", 8, lines=2)
    _line(
        pdf, f"Mã dùng một lần, đến hết ngày {clock.text_date(expires)}. Đừng đưa mã cho ai.", 7, colour=_GREY
    )


def _line(  # noqa: PLR0913 - one line of print has these facts
    pdf: FPDF, text: str, size: float, *, style: str = "", colour: int = _INK, lines: int = 1
) -> None:
    """Print a text in the slip's width, cut with "…" after so many lines."""
    left = pdf.get_x()
    pdf.set_font(_FONT, style, size)
    pdf.set_text_color(colour)
    height = size * 0.56  # point to mm with the room that Vietnamese marks need
    width = _WIDTH - 2 * _PADDING
    for part in _fit(pdf, text, width, lines):
        pdf.set_x(left)
        pdf.cell(width, height, part, new_x="LEFT", new_y="NEXT")


def _fit(pdf: FPDF, text: str, width: float, lines: int) -> list[str]:
    parts = pdf.multi_cell(width, text=text, dry_run=True, output=MethodReturnValue.LINES)
    assert isinstance(parts, list)  # noqa: S101 - what LINES asks for
    kept = [str(part) for part in parts[:lines]]
    if len(parts) > lines:
        while kept[-1] and pdf.get_string_width(kept[-1] + "…") > width - 2:
            kept[-1] = kept[-1][:-1]
        kept[-1] += "…"
    return kept


def _pair(pdf: FPDF, left: float, label: str, value: str, size: float) -> None:
    """Print a label and a value that must stay whole: a long one is printed smaller, never cut."""
    pdf.set_x(left + _PADDING)
    pdf.set_font(_FONT, "", 8)
    pdf.set_text_color(_GREY)
    pdf.cell(_LABEL, _PAIR_HEIGHT, label)
    pdf.set_font(_FONT, "B", size)
    room = _WIDTH - 2 * _PADDING - _LABEL - 2
    pdf.set_font_size(min(size, size * room / pdf.get_string_width(value)))
    pdf.set_text_color(_INK)
    pdf.cell(room, _PAIR_HEIGHT, value, new_x="LMARGIN", new_y="NEXT")
