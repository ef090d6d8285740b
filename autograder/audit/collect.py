"""The pairs that lie in the database, for the rubrics of today's lessons.

A verdict on a criterion that was edited since says nothing of today's; such pairs are left out. Nothing is filtered
by model or prompt: a person lifts the silence when another model is to be heard, and older pairs end with the lift.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, select, true
from sqlalchemy.orm import Session

from autograder import ledger
from autograder.audit.pairs import Pair, pair_of
from autograder.human.counting import counts
from autograder.human_verdicts import MARKS, decided, met_of
from autograder.models import AuditItem, AutoMark, HumanMark
from courses.exercises.base import RubricExercise
from courses.lessons.model import Lesson
from courses.school.models import Person, Submission

Groups = Collection[int] | None
"""Ids of residents' groups whose learners' answers count; None: everybody's."""


def collect(session: Session, lessons: Iterable[Lesson], groups: Groups = None) -> tuple[Pair, ...]:
    """Return all pairs, blind ones first."""
    known = {lesson.key: lesson for lesson in lessons}
    return (*blind_pairs(session, known, groups), *_marked_pairs(session, known, groups))


def blind_pairs(session: Session, lessons: Mapping[str, Lesson], groups: Groups = None) -> tuple[Pair, ...]:
    """Return the audited answers, the oldest first."""
    query = (
        select(AuditItem, Submission.lesson, Submission.case)
        .join_from(AuditItem, Submission, Submission.id == AuditItem.submission_id)
        .where(AuditItem.status == "done", _in_groups(groups))
        .order_by(AuditItem.at, AuditItem.id)
    )
    found = (_blind(item, lessons.get(key), case) for item, key, case in session.execute(query))
    return tuple(pair for pair in found if pair is not None)


def _blind(item: AuditItem, lesson: Lesson | None, case: str) -> Pair | None:
    exercise = exercise_in(lesson, item.exercise, case)
    if lesson is None or exercise is None or item.at is None:
        return None
    judge = of_today(exercise, item.verdicts)
    person = {c.id: item.given[c.id] is True for c in exercise.rubric if c.id in item.given}
    if judge is None or len(person) < len(exercise.rubric):
        return None
    return pair_of(
        lesson=lesson.key, exercise=exercise, source="audit", judge=judge, person=person, at=item.at
    )


def _marked_pairs(session: Session, lessons: Mapping[str, Lesson], groups: Groups) -> Iterator[Pair]:
    """Yield what people marked although the judge had decided, and not for the audit."""
    audited = {tuple(row) for row in session.execute(select(AuditItem.submission_id, AuditItem.exercise))}
    newest = {(row[0].submission_id, row[0].exercise): row for row in session.execute(_marked(groups))}
    verdicts = decided(session, MARKS, sorted({submission for submission, _ in newest}))
    for key, (human, auto, lesson_key, case) in newest.items():
        lesson = lessons.get(lesson_key)
        exercise = exercise_in(lesson, human.exercise, case)
        judge = None if exercise is None else of_today(exercise, auto.verdicts)
        if lesson is not None and exercise is not None and judge is not None and key not in audited:
            yield Pair(
                lesson=lesson.key,
                exercise=exercise.id,
                source="mark",
                judge=judge,
                person={name: met for name, met in met_of(verdicts.get(key, {})).items() if name in judge},
                judge_score=auto.score or 0.0,
                person_score=human.score,
                max_score=auto.max_score,
                at=human.at,
            )


def _marked(groups: Groups) -> Select[HumanMark, AutoMark, str, str]:
    """Select people's marks that count beside the judge's, the newest last."""
    same = (AutoMark.submission_id == HumanMark.submission_id, AutoMark.exercise == HumanMark.exercise)
    return (
        select(HumanMark, AutoMark, Submission.lesson, Submission.case)
        .join(AutoMark, same[0] & same[1])
        .join(Submission, Submission.id == HumanMark.submission_id)
        .where(AutoMark.source == "ai", counts(HumanMark.decision_id), _in_groups(groups))
        .order_by(HumanMark.id)
    )


def _in_groups(groups: Groups) -> ColumnElement[bool]:
    if groups is None:
        return true()
    return Submission.person_id.in_(select(Person.id).where(Person.group_id.in_(groups)))


def exercise_in(lesson: Lesson | None, name: str, case: str) -> RubricExercise | None:
    """Return today's declaration of a rubric exercise, or None where there is none."""
    try:
        exercise = lesson.slot(name).variant(case) if lesson is not None else None
    except KeyError:
        return None
    return exercise if isinstance(exercise, RubricExercise) else None


def of_today(exercise: RubricExercise, verdicts: Sequence[Mapping[str, Any]]) -> dict[str, bool] | None:
    """Return criterion → met of a judge's stored verdicts, or None when they are not of today's rubric."""
    stored = {str(verdict["criterion"]): verdict for verdict in verdicts}
    if set(stored) != {criterion.id for criterion in exercise.rubric}:
        return None
    same = (stored[c.id].get("criterion_hash") == ledger.criterion_hash(c) for c in exercise.rubric)
    return {name: verdict["met"] is True for name, verdict in stored.items()} if all(same) else None
