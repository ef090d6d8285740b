"""Marks answers by rule, and from verdicts that the ledger already holds.

``mark_submission`` is what the portal calls when somebody submits and what the daily run calls for
everything that is new. It never calls a judge: an answer that only a judge or a person can mark waits.

What a judge decided does not move because an author edits the exercise: the old mark stays, flagged ``outdated``,
until a person has read the list of scores that would move and applied it (``autograder.remark``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from autograder import ledger
from autograder.audit import silence
from autograder.digest import refresh_digests
from autograder.models import AutoMark, Marked
from autograder.near_pass import REASON, Decided, PassLine, near_the_line
from autograder.pupil_results import keep_results
from courses.exercises.answers import blank
from courses.exercises.base import AnswerError, Exercise, Frozen, Mark, RubricExercise
from courses.lessons.model import Lesson
from courses.school.models import Submission

UNREADABLE = "unreadable"
"""Reason of a mark that waits because the stored answer no longer fits the exercise."""


Silent = Mapping[str, str]
"""Exercises of a lesson that the judge is silent about, each with the reason: not even the ledger is heard on them."""
_NONE: Silent = MappingProxyType({})


class Marking(Frozen):
    """The machine's mark of one exercise: one row of ``auto_mark`` without its submission."""

    exercise: str
    mark: Mark
    source: str  # "rule" | "ai" | "nobody"
    verdicts: tuple[dict[str, Any], ...] = ()  # of "nobody": what a judge that abstained would have said
    reason: str = ""
    question: ledger.Question | None = (
        None  # waiting: what a judge would be asked; None: there is nothing to ask
    )
    asked: str = ""  # waiting: the judge that abstained for good, see `autograder.ledger.judge_key`


def mark_submission(
    session: Session, lesson: Lesson, submission: Submission, line: PassLine | None = None
) -> None:
    """Write the machine's marks of all exercises of one submission, replacing older ones.

    Args:
        session: an open session; the caller commits.
        lesson: the lesson that the submission answers.
        submission: a flushed row (it needs its id).
        line: where passing begins, of a challenge.
    """
    mark_submissions(session, lesson, [submission], line)


def mark_submissions(
    session: Session, lesson: Lesson, submissions: Sequence[Submission], line: PassLine | None = None
) -> int:
    """Write the machine's marks of many submissions of one lesson in a few statements.

    A judged mark that today's lesson would change stays as it is and is flagged ``outdated``.

    Returns:
        The number of rubric answers that the ledger knew.
    """
    if not submissions:
        return 0
    session.flush()
    ids = [submission.id for submission in submissions]
    recall, silent = ledger.Recall(session), silence.reasons_of(session, lesson.key)
    judged = _judged(session, ids)
    prepare(recall, lesson, submissions)
    markings = {
        s.id: mark_answers(lesson, s.case, s.answers, recall, _unjudged(silent, judged, s.id), line=line)
        for s in submissions
    }
    session.execute(delete(AutoMark).where(AutoMark.submission_id.in_(ids)))
    session.execute(delete(Marked).where(Marked.submission_id.in_(ids)))
    rows = [row for id_, own in markings.items() for row in _rows(id_, own, judged)]
    if rows:
        session.execute(insert(AutoMark), rows)
    fresh = [{"submission_id": id_, "lesson_hash": lesson.hash, "content_hash": ""} for id_ in ids]
    session.execute(insert(Marked), fresh)
    keep_results(session, lesson, submissions, recall)
    refresh_digests(session, ids)
    return sum(marking.source == "ai" for own in markings.values() for marking in own)


def prepare(recall: ledger.Recall, lesson: Lesson, submissions: Sequence[Submission]) -> None:
    """Ask the ledger once for the written answers of all submissions."""
    slots = [slot for slot in lesson.slots if next(iter(slot.variants.values())).rubric_marked]
    fresh = (
        mark_answer(slot.variant(own.case), own.answers.get(slot.id)).question
        for own in submissions
        for slot in slots
    )
    recall.expect(question.answer_hash for question in fresh if question is not None)


def _judged(session: Session, ids: Sequence[int]) -> dict[tuple[int, str], dict[str, Any]]:
    """Return the columns of marks that a judge has given, by submission and exercise."""
    query = select(AutoMark.__table__).where(AutoMark.submission_id.in_(ids), AutoMark.source == "ai")
    rows = session.execute(query).mappings()
    return {(row["submission_id"], row["exercise"]): dict(row) for row in rows}


def _unjudged(silent: Silent, judged: Mapping[tuple[int, str], object], submission_id: int) -> Silent:
    """Leave out what is judged already: silence stops new marks and takes none away."""
    return {name: reason for name, reason in silent.items() if (submission_id, name) not in judged}


