"""What the page shows: counts of names-free answers, agreement, silence. Trainers get the numbers of their groups only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from autograder.audit import Pair, figures_of
from autograder.audit.collect import Groups, collect
from autograder.human.counting import counts
from autograder.models import AutoMark, HumanMark, Silence
from autograder.remark.why import said
from courses.exercises.base import Frozen, RubricExercise
from courses.lessons.model import ExerciseSlot, Lesson
from courses.school.models import Person, Submission
from courses.school.people import groups_of_trainer
from hub_config.portal.judging_page.figures import FiguresView, figures_view
from hub_config.portal.judging_page.silence_words import SilenceView, silence_view

Key = tuple[str, str]


class Reason(Frozen):
    """Why answers were left to people, and how many."""

    words: str
    times: int


class ExerciseRow(Frozen):
    """One exercise that a judge may be asked about."""

    lesson: str  # Lesson.key
    number: str
    title: str
    exercise: str
    place: int  # in the lesson, from 1
    judged: int
    waiting: int  # nobody was asked yet, or nobody could be
    reasons: tuple[Reason, ...]
    outdated: int
    audit: FiguresView
    seen: FiguresView
    silence: SilenceView | None

    @property
    def abstained(self) -> int:
        """Answers that the judge left to people."""
        return sum(reason.times for reason in self.reasons)

    @property
    def path(self) -> str:
        """Its page below ``quan-tri/cham/``."""
        return f"{self.lesson}/{self.exercise}"


class LessonRow(Frozen):
    """A lesson with judged marks that an edit of its author outdates."""

    lesson: str
    number: str
    title: str
    outdated: int


def groups_for(session: Session, viewer: Person) -> Groups:
    """Return whose answers a viewer's numbers count; None: everybody's."""
    if viewer.role == "administrator":
        return None
    return [group.id for group in groups_of_trainer(session, viewer)]


def may_read(viewer: Person) -> bool:
    """Tell whether somebody may read the page at all."""
    return viewer.role in {"administrator", "trainer"}


def exercise_rows(session: Session, viewer: Person, lessons: Sequence[Lesson]) -> tuple[ExerciseRow, ...]:
    """Return all exercises that a judge may be asked about; for trainers, those their groups have answered."""
    groups = groups_for(session, viewer)
    page = _Page(session, lessons, groups)
    rows = (page.row(lesson, place, slot) for lesson in lessons for place, slot in _judged_slots(lesson))
    shown = (row for row in rows if groups is None or row.judged or row.abstained or row.waiting)
    return tuple(sorted(shown, key=lambda row: row.silence is None))  # the silent ones first


def _judged_slots(lesson: Lesson) -> list[tuple[int, ExerciseSlot]]:
    return [(place, slot) for place, slot in enumerate(lesson.slots, 1) if declaration(slot) is not None]


def declaration(slot: ExerciseSlot) -> RubricExercise | None:
    """Return the first declaration of a slot, if it is judged by a rubric."""
    first = next(iter(slot.variants.values()))
    return first if isinstance(first, RubricExercise) else None


def outdated_lessons(session: Session, lessons: Sequence[Lesson]) -> tuple[LessonRow, ...]:
    """Return the lessons whose edits wait to be read and applied."""
    counted = _outdated(session)
    per_lesson: dict[str, int] = defaultdict(int)
    for (lesson, _), number in counted.items():
        per_lesson[lesson] += number
    return tuple(
        LessonRow(lesson=own.key, number=own.number, title=own.title, outdated=per_lesson[own.key])
        for own in lessons
        if per_lesson.get(own.key)
    )


def _outdated(session: Session, groups: Groups = None) -> dict[Key, int]:
    """Return how many outdated marks no person's mark stands over, by exercise."""
    marked = (
        select(HumanMark.id)
        .where(HumanMark.submission_id == AutoMark.submission_id, HumanMark.exercise == AutoMark.exercise)
        .where(counts(HumanMark.decision_id))
        .exists()
    )
    query = (
        select(Submission.lesson, AutoMark.exercise, func.count())
        .join_from(AutoMark, Submission, Submission.id == AutoMark.submission_id)
        .where(AutoMark.outdated, ~marked, _in_groups(groups))
        .group_by(Submission.lesson, AutoMark.exercise)
    )
    return {(row[0], row[1]): row[2] for row in session.execute(query)}


def _in_groups(groups: Groups) -> ColumnElement[bool]:
    if groups is None:
        return true()
    return Submission.person_id.in_(select(Person.id).where(Person.group_id.in_(groups)))


class _Page:
    """Everything that rows are made of, read in a few queries."""

    def __init__(self, session: Session, lessons: Sequence[Lesson], groups: Groups) -> None:
        self._counts = _counts(session, groups)
        self._outdated = _outdated(session, groups)
        self._pairs: dict[Key, list[Pair]] = defaultdict(list)
        for pair in collect(session, lessons, groups):
            self._pairs[pair.key].append(pair)
        open_ = session.scalars(
            select(Silence).where(Silence.lifted_at.is_(None)).order_by(Silence.id.desc())
        )
        self._silent: Mapping[Key, Silence] = {(row.lesson, row.exercise): row for row in open_}

    def row(self, lesson: Lesson, place: int, slot: ExerciseSlot) -> ExerciseRow:
        """Return one exercise."""
        key, exercise = (lesson.key, slot.id), declaration(slot)
        assert exercise is not None  # noqa: S101 - only judged slots come here
        sources, pairs = self._counts[key], self._pairs[key]
        reasons = sorted(sources["nobody"].items(), key=lambda own: (-own[1], own[0]))
        silent = self._silent.get(key)
        return ExerciseRow(
            lesson=lesson.key,
            number=lesson.number,
            title=lesson.title,
            exercise=slot.id,
            place=place,
            judged=sum(sources["ai"].values()),
            waiting=sources["nobody"].get("", 0),
            reasons=tuple(Reason(words=said(why), times=times) for why, times in reasons if why),
            outdated=self._outdated.get(key, 0),
            audit=figures_view(figures_of([own for own in pairs if own.source == "audit"]), exercise),
            seen=figures_view(figures_of([own for own in pairs if own.source == "mark"]), exercise),
            silence=silence_view(silent) if silent is not None else None,
        )


def _counts(session: Session, groups: Groups) -> dict[Key, dict[str, dict[str, int]]]:
    """Return answers by exercise, by who marked them, and by why nobody did."""
    query = (
        select(Submission.lesson, AutoMark.exercise, AutoMark.source, AutoMark.reason, func.count())
        .join_from(AutoMark, Submission, Submission.id == AutoMark.submission_id)
        .where(AutoMark.source.in_(("ai", "nobody")), _in_groups(groups))
        .group_by(Submission.lesson, AutoMark.exercise, AutoMark.source, AutoMark.reason)
    )
    found: dict[Key, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for lesson, exercise, source, reason, number in session.execute(query):
        found[lesson, exercise][source][reason] = number
    return found
