"""CSV files as ward offices save them: UTF-8 with or without BOM, commas, semicolons or tabs, any column order."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from courses.school.names import printable, slug

MAX_BYTES = 10 * 1024 * 1024
_SHOWN_FAULTS = 30


class RosterError(ValueError):
    """A file cannot be taken over; the message has one line per fault, ``file:LINE: cột: …`` in Vietnamese."""


@dataclass
class Faults:
    """Collects the faults of one file, so that a person can mend all of them at once."""

    file: str
    found: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, column: str, text: str) -> None:
        """Note one fault."""
        place = f"{self.file}:{line}: {column}" if column else f"{self.file}:{line}"
        self.found.append((line, f"{place}: {text}"))

    def stop_if_any(self) -> None:
        """Raise RosterError with what was collected."""
        if not self.found:
            return
        texts = [text for _line, text in sorted(self.found, key=lambda fault: fault[0])]
        more = len(texts) - _SHOWN_FAULTS
        tail = [f"… và {more} lỗi nữa"] if more > 0 else []
        raise RosterError("\n".join(texts[:_SHOWN_FAULTS] + tail))


@dataclass(frozen=True)
class Line:
    """One record: its line number in the file and its texts by column name."""

    number: int
    cells: Mapping[str, str]


def read_lines(path: Path, columns: Mapping[str, tuple[str, ...]], faults: Faults) -> tuple[Line, ...]:
    """Return the records of a CSV file; empty ones and unknown columns are left out.

    Args:
        path: the file.
        columns: for each column (by the name that messages use) the slugs of its accepted headings.
        faults: where faults are noted.

    Raises:
        RosterError: the file as a whole cannot be read, or a column is missing.
    """
    text = _decode(path, faults)
    records = _records(text, faults)
    number, header = next(records, (1, []))
    places = _places(header, columns, number, faults)
    lines = []
    for number, record in records:
        if len(record) > len(header):
            faults.add(number, "", f"có {len(record)} ô nhưng dòng tiêu đề chỉ có {len(header)} cột")
        elif any(cell.strip() for cell in record):
            padded = record + [""] * (len(header) - len(record))
            lines.append(Line(number, {name: padded[place] for name, place in places.items()}))
    if not lines and not faults.found:
        faults.add(number, "", "tệp chưa có dòng dữ liệu nào")
    return tuple(lines)


def _decode(path: Path, faults: Faults) -> str:
    try:
        data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
    except OSError as error:
        raise RosterError(f"{path.name}: không mở được tệp: {error.strerror}") from error
    if data is None:
        raise RosterError(f"{path.name}: tệp lớn quá 10 MiB; bạn hãy chia nhỏ ra")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        faults.add(line, "", 'tệp không phải UTF-8; trong Excel hãy chọn Lưu thành "CSV UTF-8"')
        faults.stop_if_any()
    if "\0" in text:
        faults.add(
            text[: text.index("\0")].count("\n") + 1, "", "tệp có ký tự rỗng; hãy lưu lại thành CSV UTF-8"
        )
        faults.stop_if_any()
    return text


def _records(text: str, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the number of the line it starts on."""
    first = text.lstrip().split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                yield start, record
            start = reader.line_num + 1
    except csv.Error as error:
        faults.add(start, "", f"dấu ngoặc kép hoặc ô quá dài làm hỏng dòng này ({error})")
        faults.stop_if_any()


def _places(
    header: list[str], columns: Mapping[str, tuple[str, ...]], number: int, faults: Faults
) -> dict[str, int]:
    found = [slug(cell) for cell in header]
    places: dict[str, int] = {}
    for name, headings in columns.items():
        mine = [place for place, heading in enumerate(found) if heading in headings]
        if len(mine) == 1:
            places[name] = mine[0]
        else:
            wrong = "có hai cột này" if mine else "thiếu cột này"
            faults.add(number, name, f"{wrong}; dòng đầu đang là: {printable(', '.join(header), 120)}")
    faults.stop_if_any()
    return places
