"""The roster as a file: what each cell may hold, and each fault as a sentence for the ward office."""

from __future__ import annotations

import re
from pathlib import Path

from courses import personal_data
from courses.exercises.base import Frozen
from courses.school.csv_file import Faults, Line, read_lines
from courses.school.logins import phone_number
from courses.school.names import fits_a_name, printable, slug, tidy

ID, NAME, GROUP, TARGET, ROLE, ADULTS = "mã", "họ tên", "tổ", "nhóm", "vai trò", "số người"
MAX_NAME = 200
MAX_ID = 80

_COLUMNS = {
    ID: ("ma", "ma-so", "ma-hoc-vien", "id", "external-id", "externalid"),
    NAME: ("ho-ten", "ho-va-ten", "ten", "name", "full-name"),
    GROUP: ("to", "to-dan-pho", "ten-to", "group", "residents-group"),
    TARGET: ("nhom", "nhom-doi-tuong", "doi-tuong", "target", "target-group"),
    ROLE: ("vai-tro", "vai", "role"),
}
_GROUP_COLUMNS = {
    GROUP: _COLUMNS[GROUP],
    ADULTS: ("so-nguoi", "so-nguoi-trong-do-tuoi-lao-dong", "so-lao-dong", "working-age", "adults"),
}
_TARGETS = {
    "official": "official cong-chuc vien-chuc can-bo cong-chuc-vien-chuc can-bo-cong-chuc-vien-chuc cbcc cbccvc",
    "trader": "trader kinh-doanh ho-kinh-doanh tieu-thuong thuong-nhan doanh-nghiep chu-doanh-nghiep htx hop-tac-xa",
    "citizen": "citizen nguoi-dan cong-dan nong-dan nguoi-lao-dong lao-dong lao-dong-khac khac",
}
_ROLES = {
    "learner": "learner hoc-vien nguoi-hoc",
    "trainer": "trainer huan-luyen-vien hlv tap-huan-vien",
    "official": "official can-bo can-bo-theo-doi lanh-dao",
    "administrator": "administrator admin quan-tri quan-tri-vien nguoi-quan-tri",
}
_CITIZEN_NUMBER = re.compile(r"0\d{11}")


class Entry(Frozen):
    """One person as the roster has them; ``groups`` as typed (a trainer may look after several)."""

    line: int
    external_id: str
    name: str
    groups: tuple[str, ...]
    target: str
    role: str


class GroupEntry(Frozen):
    """One residents' group with its registered working-age adults."""

    line: int
    name: str
    working_age: int


def read_roster(path: Path) -> tuple[Entry, ...]:
    """Return the people of a roster file.

    Raises:
        RosterError: every fault of the file.
    """
    faults = Faults(printable(path.name))
    entries = tuple(_entry(line, faults) for line in read_lines(path, _COLUMNS, faults))
    _once_each([(entry.line, ID, entry.external_id) for entry in entries], faults)
    faults.stop_if_any()
    return entries


def read_groups(path: Path) -> tuple[GroupEntry, ...]:
    """Return the groups of a file with the columns ``tổ`` and ``số người``.

    Raises:
        RosterError: every fault of the file.
    """
    faults = Faults(printable(path.name))
    entries = tuple(_group_entry(line, faults) for line in read_lines(path, _GROUP_COLUMNS, faults))
    _once_each([(entry.line, GROUP, slug(entry.name)) for entry in entries], faults)
    faults.stop_if_any()
    return entries


def _entry(line: Line, faults: Faults) -> Entry:
    role = _word(line, ROLE, _ROLES, faults, empty="learner")
    return Entry(
        line=line.number,
        external_id=_external_id(line, faults),
        name=_name(line, NAME, faults),
        groups=_groups(line, role, faults),
        target=_word(line, TARGET, _TARGETS, faults, empty="" if role == "learner" else "official"),
        role=role,
    )


def _group_entry(line: Line, faults: Faults) -> GroupEntry:
    typed = line.cells[ADULTS].strip().replace(".", "")
    good = typed.isascii() and typed.isdecimal() and 0 < int(typed[:7]) <= 1_000_000  # noqa: PLR2004 - no group is that big
    if not good:
        faults.add(line.number, ADULTS, f"cần một số nguyên lớn hơn 0, đang là “{printable(typed)}”")
    return GroupEntry(line=line.number, name=_group_name(line, faults), working_age=int(typed) if good else 0)


