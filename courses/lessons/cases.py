"""The three settings: three blocks in a row become one sequence of prose and exercise slots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from courses.exercises.base import Exercise
from courses.lessons.blocks import Block, cut
from courses.lessons.declare import Reading, declare
from courses.lessons.model import CASES, Case, ExerciseSlot, Prose

CODE = "cases"
"""Of faults in how the three settings stand together."""


@dataclass(frozen=True)
class Declared:
    """An exercise and the line where it stands; ``exercise`` is None when it has faults of its own."""

    id: str
    kind: str
    line: int
    exercise: Exercise | None


def groups(blocks: list[Block]) -> list[list[Block]]:
    """Split a run of case blocks into groups that name each setting at most once."""
    found: list[list[Block]] = []
    for block in blocks:
        if not found or block.id in {other.id for other in found[-1]}:
            found.append([])
        found[-1].append(block)
    return found


def merge(group: list[Block], reading: Reading) -> list[Prose | ExerciseSlot]:
    """Return prose per setting and one slot per exercise, for one group of case blocks."""
    before = len(reading.faults)
    _check_names(group, reading)
    parts = {block.id: _parts(block, reading) for block in group if block.id in CASES}
    if len(parts) < len(CASES) or len(reading.faults) > before:
        return []
    lists = {case: [part for part in parts[case] if isinstance(part, Declared)] for case in CASES}
    if not _match(lists, reading):
        return []
    merged: list[Prose | ExerciseSlot] = []
    for number in range(len(lists[CASES[0]]) + 1):
        for case in CASES:
            merged += _prose_before(parts[case], number)
        if number < len(lists[CASES[0]]):
            merged.append(_slot({case: lists[case][number] for case in CASES}))
    return merged


def _check_names(group: list[Block], reading: Reading) -> None:
    names = [block.id for block in group]
    for block in group:
        if block.id not in CASES:
            message = f"case: “{block.id}” không phải một trong: {', '.join(CASES)}"
            reading.fault(block.line, message, CODE)
    missing = [case for case in CASES if case not in names]
    if missing and all(name in CASES for name in names):
        message = f"case: thiếu {', '.join(missing)}: ba trường hợp phải đứng liền nhau"
        reading.fault(group[0].line, message, CODE)


def _parts(block: Block, reading: Reading) -> list[Prose | Declared]:
    parts: list[Prose | Declared] = []
    for inner in cut(block.text, block.first, reading.path, reading.faults):
        if inner.kind == "":
            text = reading.prose(inner.text, inner.line)
            parts.append(Prose(text=text, line=inner.line, case=cast("Case", block.id)))
        elif inner.kind == "case":
            reading.fault(inner.line, "case: không đặt case trong case", CODE)
        else:
            parts.append(Declared(inner.id, inner.kind, inner.line, declare(inner, reading)))
    return parts


def _match(lists: dict[Case, list[Declared]], reading: Reading) -> bool:
    """Tell whether the settings hold the same exercises; note each difference."""
    before = len(reading.faults)
    first, *others = CASES
    for case in others:
        for number in range(max(len(lists[first]), len(lists[case]))):
            _compare(lists, first, case, number, reading)
    return len(reading.faults) == before


def _compare(
    lists: dict[Case, list[Declared]], first: Case, case: Case, number: int, reading: Reading
) -> None:
    ours, theirs = (lists[name][number] if number < len(lists[name]) else None for name in (first, case))
    if ours is None or theirs is None:
        present, absent = (ours or theirs), (first if ours is None else case)
        assert present is not None  # noqa: S101 - number is below the longer list's length
        message = f"case: trường hợp {absent} thiếu bài “{present.id}”: ba trường hợp cùng các bài"
        reading.fault(present.line, message, CODE)
    elif ours.id != theirs.id:
        message = f"case: bài “{theirs.id}” phải là “{ours.id}” như trong {first} (cùng id, cùng thứ tự)"
        reading.fault(theirs.line, message, CODE)
    elif ours.kind != theirs.kind:
        message = f"{theirs.kind}: bài “{theirs.id}” là {ours.kind} trong {first}: dùng cùng một loại"
        reading.fault(theirs.line, message, CODE)
    elif ours.exercise and theirs.exercise and ours.exercise.points != theirs.exercise.points:
        points = f"{theirs.exercise.points:g}, trong {first} là {ours.exercise.points:g}"
        reading.fault(theirs.line, f"{theirs.kind}: points là {points}: sửa cho bằng nhau", CODE)


def _prose_before(parts: list[Prose | Declared], number: int) -> list[Prose]:
    """Return the prose that stands between exercise ``number`` - 1 and exercise ``number``."""
    found: list[Prose] = []
    seen = 0
    for part in parts:
        if isinstance(part, Declared):
            seen += 1
        elif seen == number:
            found.append(part)
    return found


def _slot(declared: dict[Case, Declared]) -> ExerciseSlot:
    first = declared[CASES[0]]
    variants = {str(case): one.exercise for case, one in declared.items() if one.exercise}
    return ExerciseSlot(id=first.id, line=first.line, variants=variants)
