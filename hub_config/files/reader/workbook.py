"""Excel workbooks: the first sheet as rows, all sheets as text. Formulas are never run: the saved value counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from courses.exercises.files import MAX_COLUMNS, MAX_ROWS
from hub_config.files.reader.common import Found, listed, table, text_facts


def read_workbook(file: Path) -> Found:
    """Return ``rows``, ``sheets``, ``titles`` (of sheets), ``text``."""
    with file.open("rb") as stream:  # given a path, openpyxl would judge by the name's ending
        return _read(load_workbook(stream, read_only=True, data_only=True, keep_links=False))


def _read(book: Any) -> Found:  # noqa: ANN401 - openpyxl has no types
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
    tables = [table(_rows(sheet)) for sheet in sheets[:20]]
    text = "\n".join("\t".join(row) for rows in tables for row in rows)
    return {
        "rows": tables[0] if tables else [],
        "sheets": len(sheets),
        "titles": listed(sheet.title for sheet in sheets),
        **text_facts(text),
    }


def _rows(sheet: Any) -> Iterator[list[str]]:  # noqa: ANN401 - openpyxl has no types
    for row in sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS, values_only=True):
        yield [_cell(value) for value in row]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime) and (value.hour or value.minute):
        return f"{value:%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float):
        return _number(value)
    return str(value)


def _number(value: float) -> str:
    """Return a number the Vietnamese way: a comma, and no ``e``. Only a text can have a dot, so ``1.500`` stays one."""
    if value.is_integer() and abs(value) < 1e15:  # noqa: PLR2004 - exact
        return str(int(value))
    return f"{Decimal(repr(value)):f}".replace(".", ",")
