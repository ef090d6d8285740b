"""``lesson.md`` and ``samples.yaml`` to ``Lesson``."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from courses.catalog.facts import Facts, load_facts
from courses.catalog.glossary import Glossary, Term, load_glossary
from courses.exercises.text import nfc
from courses.lessons.blocks import Block, cut
from courses.lessons.cases import groups, merge
from courses.lessons.declare import Reading, declare
from courses.lessons.errors import Fault, LessonError, raise_all
from courses.lessons.front_matter import FrontMatter, split
from courses.lessons.model import ExerciseSlot, Lesson, Prose
from courses.lessons.notes import without_notes
from courses.lessons.samples import load_samples
from courses.lessons.terms import term_ids

_SLUG = re.compile(r"(?:00-(?P<starter>[1-9])|(?P<number>0[1-9]|[1-9][0-9]))-[a-z0-9]+(-[a-z0-9]+)*")
_LEVEL = re.compile(r"level(?P<level>[1-5])")
_NBGRADER = re.compile(r"(BEGIN|END) (MARK SCHEME|SOLUTION|HIDDEN TESTS)")


def load_lesson(
    folder: Path,
    facts: Facts | None = None,
    glossary: Glossary | None = None,
    *,
    with_samples: bool = True,
) -> Lesson:
    """Read one lesson folder, e.g. ``level1/02-lenh-bon-phan``; one that did not change is not parsed again.

    Args:
        folder: holds ``lesson.md`` and ``samples.yaml``.
        facts: dated facts by id; by default those of ``courses/catalog/facts.yaml``.
        glossary: terms by id; by default those of ``courses/catalog/glossary.yaml``.
        with_samples: read ``samples.yaml``, too.

    Raises:
        LessonError: every fault of both files.
    """
    folder = folder.resolve()
    facts = load_facts() if facts is None else facts
    glossary = load_glossary() if glossary is None else glossary
    texts = tuple(_bytes(folder / name) for name in ("lesson.md", "samples.yaml")[: 1 + with_samples])
    known = _PARSED.get((folder, with_samples))
    if known is not None and known.texts == texts and known.facts is facts and known.glossary is glossary:
        return known.lesson
    lesson = _parse(folder, facts, glossary, with_samples=with_samples)
    if len(_PARSED) >= _MOST:
        _PARSED.clear()
    _PARSED[folder, with_samples] = _Parsed(texts, facts, glossary, lesson)
    return lesson


class _Parsed(NamedTuple):
    """A lesson, and all that it was made of."""

    texts: tuple[bytes, ...]
    facts: Facts
    glossary: Glossary
    lesson: Lesson


_MOST = 300  # lessons kept
_PARSED: dict[tuple[Path, bool], _Parsed] = {}
"""By folder. Reading all lessons takes seconds, and preview, portal and tests do it often; a lesson is frozen."""


def _bytes(file: Path) -> bytes:
    return file.read_bytes() if file.exists() else b""


def _parse(folder: Path, facts: Facts, glossary: Glossary, *, with_samples: bool) -> Lesson:
    key = f"{folder.parent.name}/{folder.name}"
    path = f"{key}/lesson.md"
    text = _read(folder / "lesson.md", path)
    front, body, first = split(text, path)
    reading = Reading(path=path, facts=facts, faults=[], glossary=glossary)
    _check_text(text, reading)
    number = _number(folder, front, reading)
    blocks = _blocks(cut(body, first, path, reading.faults), reading)
    _check_ids(blocks, reading)
    raise_all(reading.faults)
    lesson = _lesson(key, number, front, blocks, text)
    lesson = lesson.model_copy(update={"terms": _terms(blocks, reading.glossary)})
    samples = load_samples(folder / "samples.yaml", lesson) if with_samples else ()
    return lesson.model_copy(update={"samples": samples})


def load_lessons(root: Path, facts: Facts | None = None) -> tuple[Lesson, ...]:
    """Read every lesson under ``root/level1`` … ``root/level5``, sorted by key.

    Raises:
        LessonError: the faults of all lessons together.
    """
    lessons: list[Lesson] = []
    faults: list[Fault] = []
    for folder in lesson_folders(root):
        try:
            lessons.append(load_lesson(folder, facts))
        except LessonError as error:
            faults.extend(error.faults)
    faults.extend(_twins(lessons))
    raise_all(faults)
    return tuple(lessons)


def lesson_folders(root: Path) -> tuple[Path, ...]:
    """Return the folders of all lessons, sorted."""
    return tuple(sorted(path.parent for path in root.glob("level[1-5]/*/lesson.md")))


def _twins(lessons: Iterable[Lesson]) -> list[Fault]:
    """Find lessons that share a number."""
    ordered = sorted(lessons, key=lambda lesson: (lesson.course, lesson.number, lesson.key))
    return [
        Fault(
            path=f"{two.key}/lesson.md",
            line=1,
            message=f"số {two.number} đã là của {one.key}: đổi tên thư mục",
        )
        for one, two in itertools.pairwise(ordered)
        if (one.course, one.number) == (two.course, two.number)
    ]


def _read(file: Path, path: str) -> str:
    try:
        text = nfc(file.read_text(encoding="utf-8-sig"))
        return without_notes(text.replace("\r\n", "\n").replace("\r", "\n"))
    except FileNotFoundError as error:
        raise LessonError([Fault(path=path, line=1, message="không có tệp này")]) from error
    except UnicodeDecodeError as error:
        message = "tệp không phải UTF-8: lưu lại với bảng mã UTF-8"
        raise LessonError([Fault(path=path, line=1, message=message)]) from error


def _check_text(text: str, reading: Reading) -> None:
    for number, line in enumerate(text.split("\n"), 1):
        if _NBGRADER.search(line):
            reading.fault(number, "dòng này trùng dấu hiệu riêng của nbgrader: viết cách khác")


def _number(folder: Path, front: FrontMatter, reading: Reading) -> str:
    level = _LEVEL.fullmatch(folder.parent.name)
    slug = _SLUG.fullmatch(folder.name)
    if level is None or slug is None:
        reading.fault(
            1, "tên thư mục phải như level1/02-ten-bai hoặc level1/00-3-ten-bai (chữ thường không dấu)"
        )
        return ""
    if int(level["level"]) != front.level:
        reading.fault(1, f"level là {front.level} nhưng thư mục là {folder.parent.name}: sửa cho khớp")
    return f"0.{slug['starter']}" if slug["starter"] else f"{front.level}.{int(slug['number'])}"


def _blocks(cut_blocks: list[Block], reading: Reading) -> list[Prose | ExerciseSlot]:
    made: list[Prose | ExerciseSlot] = []
    for is_case, run in itertools.groupby(cut_blocks, key=lambda block: block.kind == "case"):
        if is_case:
            for group in groups(list(run)):
                made += merge(group, reading)
            continue
        for block in run:
            made += _single(block, reading)
    return made


def _single(block: Block, reading: Reading) -> list[Prose | ExerciseSlot]:
    if not block.kind:
        return [Prose(text=reading.prose(block.text, block.line), line=block.line)]
    exercise = declare(block, reading)
    return [ExerciseSlot(id=block.id, line=block.line, variants={"": exercise})] if exercise else []


def _check_ids(blocks: list[Prose | ExerciseSlot], reading: Reading) -> None:
    seen: dict[str, int] = {}
    for block in blocks:
        if isinstance(block, ExerciseSlot):
            if block.id in seen:
                message = f"{block.kind}: id “{block.id}” đã dùng ở dòng {seen[block.id]}: đổi id"
                reading.fault(block.line, message)
            seen.setdefault(block.id, block.line)
    if not seen and not reading.faults:
        reading.fault(1, "bài học chưa có bài tập nào")


def _terms(blocks: list[Prose | ExerciseSlot], glossary: Glossary) -> dict[str, Term]:
    """Return the terms that the lesson uses, by id in order of the alphabet."""
    used = {name for block in blocks if isinstance(block, Prose) for name, _ in term_ids(block.text)}
    return {name: glossary[name] for name in sorted(used)}


def _lesson(
    key: str, number: str, front: FrontMatter, blocks: list[Prose | ExerciseSlot], text: str
) -> Lesson:
    return Lesson(
        key=key,
        number=number,
        title=front.title,
        level=front.level,
        minutes=front.minutes,
        skills=front.skills,
        goals=front.goals,
        safety=front.safety,
        challenge=front.challenge,
        outcome=front.outcome,
        alignment=front.alignment.model_dump(),
        cards=front.cards,
        blocks=tuple(blocks),
        samples=(),
        source=text,
    )
