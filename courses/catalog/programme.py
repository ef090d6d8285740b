"""The courses: one ordered list of lessons per audience, by the numbers of the syllabus."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from courses.catalog.entries import load_entries
from courses.catalog.syllabus import SYLLABUS, Planned, load_syllabus
from courses.exercises.base import Frozen
from courses.yaml_errors import YamlError

COURSES = Path(__file__).with_name("courses.yaml")


class Course(Frozen):
    """What one audience learns, in order. ``id`` is the target group, or ``core_trainer``."""

    id: Literal["citizen", "official", "trader", "core_trainer"]
    name: str = Field(min_length=1)
    about: str = Field(min_length=1)
    lessons: tuple[str, ...] = Field(min_length=1)

    @field_validator("lessons")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        twice = sorted({number for number in value if value.count(number) > 1})
        if twice:
            raise ValueError(f"bài {', '.join(twice)} có hai lần: xóa bớt một")
        return value


def load_courses(path: Path = COURSES, syllabus: Path = SYLLABUS) -> Mapping[str, Course]:
    """Return the courses by id.

    Raises:
        YamlError: ``courses.yaml:LINE: …`` in Vietnamese: a fault of form, or a lesson that the syllabus hasn't,
            or one before what it needs.
    """
    courses, known = load_entries(path, Course), load_syllabus(syllabus)
    lines = path.read_text(encoding="utf-8").splitlines()
    faults = [
        f"{path.name}:{_line(lines, course, number)}: {course.id}: chương trình không có bài {number}"
        for course in courses.values()
        for number in course.lessons
        if number not in known
    ]
    faults += [
        f"{path.name}:{_line(lines, course, number)}: {course.id}: bài {number} cần bài {need}, mà {need} đứng sau"
        for course in courses.values()
        for number, need in _out_of_order(course, known)
    ]
    if faults:
        raise YamlError("\n".join(faults))
    return courses


def _out_of_order(course: Course, known: Mapping[str, Planned]) -> Iterator[tuple[str, str]]:
    """Yield (lesson, what it needs) for each need that the course has, but later."""
    places = {number: place for place, number in enumerate(course.lessons)}
    for number in course.lessons:
        for need in known[number].needs if number in known else ():
            if places.get(need, -1) > places[number]:
                yield number, need


def _line(lines: list[str], course: Course, number: str) -> int:
    """Return the line on which a course names a lesson."""
    start = next(
        n for n, line in enumerate(lines) if line.strip() in {f"- id: {course.id}", f'- id: "{course.id}"'}
    )
    return next((n for n, line in enumerate(lines[start:], start + 1) if f'"{number}"' in line), start + 1)
