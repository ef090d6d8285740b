"""The five levels: what each is called, what it leads to, and the skills that lessons and certificates share.

Each level's folder says it in ``level.yaml``, beside its lessons and its picture ``level.svg``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import Field
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from courses.catalog.syllabus import SYLLABUS, load_syllabus
from courses.exercises.base import Frozen
from courses.exercises.text import nfc
from courses.yaml_errors import YamlError, line_of, validate_yaml

FILE = "level.yaml"
PICTURE = "level.svg"
LEVELS = (1, 2, 3, 4, 5)


class Skill(Frozen):
    """Something that a learner can do. ``name`` is what a certificate prints."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    name: str = Field(min_length=1, max_length=80)
    lessons: tuple[str, ...] = Field(min_length=1)


class Level(Frozen):
    """One level. ``outcome`` is what its learners can do at its end; ``picture`` are the words for ``level.svg``."""

    name: str = Field(min_length=1)
    outcome: str = Field(min_length=1)
    picture: str = Field(min_length=1)
    skills: tuple[Skill, ...] = Field(min_length=1)

    def skills_of(self, number: str) -> frozenset[str]:
        """Return the ids of the skills that a lesson serves."""
        return frozenset(skill.id for skill in self.skills if number in skill.lessons)


def load_level(folder: Path, syllabus: Path = SYLLABUS) -> Level:
    """Read a level's ``level.yaml``, e.g. of the folder ``level1``.

    Raises:
        FileNotFoundError: the folder has none.
        YamlError: ``level1/level.yaml:LINE: …`` in Vietnamese, one line per fault.
    """
    name = f"{folder.name}/{FILE}"
    document = _document(folder / FILE, name)
    level = validate_yaml(Level, document, name)
    faults = [f"{name}:{line}: {text}" for line, text in _faults(level, folder.name, document, syllabus)]
    if faults:
        raise YamlError("\n".join(faults))
    return level


def load_levels(root: Path) -> Mapping[int, Level]:
    """Return the levels of a lessons' folder by number.

    Raises:
        FileNotFoundError: a level has no file.
        YamlError: a file is wrong, or two levels share a skill.
    """
    levels = {number: load_level(root / f"level{number}") for number in LEVELS}
    owners: dict[str, int] = {}
    for number, level in levels.items():
        for skill in level.skills:
            if skill.id in owners:
                raise YamlError(
                    f"level{number}/{FILE}:1: kỹ năng “{skill.id}” đã là của bậc {owners[skill.id]}: đổi id"
                )
            owners[skill.id] = number
    return levels


def _document(file: Path, name: str) -> object:
    try:
        return YAML(typ="rt").load(nfc(file.read_text(encoding="utf-8"))) or {}
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise YamlError(f"{name}:{line}: không đọc được YAML: {error.problem}") from error


def _faults(level: Level, folder: str, document: object, syllabus: Path) -> Iterator[tuple[int, str]]:
    own = [one.id for one in load_syllabus(syllabus).values() if folder == f"level{one.level}"]
    ids = [skill.id for skill in level.skills]
    for place, skill in enumerate(level.skills):
        line = line_of(document, ("skills", place))
        if skill.id in ids[:place]:
            yield line, f"kỹ năng “{skill.id}” có hai lần: gộp lại làm một"
        for number in skill.lessons:
            if number not in own:
                yield line, f"kỹ năng “{skill.id}”: chương trình của bậc này không có bài {number}"
    for number in own:
        if not level.skills_of(number):
            yield line_of(document, ("skills",)), f"bài {number} chưa thuộc kỹ năng nào"