def _external_id(line: Line, faults: Faults) -> str:
    text = tidy(line.cells[ID])
    if not text:
        faults.add(line.number, ID, "chưa có mã")
    elif len(text) > MAX_ID:
        faults.add(line.number, ID, f"mã dài quá {MAX_ID} ký tự")
    elif not slug(text) or not all(sign.isalnum() or sign in "-_./ " for sign in text):
        faults.add(line.number, ID, f"mã chỉ gồm chữ, số, dấu - _ . /; đang là “{printable(text)}”")
    elif _CITIZEN_NUMBER.fullmatch(text):
        faults.add(line.number, ID, "mã này giống số căn cước; hãy dùng mã riêng của lớp, ví dụ HV001")
    elif phone_number(text):
        faults.add(line.number, ID, "mã này là số điện thoại; hãy dùng mã riêng của lớp, ví dụ HV001")
    return text


def _name(line: Line, column: str, faults: Faults) -> str:
    text = tidy(line.cells[column])
    wrong = sorted({sign for sign in line.cells[column].strip() if not fits_a_name(sign)})
    if not text:
        faults.add(line.number, column, "đang để trống")
    elif len(text) > MAX_NAME:
        faults.add(line.number, column, f"dài {len(text)} ký tự, nhiều nhất {MAX_NAME}")
    elif wrong:
        signs = " ".join(f"{sign if sign.isprintable() else ''}(U+{ord(sign):04X})" for sign in wrong[:5])
        faults.add(line.number, column, f"có ký tự không dùng trong tên: {signs}")
    elif column == NAME and not any(sign.isalpha() for sign in text):
        faults.add(line.number, column, f"cần có chữ cái, đang là “{printable(text)}”")
    elif column == NAME and personal_data.find(text):
        faults.add(
            line.number, column, "có số điện thoại hoặc số giấy tờ; chỉ ghi họ tên, vì tên hiện trên trang"
        )
    return text


def _groups(line: Line, role: str, faults: Faults) -> tuple[str, ...]:
    typed = [part.strip() for part in re.split(r"[|;]", line.cells[GROUP])]
    named = [part for part in typed if part]
    if role == "learner" and len(named) != 1:
        faults.add(line.number, GROUP, "học viên thuộc đúng một tổ" if named else "chưa có tổ")
    if role == "trainer" and not named:
        faults.add(
            line.number, GROUP, "huấn luyện viên cần ít nhất một tổ (nhiều tổ thì cách nhau bằng dấu |)"
        )
    parts = (Line(line.number, {GROUP: part}) for part in named)
    return tuple(_group_name(part, faults) for part in parts)


def _group_name(line: Line, faults: Faults) -> str:
    text = _name(line, GROUP, faults)
    if not slug(text) and any(sign.isalnum() for sign in text):
        faults.add(line.number, GROUP, "tên tổ cần có chữ hoặc số tiếng Việt")
    return text


def _word(line: Line, column: str, words: dict[str, str], faults: Faults, *, empty: str) -> str:
    typed = slug(line.cells[column])
    if not typed and empty:
        return empty
    for value, known in words.items():
        if typed in known.split():
            return value
    examples = ", ".join(_EXAMPLES[column])
    faults.add(
        line.number,
        column,
        f"chưa hiểu “{printable(line.cells[column].strip())}”; hãy ghi một trong: {examples}",
    )
    return empty or next(iter(words))


_EXAMPLES = {
    TARGET: ("công chức", "kinh doanh", "người dân"),
    ROLE: ("học viên", "huấn luyện viên", "cán bộ", "quản trị"),
}


def _once_each(keys: list[tuple[int, str, str]], faults: Faults) -> None:
    seen: dict[str, int] = {}
    for line, column, key in keys:
        if key and key in seen:
            faults.add(line, column, f"“{printable(key)}” đã có ở dòng {seen[key]}")
        seen.setdefault(key, line)
