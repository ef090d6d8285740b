"""What stands beside an exercise on the page of one submission: criteria to decide, and what the machine had said."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from autograder.human.decide import Case, decide
from autograder.models import AutoMark
from autograder.results import ExerciseResult, result_of
from courses.exercises.base import Exercise, Frozen
from hub_config.portal.queue.form import read_form, ruling_of
from hub_config.portal.queue.view import by_criteria, rubric_of
from hub_config.portal.results_view import SOURCE_WORDS, Opened, VerdictView, verdict_views


class ChoiceView(Frozen):
    """A criterion to decide. ``met``: as a person decided it, None: nobody did."""

    id: str
    text: str
    must_not: bool
    met: bool | None


class MachineView(Frozen):
    """The machine's mark beside a person's, which counts."""

    said_by: str
    score: float
    max_score: float
    verdicts: tuple[VerdictView, ...]


class Aid(Frozen):
    """What helps to mark one exercise; no learner reads it."""

    choices: tuple[ChoiceView, ...]
    rubric: str
    machine: MachineView | None


def aids(session: Session, opened: Opened) -> dict[str, Aid]:
    """Return what helps to mark each exercise of a submission."""
    submission, lesson = opened.submission, opened.lesson
    machine = select(AutoMark).where(AutoMark.submission_id == submission.id, AutoMark.score.is_not(None))
    marks = {mark.exercise: mark for mark in session.scalars(machine)}
    found = {}
    for own in result_of(session, lesson, submission).exercises:
        exercise = lesson.slot(own.exercise).variant(submission.case)
        shown = marks.get(own.exercise) if own.source == "person" else None
        found[own.exercise] = Aid(
            choices=_choices(exercise, submission.answers.get(own.exercise), own),
            rubric=rubric_of(exercise),
            machine=_machine(exercise, shown) if shown is not None else None,
        )
    return found


def _choices(exercise: Exercise, raw: object, own: ExerciseResult) -> tuple[ChoiceView, ...]:
    said = (
        {str(one["criterion"]): one["met"] is True for one in own.verdicts} if own.source == "person" else {}
    )
    return tuple(
        ChoiceView(
            id=criterion.id,
            text=criterion.text,
            must_not=criterion.polarity == "must_not",
            met=said.get(criterion.id),
        )
        for criterion in by_criteria(exercise, raw)
    )


def _machine(exercise: Exercise, mark: AutoMark) -> MachineView:
    return MachineView(
        said_by=SOURCE_WORDS.get(mark.source, ""),
        score=mark.score or 0.0,
        max_score=mark.max_score,
        verdicts=verdict_views(exercise, tuple(mark.verdicts)),
    )


def rule(session: Session, opened: Opened, exercise: str, field: Callable[[str], str], by: str) -> None:
    """Take a decision criterion by criterion, in the place of any mark that stands.

    Raises:
        ValueError: a Vietnamese sentence that says what to mend.
    """
    submission, lesson = opened.submission, opened.lesson
    if all(slot.id != exercise for slot in lesson.slots):
        raise ValueError(f"Bài nộp này không có bài “{exercise}”.")
    variant = lesson.slot(exercise).variant(submission.case)
    criteria = by_criteria(variant, submission.answers.get(exercise))
    ruling = ruling_of(read_form(field, criteria), criteria, rubric_of(variant))
    decide(session, lesson, Case(kind="queue", exercise=exercise, by=by), ruling, [submission], replace=True)
