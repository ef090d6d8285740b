"""Marks answers by rule, and from verdicts that the ledger already holds.

``mark_submission`` is what the portal calls when somebody submits and what the daily run calls for
everything that is new. It never calls a judge: an answer that only a judge or a person can mark waits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from autograder import ledger
from autograder.digest import refresh_digests
from autograder.models import AutoMark, Marked
from autograder.pupil_results import keep_results
from courses.exercises.answers import blank
from courses.exercises.base import AnswerError, Exercise, Frozen, Mark, RubricExercise
from courses.lessons.model import Lesson
from courses.school.models import Submission

UNREADABLE = "unreadable"
"""Reason of a mark that waits because the stored answer no longer fits the exercise."""


class Marking(Frozen):
    """The machine's mark of one exercise: one row of ``auto_mark`` without its submission."""

    exercise: str
    mark: Mark
    source: str  # "rule" | "ai" | "nobody"
    verdicts: tuple[dict[str, Any], ...] = ()
    reason: str = ""


def mark_submission(session: Session, lesson: Lesson, submission: Submission) -> None:
    """Write the machine's marks of all exercises of one submission, replacing older ones.

    Args:
        session: an open session; the caller commits.
        lesson: the lesson that the submission answers.
        submission: a flushed row (it needs its id).
    """
    mark_submissions(session, lesson, [submission])


def mark_submissions(session: Session, lesson: Lesson, submissions: Sequence[Submission]) -> int:
    """Write the machine's marks of many submissions of one lesson in a few statements.

    Returns:
        The number of rubric answers that the ledger knew.
    """
    if not submissions:
        return 0
    session.flush()
    ids = [submission.id for submission in submissions]
    recall = ledger.Recall(session)
    markings = {s.id: mark_answers(lesson, s.case, s.answers, recall) for s in submissions}
    session.execute(delete(AutoMark).where(AutoMark.submission_id.in_(ids)))
    session.execute(delete(Marked).where(Marked.submission_id.in_(ids)))
    rows = [mark_row(id_, marking) for id_, own in markings.items() for marking in own]
    if rows:
        session.execute(insert(AutoMark), rows)
    fresh = [{"submission_id": id_, "lesson_hash": lesson.hash, "content_hash": ""} for id_ in ids]
    session.execute(insert(Marked), fresh)
    keep_results(session, lesson, submissions, recall)
    refresh_digests(session, ids)
    return sum(marking.source == "ai" for own in markings.values() for marking in own)


def mark_answers(
    lesson: Lesson, case: str, answers: Mapping[str, object], recall: ledger.Recall | None = None
) -> tuple[Marking, ...]:
    """Return the mark of each exercise of a lesson, in reading order.

    Args:
        lesson: the lesson.
        case: the setting that the learner worked in.
        answers: exercise id → raw answer; a missing one was left blank.
        recall: the ledger's memory; without it every rubric answer waits.
    """
    return tuple(mark_answer(slot.variant(case), answers.get(slot.id), recall) for slot in lesson.slots)


def mark_answer(exercise: Exercise, raw: object, recall: ledger.Recall | None = None) -> Marking:
    """Return the mark of one raw answer; None is an answer left blank."""
    if raw is None:
        return Marking(exercise=exercise.id, mark=blank(exercise), source="rule")
    try:
        answer = exercise.parse_answer(raw)
    except AnswerError:
        return Marking(exercise=exercise.id, mark=waiting(exercise), source="nobody", reason=UNREADABLE)
    return _mark_parsed(exercise, answer, recall)


def _mark_parsed(exercise: Exercise, answer: BaseModel, recall: ledger.Recall | None) -> Marking:
    mark = exercise.mark(answer)
    if mark.status != "waiting":
        return Marking(exercise=exercise.id, mark=mark, source="rule")
    if recall is not None and isinstance(exercise, RubricExercise):
        entry = recall.find(exercise, exercise.judged_text(answer))
        if entry is not None:
            return marking_of(exercise, answer, entry)
    return Marking(exercise=exercise.id, mark=mark, source="nobody")


def marking_of(exercise: RubricExercise, answer: BaseModel | None, judged: ledger.Judged) -> Marking:
    """Turn a judgement of an answer into a mark: the judge decided booleans, code adds the points."""
    if judged.outcome != "judged":
        mark = (
            waiting(exercise) if answer is None else exercise.mark(answer)
        )  # what rules found is told meanwhile
        return Marking(exercise=exercise.id, mark=mark, source="nobody", reason=judged.reason)
    met = {str(verdict["criterion"]): verdict["met"] is True for verdict in judged.verdicts}
    mark = exercise.judged_mark(answer, met)
    return Marking(exercise=exercise.id, mark=mark, source="ai", verdicts=judged.verdicts)


def waiting(exercise: Exercise) -> Mark:
    """Return the mark of an answer that only a person can mark."""
    return Mark(score=None, max_score=exercise.points, status="waiting")


def mark_row(submission_id: int, marking: Marking) -> dict[str, Any]:
    """Return the columns of one ``auto_mark`` row."""
    return {
        "submission_id": submission_id,
        "exercise": marking.exercise,
        "score": marking.mark.score,
        "max_score": marking.mark.max_score,
        "status": marking.mark.status,
        "source": marking.source,
        "comment": marking.mark.comment,
        "verdicts": list(marking.verdicts),
        "reason": marking.reason,
    }
