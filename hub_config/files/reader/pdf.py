"""PDF: pages and text. Locked ones, and those with code or files inside, are refused."""

from __future__ import annotations

import logging
from pathlib import Path

from pypdf import PdfReader

from courses.exercises.files import TEXT_CHARACTERS
from hub_config.files.reader.common import Found, Refused, text_facts

MOST_PAGES = 500
_LOCKED = "Tệp PDF này có mật khẩu. Bạn xuất lại tệp không đặt mật khẩu rồi gửi."
_ACTIVE = "Tệp PDF này có mã chạy hoặc nhúng tệp khác. Bạn in lại ra PDF rồi gửi."


def read_pdf(file: Path) -> Found:
    """Return ``pages`` and ``text``."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = PdfReader(file)
    if reader.is_encrypted and not reader.decrypt(""):
        raise Refused(_LOCKED)
    if _is_active(reader):
        raise Refused(_ACTIVE)
    pages = len(reader.pages)
    if not 0 < pages <= MOST_PAGES:
        raise Refused(f"Tệp PDF có {pages} trang; bài nộp nhiều nhất {MOST_PAGES} trang.")
    return {"pages": pages, **text_facts(_text(reader))}


def _is_active(reader: PdfReader) -> bool:
    root = reader.root_object
    names = root.get("/Names")
    inside = set(names.get_object()) if names is not None else set()
    action = root.get("/OpenAction")
    opened = action.get_object() if action is not None else None
    starts = isinstance(opened, dict) and opened.get("/S") in {"/JavaScript", "/Launch"}
    return starts or bool(inside & {"/JavaScript", "/EmbeddedFiles"})


def _text(reader: PdfReader) -> str:
    found: list[str] = []
    for page in reader.pages:
        found.append(page.extract_text())
        if sum(len(text) for text in found) > 2 * TEXT_CHARACTERS:
            break
    return "\n".join(found)
