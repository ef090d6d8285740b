"""Plain text and CSV."""

from __future__ import annotations

import csv
import io
import re
from itertools import islice
from pathlib import Path

from courses.exercises.files import MAX_ROWS
from hub_config.files.reader.common import Found, Refused, table, text_facts

_UNREADABLE = (
    "Máy chưa nhận ra kiểu tệp này. Bạn lưu lại thành tệp Word, Excel, PowerPoint, PDF, ảnh, hoặc chữ UTF-8."
)
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_LOOKED_AT = 50  # lines
_SAME = 0.9  # share of lines with the same number of separators


def read_plain(file: Path) -> tuple[str, Found]:
    """Return ``csv`` with ``rows``, or ``text``."""
    text = _decoded(file.read_bytes())
    separator = _separator(text)
    if separator is None:
        return "text", text_facts(text)
    rows = csv.reader(io.StringIO(text), delimiter=separator)
    return "csv", {"rows": table(islice(rows, MAX_ROWS)), **text_facts(text)}


def _decoded(data: bytes) -> str:
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeError as error:
        raise Refused(_UNREADABLE) from error
    if _CONTROL.search(text):
        raise Refused(_UNREADABLE)
    return text


def _separator(text: str) -> str | None:
    lines = [line for line in text.splitlines() if line.strip()][:_LOOKED_AT]
    if len(lines) < 2:  # noqa: PLR2004 - one line is no table
        return None
    for separator in "\t;,":
        counts = _cells(lines, separator)
        common = max(set(counts), key=counts.count)
        if common > 1 and counts[0] == common and counts.count(common) >= _SAME * len(counts):
            return separator
    return None


def _cells(lines: list[str], separator: str) -> list[int]:
    """Return how many cells each row has: a sign in quotes separates nothing. One when a cell is too long for a table."""
    try:
        return [len(row) for row in csv.reader(lines, delimiter=separator)]
    except csv.Error:
        return [1]