def _rows(
    submission_id: int, markings: Sequence[Marking], judged: Mapping[tuple[int, str], dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    for marking in markings:
        before = judged.get((submission_id, marking.exercise))
        if before is not None and moves(before, marking):
            yield {**before, "outdated": True}
        else:
            yield mark_row(submission_id, marking)


def moves(before: Mapping[str, Any], marking: Marking) -> bool:
    """Tell whether a marking says something else than a judged mark (columns of ``auto_mark``) that stands."""
    mark = marking.mark
    same_score = (before["score"], before["max_score"]) == (mark.score, mark.max_score)
    return not same_score or met_of(before["verdicts"]) != met_of(marking.verdicts)


def met_of(verdicts: Sequence[Mapping[str, Any]]) -> dict[str, bool]:
    """Return criterion → met of stored verdicts."""
    return {str(verdict["criterion"]): verdict["met"] is True for verdict in verdicts}


def mark_answers(  # noqa: PLR0913 - what is marked, and what is heard
    lesson: Lesson,
    case: str,
    answers: Mapping[str, object],
    recall: ledger.Recall | None = None,
    silent: Silent = _NONE,
    *,
    line: PassLine | None = None,
) -> tuple[Marking, ...]:
    """Return the mark of each exercise of a lesson, in reading order.

    Args:
        lesson: the lesson.
        case: the setting that the learner worked in.
        answers: exercise id → raw answer; a missing one was left blank.
        recall: the ledger's memory; without it every rubric answer waits.
        silent: see ``Silent``.
        line: where passing begins, of a challenge; the usual line when left out.
    """
    markings = tuple(
        mark_answer(slot.variant(case), answers.get(slot.id), recall, silent.get(slot.id, ""))
        for slot in lesson.slots
    )
    return hold_near_pass(lesson, markings, line or PassLine())


def hold_near_pass(lesson: Lesson, markings: Sequence[Marking], line: PassLine) -> tuple[Marking, ...]:
    """Return the markings of a submission; those of a judge wait where the score is near a challenge's pass line."""
    if not lesson.challenge:
        return tuple(markings)
    held = near_the_line([_decided(marking) for marking in markings], line)
    return tuple(_held(marking) if marking.exercise in held else marking for marking in markings)


def _decided(marking: Marking) -> Decided:
    mark = marking.mark
    return Decided(
        exercise=marking.exercise,
        score=mark.score,
        max_score=mark.max_score,
        by_judge=marking.source == "ai",
    )


def _held(marking: Marking) -> Marking:
    """A person decides without the judge's verdicts before their eyes."""
    mark = Mark(score=None, max_score=marking.mark.max_score, status="waiting")
    return Marking(
        exercise=marking.exercise,
        mark=mark,
        source="nobody",
        reason=REASON,
        question=marking.question,
        asked=marking.asked,  # no run needs to ask again
    )


def mark_answer(
    exercise: Exercise, raw: object, recall: ledger.Recall | None = None, silent: str = ""
) -> Marking:
    """Return the mark of one raw answer; None is an answer left blank. ``silent``: why no judge is heard."""
    if raw is None:
        return Marking(exercise=exercise.id, mark=blank(exercise), source="rule")
    try:
        answer = exercise.parse_answer(raw)
    except AnswerError:
        return Marking(exercise=exercise.id, mark=waiting(exercise), source="nobody", reason=UNREADABLE)
    return _mark_parsed(exercise, answer, recall, silent)


def _mark_parsed(exercise: Exercise, answer: BaseModel, recall: ledger.Recall | None, silent: str) -> Marking:
    mark = exercise.mark(answer)
    if mark.status != "waiting":
        return Marking(exercise=exercise.id, mark=mark, source="rule")
    text = exercise.judged_text(answer) if isinstance(exercise, RubricExercise) else ""
    if not isinstance(exercise, RubricExercise) or not text.strip():
        return Marking(exercise=exercise.id, mark=mark, source="nobody")  # only a person can look at it
    question = ledger.question(exercise, text)
    entry = recall.find(exercise, text) if recall is not None and not silent else None
    if entry is not None:
        return marking_of(exercise, answer, entry, question)
    return Marking(exercise=exercise.id, mark=mark, source="nobody", reason=silent, question=question)


def marking_of(
    exercise: RubricExercise, answer: BaseModel | None, judged: ledger.Judged, question: ledger.Question
) -> Marking:
    """Turn a judgement of an answer into a mark: the judge decided booleans, code adds the points."""
    if judged.outcome != "judged":
        # what rules found of a product is told meanwhile
        found = waiting(exercise) if answer is None else exercise.mark(answer)
        return Marking(
            exercise=exercise.id,
            mark=found,
            source="nobody",
            verdicts=judged.leanings,
            reason=judged.reason,
            question=question,
            asked=judged.by,
        )
    mark = exercise.judged_mark(answer, met_of(judged.verdicts))
    return Marking(
        exercise=exercise.id,
        mark=mark,
        source="ai",
        verdicts=judged.verdicts,
        question=question,
        asked=judged.by,
    )


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
        "outdated": False,
        "question": marking.question.key if marking.question else "",
        "asked": marking.asked,
    }
