"""A lesson's skills are those that its level promises: certificates print their names."""

from __future__ import annotations

from collections.abc import Iterable

from courses.catalog.levels import FILE, load_level
from courses.lessons.lint.finding import Finding, Subject
from courses.yaml_errors import YamlError


def check_skills(subject: Subject) -> Iterable[Finding]:
    """Check the ids against the level's file; a folder of lessons without one may name skills freely."""
    lesson, folder = subject.lesson, subject.folder.parent
    if not (folder / FILE).is_file():
        return
    try:
        known = load_level(folder).skills_of(lesson.number)
    except YamlError as error:
        for line in str(error).splitlines():
            path, place, message = line.split(":", 2)
            yield Finding(path=path, line=int(place), message=message.strip())
        return
    for skill in lesson.skills:
        if skill not in known:
            yield subject.error(
                subject.key_line("skills"),
                f"kỹ năng “{skill}” không phải của bài {lesson.number}: xem {folder.name}/{FILE}",
            )
