"""What a level's page shows to one person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from courses.catalog.levels import LEVELS, Level, Skill, load_level
from courses.catalog.programme import Course, load_courses
from courses.catalog.syllabus import Planned, load_syllabus
from courses.exercises.base import Frozen
from courses.school.models import Person
from hub_config.portal.levels.lanes import Lane, lanes, shortest
from hub_config.portal.shelf import Shelf
from hub_config.portal.states import Row, next_row, rows_of

HANDED_IN = frozenset({"da_nop", "da_cham"})


class Need(Frozen):
    """A lesson to learn before another; ``level`` is where its own place on a map is."""

    number: str
    title: str
    level: int
    done: bool


class Step(Frozen):
    """A lesson on the map. ``row`` is None while it is being written."""

    number: str
    title: str
    outcome: str
    safety: bool
    challenge: bool
    row: Row | None
    needs: tuple[Need, ...]
    lanes: tuple[Lane, ...] = ()

    @property
    def anchor(self) -> str:
        """Id of its place on the page."""
        return f"bai-{self.number.replace('.', '-')}"


class SkillView(Frozen):
    """A skill, and whether all its lessons were handed in."""

    name: str
    lessons: tuple[str, ...]
    done: bool


class LevelView(Frozen):
    """A level's page. ``next`` is the lesson to go on with; ``others`` are not in the person's course."""

    number: int
    name: str
    outcome: str
    picture: str
    course: str
    skills: tuple[SkillView, ...]
    steps: tuple[Step, ...]
    others: tuple[Step, ...]
    next: Row | None
    done: int
    width: int  # lanes side by side
    around: tuple[int, ...] = LEVELS


def level_view(session: Session, person: Person, shelf: Shelf, root: Path, number: int) -> LevelView:
    """Return the page of a level.

    Raises:
        FileNotFoundError: the lessons' folder has no such level.
        YamlError: its file cannot be read.
    """
    level, syllabus = load_level(root / f"level{number}"), load_syllabus()
    course = load_courses()[_course_of(person)]
    lessons = shelf.all()
    told = {lesson.number: lesson.outcome for lesson in lessons}
    rows = {row.number: row for row in rows_of(session, lessons, [person])[person.id]}
    own = [one for one in course.lessons if syllabus[one].level == number]
    rest = [one for one in syllabus if syllabus[one].level == number and one not in own]
    steps = _drawn([_step(syllabus[one], syllabus, rows, told) for one in own])
    return LevelView(
        number=number,
        name=level.name,
        outcome=level.outcome,
        picture=level.picture,
        course=course.name,
        skills=_skills(level, rows, course),
        steps=steps,
        others=tuple(_step(syllabus[one], syllabus, rows, told) for one in rest),
        next=next_row([step.row for step in steps if step.row]),
        done=sum(_is_done(rows, one) for one in own),
        width=max((lane.place for step in steps for lane in step.lanes), default=0),
    )


def _course_of(person: Person) -> str:
    return "core_trainer" if person.role == "trainer" else person.target


def _is_done(rows: Mapping[str, Row], number: str) -> bool:
    return number in rows and rows[number].state in HANDED_IN


def _step(
    planned: Planned, syllabus: Mapping[str, Planned], rows: Mapping[str, Row], told: Mapping[str, str]
) -> Step:
    """Return a lesson on the map; ``told``: what learners take home, as the lessons that are written say it."""
    needs = (syllabus[need] for need in planned.needs)
    row = rows.get(planned.id)
    return Step(
        number=planned.id,
        title=row.title if row else planned.title,
        outcome=told.get(planned.id, planned.outcome),
        safety=planned.safety,
        challenge=planned.challenge,
        row=row,
        needs=tuple(
            Need(number=one.id, title=one.title, level=one.level or 0, done=_is_done(rows, one.id))
            for one in needs
        ),
    )


def _drawn(steps: Sequence[Step]) -> tuple[Step, ...]:
    drawn = lanes(shortest({step.number: [need.number for need in step.needs] for step in steps}))
    return tuple(step.model_copy(update={"lanes": drawn[step.number]}) for step in steps)


def _skills(level: Level, rows: Mapping[str, Row], course: Course) -> tuple[SkillView, ...]:
    """Return the skills that the course reaches."""
    return tuple(
        SkillView(name=skill.name, lessons=own, done=all(_is_done(rows, one) for one in own))
        for skill in level.skills
        if (own := _taught(skill, course))
    )


def _taught(skill: Skill, course: Course) -> tuple[str, ...]:
    return tuple(one for one in skill.lessons if one in course.lessons)
