"""Files as people and attackers make them, by the real libraries."""

from __future__ import annotations

import asyncio
import io
import zipfile
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from hub_config.files.reading import Read, Refused, read_file


@pytest.fixture
def read(tmp_path):
    """Have bytes (or a file) read by the real bounded process; a refusal comes back as its sentence."""

    def run(data: bytes | Path, **more) -> Read | str:
        file = tmp_path / "tep"
        file.write_bytes(data if isinstance(data, bytes) else data.read_bytes())
        try:
            return asyncio.run(read_file(file, tmp_path / "nho.jpg", **more))
        except Refused as refused:
            return str(refused)

    return run


def saved(document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def letter(**changes) -> bytes:
    """A one-page letter as Nghị định 30 wants it; ``changes`` spoil one thing each."""
    wanted = {
        "font": "Times New Roman",
        "left": 30,
        "state": 13,
        "colour": None,
        "number": 13,
        "first": False,
    }
    wanted |= changes
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(wanted["left"]), Mm(15)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = wanted["font"], Pt(14)
    if wanted["colour"]:
        normal.font.color.rgb = RGBColor.from_string(wanted["colour"])
    heads = document.add_table(1, 2).rows[0].cells
    heads[0].text = "ỦY BAN NHÂN DÂN\nPHƯỜNG MẪU\nSố: 12/UBND-VP"
    _bold(heads[1].paragraphs[0], "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", wanted["state"])
    _bold(heads[1].add_paragraph(), "Độc lập - Tự do - Hạnh phúc", 14)
    heads[1].add_paragraph("Phường Mẫu, ngày 12 tháng 3 năm 2026")
    for line in (
        "V/v thu gom rác",
        "Kính gửi: Các tổ dân phố",
        "Phường đổi lịch thu gom từ 15 giờ.",
        "CHỦ TỊCH",
    ):
        document.add_paragraph(line)
    document.add_paragraph("Nơi nhận:\n- Như trên.")
    if wanted["number"]:
        _page_number(section, wanted["number"])
        section.different_first_page_header_footer = not wanted["first"]
    return saved(document)


def _bold(paragraph, text, size):
    run = paragraph.add_run(text)
    run.bold, run.font.size = True, Pt(size)


def _page_number(section, size):
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = 1
    run = paragraph.add_run()
    run.font.size = Pt(size)
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        element.text = text
        run._r.append(element)  # noqa: SLF001 - python-docx has no fields of its own


def repacked(data: bytes, changes: dict[str, bytes]) -> bytes:
    """A document with parts replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, content in changes.items():
            new.writestr(name, content)
    return out.getvalue()
