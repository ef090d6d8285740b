"""``bdhai new``: a small whole lesson with notes, which its author changes bit by bit."""

from __future__ import annotations

import math
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from string import Template

from courses.lessons.lint.time_budget import LIMIT, doing_minutes, reading_minutes
from courses.lessons.parse import load_lesson
from courses.lessons.pieces import Piece, pieces, samples_text

KINDS = ("choice", "prompt", "teach")
"""What a new lesson holds when nobody chooses."""

_TEMPLATE = Path(__file__).with_name("template")
_NUMBERED = re.compile(r"(?P<number>\d\d)-(?P<name>.+)")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST = 40  # characters; the tables keep 60 for the whole key
_LAST_NUMBER = 99


class NewLessonError(ValueError):
    """The lesson can't be made; the message says why and what to type instead, in Vietnamese."""


def new_lesson(
    root: Path, level: int, name: str, kinds: Sequence[str] = KINDS, number: int | None = None
) -> Path:
    """Write ``level…/NN-name`` and return the folder; it appears whole or not at all.

    Args:
        root: folder of ``level1`` … ``level5``.
        level: 1 to 5.
        name: letters a–z, digits and hyphens.
        kinds: which exercises it holds, in this order; ``teach`` comes last.
        number: of the lesson within its level; by default the one after the highest.

    Raises:
        NewLessonError: for a wrong name or kind, a number or name that is taken, or more than 15 minutes.
    """
    _check_name(name)
    chosen = _chosen(kinds)
    taken = _taken(root / f"level{level}")
    folder = root / f"level{level}" / f"{_number(taken, name, number):02}-{name}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=folder.parent) as temporary:
        made = Path(temporary) / folder.parent.name / folder.name
        _write(made, level, chosen)
        made.rename(folder)
    return folder


def _check_name(name: str) -> None:
    if not _SLUG.fullmatch(name) or _NUMBERED.fullmatch(name) or len(name) > _LONGEST:
        raise NewLessonError(
            f"Tên “{name}” chưa dùng được: chỉ dùng chữ thường không dấu, số và dấu gạch nối, "
            f"tối đa {_LONGEST} ký tự, không ghi số thứ tự ở đầu. Ví dụ: moi-an-gio"
        )


def _chosen(kinds: Sequence[str]) -> list[Piece]:
    known = pieces()
    unknown = [kind for kind in kinds if kind not in known]
    if unknown or not kinds:
        raise NewLessonError(f"Không có loại bài “{', '.join(unknown)}”. Các loại: {', '.join(known)}.")
    return sorted((known[kind] for kind in dict.fromkeys(kinds)), key=lambda piece: piece.kind == "teach")


def _taken(level: Path) -> dict[int, str]:
    """Return the numbers in use with the names of their folders."""
    found = (_NUMBERED.fullmatch(path.name) for path in level.glob("[0-9][0-9]-*") if path.is_dir())
    return {int(match["number"]): match["name"] for match in found if match}


def _number(taken: dict[int, str], name: str, wanted: int | None) -> int:
    same = [number for number, other in taken.items() if other == name and number]
    if same:
        raise NewLessonError(f"Đã có bài {same[0]:02}-{name}. Bạn mở bài ấy ra sửa, hoặc chọn tên khác.")
    if wanted in taken:
        raise NewLessonError(f"Số {wanted:02} đã là của bài {wanted:02}-{taken[wanted]}. Bạn chọn số khác.")
    number = max(taken, default=0) + 1 if wanted is None else wanted
    if not 1 <= number <= _LAST_NUMBER:
        raise NewLessonError(
            f"Số của bài phải từ 1 đến {_LAST_NUMBER}. Bạn ghi rõ số còn trống bằng --number."
        )
    return number


def _write(folder: Path, level: int, chosen: list[Piece]) -> None:
    (folder / "assets").mkdir(parents=True)
    shutil.copyfile(_TEMPLATE / "minh-hoa.svg", folder / "assets" / "minh-hoa.svg")
    samples = _read("samples-head.yaml") + samples_text(chosen)
    (folder / "samples.yaml").write_text(samples, encoding="utf-8")
    _write_lesson(folder, level, LIMIT, chosen)
    lesson = load_lesson(folder)
    minutes = math.ceil(reading_minutes(lesson) + doing_minutes(lesson))
    if minutes > LIMIT:
        raise NewLessonError(
            f"Chừng ấy bài tập mất khoảng {minutes} phút, quá {LIMIT} phút một bài. Bạn chọn ít loại hơn."
        )
    _write_lesson(folder, level, minutes, chosen)


def _write_lesson(folder: Path, level: int, minutes: int, chosen: list[Piece]) -> None:
    head = Template(_read("head.md")).substitute(level=level, minutes=f"{minutes:<2}")
    body = "\n\n".join(piece.text for piece in chosen)
    (folder / "lesson.md").write_text(f"{head}{body}\n\n{_read('tail.md')}", encoding="utf-8")


def _read(name: str) -> str:
    return (_TEMPLATE / name).read_text(encoding="utf-8")
