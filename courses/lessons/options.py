"""A block's options: ``:key: value`` lines or a YAML header between ``---`` lines."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from courses.lessons.errors import Fault, LessonError
from courses.lessons.yaml_text import load_yaml, plain
from courses.yaml_errors import line_of

_OPTION = re.compile(r"^:(?P<name>[^\W\d][\w-]*):(?P<value>.*)$")
_RULE = "---"
_REPEATED = frozenset({"hint"})  # each further line is a further hint


@dataclass(frozen=True)
class Options:
    """Options of one block, and where they and the body stand. Lines count from 1 in the file."""

    values: dict[str, object]
    body: str
    body_line: int
    line: Callable[[tuple[str | int, ...]], int]
    faults: list[Fault] = field(default_factory=list)


def read_options(text: str, first: int, path: str) -> Options:
    """Read the options at the head of a block whose text starts at line ``first`` of the file."""
    lines = text.split("\n")
    start = next((n for n, line in enumerate(lines) if line.strip()), 0)
    read = _yaml_header if lines[start].rstrip() == _RULE else _option_lines
    options = read(lines, start, first, path)
    options.faults.extend(_strays(options, path))
    return options


def _option_lines(lines: list[str], start: int, first: int, path: str) -> Options:
    values: dict[str, object] = {}
    places: dict[str | int, int] = {}
    faults: list[Fault] = []
    place = start
    while place < len(lines) and (found := _OPTION.match(lines[place])):
        name, value = found["name"], found["value"].strip()
        if name in values and name in _REPEATED:
            value = [*_listed(values[name]), value]
        elif name in values:
            message = f"tùy chọn “{name}” có hai lần: bỏ một"
            faults.append(Fault(path=path, line=first + place, message=message))
        values[name] = value
        places.setdefault(name, first + place)
        place += 1
    body = "\n".join(lines[place:])
    return Options(values, body, first + place, lambda where: places.get(where[0], first - 1), faults)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _yaml_header(lines: list[str], start: int, first: int, path: str) -> Options:
    end = next((n for n in range(start + 1, len(lines)) if lines[n].rstrip() == _RULE), None)
    if end is None:
        fault = Fault(path=path, line=first + start, message="phần đầu YAML chưa đóng: thêm dòng ---")
        return Options({}, "", first + len(lines), lambda _: first + start, [fault])
    offset = first + start  # lines of the file above the document
    body = "\n".join(lines[end + 1 :])
    try:
        document = load_yaml("\n".join(lines[start + 1 : end]), path, offset) or {}
    except LessonError as error:
        return Options({}, body, first + end + 1, lambda _: first + start, list(error.faults))
    if not isinstance(document, dict) or not all(isinstance(name, str) for name in document):
        fault = Fault(path=path, line=offset, message="phần đầu YAML phải gồm các dòng “khóa: giá trị”")
        return Options({}, body, first + end + 1, lambda _: first + start, [fault])
    values = {str(name): plain(value) for name, value in document.items()}
    return Options(values, body, first + end + 1, lambda where: line_of(document, where) + offset)


def _strays(options: Options, path: str) -> list[Fault]:
    """Find option lines in the body: they would silently become text."""
    return [
        Fault(
            path=path,
            line=options.body_line + n,
            message=f"dòng tùy chọn “{line.strip()}” phải đứng liền dưới dòng mở khối, trước dòng trống",
        )
        for n, line in enumerate(options.body.split("\n"))
        if _OPTION.match(line)
    ]
