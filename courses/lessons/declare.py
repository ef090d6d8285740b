"""One block becomes one exercise, or faults at the right lines."""

from __future__ import annotations

import re
from dataclasses import dataclass

from courses.catalog.facts import Facts
from courses.catalog.glossary import Glossary
from courses.exercises.base import DeclarationError, Exercise
from courses.exercises.registry import kinds
from courses.lessons.blocks import Block
from courses.lessons.errors import Fault
from courses.lessons.facts import expand
from courses.lessons.options import Options, read_options
from courses.lessons.terms import check_terms, named, term_ids

ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST_ID = 40  # the tables keep 60 characters; cell ids add a prefix


@dataclass(frozen=True)
class Reading:
    """What reading one lesson file needs and collects."""

    path: str
    facts: Facts
    faults: list[Fault]
    glossary: Glossary

    def fault(self, line: int, message: str, code: str = "lesson") -> None:
        """Note one fault; see ``Fault.code``."""
        self.faults.append(Fault(path=self.path, line=line, message=message, code=code))

    def expand(self, text: str, first: int, *, many_lines: bool = True) -> str:
        """Put facts in; ``first`` is the file's line of the text's first line."""

        def missing(name: str, line: int) -> None:
            place = first + line if many_lines else first
            message = f"fact “{name}” chưa có trong courses/catalog/facts.yaml: thêm vào hoặc sửa id"
            self.fault(place, message, "catalog")

        return expand(text, self.facts, missing)

    def prose(self, text: str, first: int) -> str:
        """Put facts in and give each term its words; ``first`` is the file's line of the first line."""

        def missing(name: str, line: int) -> None:
            message = f"term “{name}” chưa có trong courses/catalog/glossary.yaml: thêm vào hoặc sửa id"
            self.fault(first + line, message, "catalog")

        check_terms(text, self.glossary, missing)
        return named(self.expand(text, first), self.glossary)


def declare(block: Block, reading: Reading) -> Exercise | None:
    """Return the exercise that a block declares, or None after noting its faults."""
    before = len(reading.faults)
    _check_id(block, reading)
    _check_no_terms(block, reading)
    kind = kinds().get(block.kind)
    if kind is None:
        known = ", ".join([*kinds(), "case"])
        reading.fault(block.line, f"không có loại bài “{block.kind}”; các loại: {known}")
        return None
    options = read_options(block.text, block.first, reading.path)
    reading.faults.extend(_named(fault, block.kind) for fault in options.faults)
    values = {name: _expand(value, (name,), options, reading) for name, value in options.values.items()}
    body = reading.expand(options.body, options.body_line)
    try:
        exercise = kind.read(block.id, values, body)
    except DeclarationError as error:
        if not options.faults:  # a header that cannot be read would only echo its own fault
            _note(error, block, options, reading)
        return None
    return exercise if len(reading.faults) == before else None


def _named(fault: Fault, kind: str) -> Fault:
    return fault.model_copy(update={"message": f"{kind}: {fault.message}", "code": kind})


def _check_id(block: Block, reading: Reading) -> None:
    if not block.id:
        reading.fault(block.line, f"{block.kind}: thiếu id: viết :::{{{block.kind}}} ten-bai")
    elif not ID.fullmatch(block.id) or len(block.id) > _LONGEST_ID:
        message = (
            f"id “{block.id}” chỉ dùng chữ thường không dấu, số và dấu gạch nối, tối đa {_LONGEST_ID} ký tự"
        )
        reading.fault(block.line, f"{block.kind}: {message}")


def _check_no_terms(block: Block, reading: Reading) -> None:
    """An exercise is also read by judges and trainers, as plain text: pop-ups belong into prose."""
    for name, line in term_ids(block.text):
        reading.fault(
            block.first + line,
            f"{block.kind}: {{term:{name}}} chỉ dùng trong phần đọc: đưa ra ngoài khối bài tập",
        )


def _expand(value: object, where: tuple[str | int, ...], options: Options, reading: Reading) -> object:
    if isinstance(value, str):
        return reading.expand(value, options.line(where), many_lines=False)
    if isinstance(value, list):
        return [_expand(item, (*where, n), options, reading) for n, item in enumerate(value)]
    if isinstance(value, dict):
        return {name: _expand(item, (*where, name), options, reading) for name, item in value.items()}
    return value


def _note(error: DeclarationError, block: Block, options: Options, reading: Reading) -> None:
    for fault in error.faults:
        line = block.line
        if fault.option:
            line = options.line(fault.option) if fault.option[0] in options.values else block.line
        elif fault.line is not None:
            line = _body_line(options, fault.line)
        reading.fault(line, f"{block.kind}: {fault}", block.kind)


def _body_line(options: Options, line: int) -> int:
    """Return the file's line of a body line; line 0 of a body that starts blank is its first text."""
    lines = options.body.split("\n")
    while line + 1 < len(lines) and not lines[line].strip():
        line += 1
    return options.body_line + line
