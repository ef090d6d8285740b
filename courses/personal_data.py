"""Finds personal data and secret-document marks in a text (lesson 1.4: what must not go to an AI).

It finds what has a shape: citizen numbers, phone numbers, bank accounts and cards, e-mail addresses, marks of
secret documents. It does not find names or addresses: a person must.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from courses.exercises.base import Frozen

DATA_LESSON = "level1/04-den-do-vang-xanh"
"""The lesson that tells what must not go to an AI: lesson 1.4."""

Kind = Literal["cccd", "phone", "account", "email", "secret"]

NAMES: dict[Kind, str] = {
    "cccd": "số căn cước công dân",
    "phone": "số điện thoại",
    "account": "số tài khoản hoặc số thẻ",
    "email": "địa chỉ thư điện tử",
    "secret": "dấu độ mật của tài liệu",
}

_GAP = r"(?:[ .\-]| - )?"
_NUMBER = rf"(?:\d(?:{_GAP}\d){{5,18}})(?!\d)"
_NO_MONEY = (
    r"(?!\d{1,3}(?:[ .,]\d{3})+\s*(?:đ|vn|d[oồ]ng)|\d{1,3}(?:\.\d{3})+(?![\d.\- ])|\d+\s*(?:đ|vnd|d[oồ]ng))"
)
_BANKS = (
    "vietcombank|vcb|bidv|agribank|vietinbank|techcombank|tcb|mb ?bank|vpbank|acb|sacombank|tpbank|hdbank|vib|shb|"
    "lpbank|lienvietpostbank|co-?opbank"
)
_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "email",
        re.compile(
            r"[\w.+-]+(?: ?@ ?| ?[(\[] ?(?:at|a còng) ?[)\]] ?)[\w-]+(?: ?\. ?[a-z]{2,}\b|\.[\w-]+)+",
            re.IGNORECASE,
        ),
    ),
    # Citizen numbers are 12 digits, of which the first three are a province's code 001 to 096; older cards have 9.
    ("cccd", re.compile(rf"(?<![\d.,])0{_GAP}\d(?:{_GAP}\d){{10}}(?!\d)")),
    (
        "cccd",
        re.compile(
            rf"(?i)\b(?:cmnd|cmt|chứng minh(?: nhân dân| thư)?|chung minh(?: nhan dan| thu)?)\D{{0,15}}(\d(?:{_GAP}\d){{8}})(?!\d)"
        ),
    ),
    (
        "phone",
        re.compile(
            rf"(?<![\d.,])(?!0\.\d )(?:(?:\+|00)?84|\(?0)(?:{_GAP}\(?0?\)?)?{_GAP}[2-9](?:(?:{_GAP}\d){{8,9}}|\d{{0,2}}\)(?:{_GAP}\d){{6,8}})(?!\d)"
        ),
    ),
    (
        "account",
        re.compile(
            rf"(?i)\b(?:stk|số tài khoản|so tai khoan|tài khoản|tai khoan|account|{_BANKS})\b\D{{0,30}}?{_NO_MONEY}({_NUMBER})"
        ),
    ),
    (
        "account",
        re.compile(
            rf"(?<![\d.,])(?!(?:19|20)\d\d (?:19|20)\d\d )\d{{4}}{_GAP}\d{{4}}{_GAP}\d{{4}}{_GAP}\d{{4}}(?!\d)"
        ),
    ),
    ("secret", re.compile(r"\b(?:TUYỆT|TỐI|TUYET|TOI)\s+M[ẬA]T\b")),
    ("secret", re.compile(r"\b(?:TÀI LIỆU|VĂN BẢN|CÔNG VĂN|HỒ SƠ|BÁO CÁO) MẬT\b(?! (?:KHẨU|ONG))")),
    (
        "secret",
        re.compile(r"(?i)\b(?:độ|dấu|mức độ)\s+mật\s*[:\-–(]?\s*[“\"(]?\s*(?:mật|tối mật|tuyệt mật)\b"),
    ),
    (
        "secret",
        re.compile(
            r"(?m)^[\s\[(“\"]*MẬT[\s\])”\".]*$|[\[(]\s*MẬT\s*[\])]|[Dd]ấu (?:chỉ )?(?:độ )?[“\"]?MẬT\b"
        ),
    ),
)


def _plain(text: str) -> str:
    """Return the text, character for character, with any script's digits, blanks and dashes as plain ones."""
    return "".join(map(_plain_character, text))


def _plain_character(character: str) -> str:
    if character.isascii():
        return character
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(character)
    if category in {"Zs", "Cf"}:
        return " "
    return "-" if category == "Pd" else {"＠": "@", "．": ".", "＋": "+"}.get(character, character)


class Finding(Frozen):
    """One thing found; ``start`` and ``end`` are positions in the text."""

    kind: Kind
    start: int
    end: int


def find(text: str) -> tuple[Finding, ...]:
    """Return what was found, in reading order, without overlaps."""
    found: list[Finding] = []
    plain = _plain(text)
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(plain):
            start, end = match.span(match.lastindex or 0)
            if not any(start < other.end and other.start < end for other in found):
                found.append(Finding(kind=kind, start=start, end=end))
    return tuple(sorted(found, key=lambda finding: finding.start))


def mask(text: str) -> str:
    """Return the text with each finding replaced by its name in brackets."""
    parts, position = [], 0
    for finding in find(text):
        parts += [text[position : finding.start], f"[{NAMES[finding.kind]}]"]
        position = finding.end
    return "".join([*parts, text[position:]])


def explain(findings: tuple[Finding, ...]) -> str:
    """Return a kind sentence for the person who wrote the text."""
    kinds = list(dict.fromkeys(finding.kind for finding in findings))
    names = ", ".join(NAMES[kind] for kind in kinds)
    return (
        f"Mình chưa gửi tin nhắn này cho AI, vì hình như trong đó có {names}. "
        "Bạn xóa hoặc thay bằng chữ chung chung (ví dụ “bà A”, “số điện thoại của tôi”) rồi gửi lại nhé. "
        "Vì sao phải giữ: xem bài 1.4 “Đèn đỏ – vàng – xanh”."
    )
