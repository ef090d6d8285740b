"""Every judged mark of a lesson that today's lesson would change, with what it would become and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from autograder import ledger
from autograder.audit import silence
from autograder.human.counting import counts
from autograder.judge import PASSING
from autograder.marking import Marking, mark_answers, mark_row, moves, prepare
from autograder.models import AutoMark, HumanMark
from autograder.near_pass import PassLine
from autograder.remark.why import edits
from courses.exercises.base import AnswerError, Frozen, RubricExercise, canonical_hash
from courses.lessons.model import Lesson
from courses.school.models import Person, Submission

CHUNK = 200  # submissions in memory at once
BROKEN = "judge_broken"
"""Reason of an answer on which the judge's own code failed."""
_ASK_AGAIN = PASSING | {BROKEN}
State = Literal["moves", "same", "people", "unknown", "kept"]
"""``moves``: another score. ``same``: other verdicts, the same score. ``people``: no judge decides it, a person will.
``unknown``: nobody was asked yet, or the AI could not be. ``kept``: a person's mark stands and does not move."""
Abstained = Mapping[ledger.Question, str]
"""What the judge abstained from when it was asked just now, with the reason; the ledger doesn't keep all of it."""


class Row(Frozen):
    """One judged mark that is outdated. ``new_score`` None: nobody has decided it."""

    submission_id: int
    receipt: str
    pseudonym: str
    newest: bool  # the submission that counts
    exercise: str
    old_score: float
    old_max: float
    new_score: float | None
    new_max: float
    state: State
    reason: str = ""  # people, unknown: why no judge decided
    why: tuple[str, ...] = ()  # what the author edited, in words
    columns: dict[str, Any]  # the new row of ``auto_mark``


class Plan(Frozen):
    """What applying a lesson's edits would do; rows in order of submission and exercise."""

    lesson: str
    rows: tuple[Row, ...] = ()

    def of(self, *states: State) -> tuple[Row, ...]:
        """Return the rows in some states."""
        return tuple(row for row in self.rows if row.state in states)

    @property
    def digest(self) -> str:
        """A hash of everything that would be written: what was read must be what is applied."""
        return canonical_hash([row.model_dump(mode="json") for row in self.rows])


class Standing(NamedTuple):
    """One submission with the columns of its judged marks, by exercise."""

    submission: Submission
    pseudonym: str
    newest: bool
    marks: Mapping[str, Mapping[str, Any]]
    people: frozenset[str]  # exercises that a person marked


def plan(
    session: Session, lesson: Lesson, line: PassLine | None = None, abstained: Abstained | None = None
) -> Plan:
    """Compute what today's lesson would make of its judged marks; nothing is written.

    Args:
        session: an open session.
        lesson: today's lesson.
        line: where passing begins, of a challenge.
        abstained: what the judge said just now, see ``autograder.remark.asking``.
    """
    planner = _Planner(session, lesson, line, abstained or {})
    rows = [row for part in _standing(session, lesson) for row in planner.rows(part)]
    return Plan(lesson=lesson.key, rows=tuple(rows))


def _standing(session: Session, lesson: Lesson) -> Iterator[list[Standing]]:
    """Yield the submissions of a lesson that have judged marks, the oldest first, some at a time."""
    mine = select(Submission.id).where(Submission.lesson == lesson.key)
    judged = select(AutoMark.submission_id).where(AutoMark.source == "ai", AutoMark.submission_id.in_(mine))
    ids = sorted(set(session.scalars(judged)))
    last = select(func.max(Submission.id)).where(Submission.lesson == lesson.key)
    newest = set(session.scalars(last.group_by(Submission.person_id)))
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        marks, people = _marks(session, part), _people(session, part)
        query = select(Submission, Person.pseudonym).join(Person, Person.id == Submission.person_id)
        found = session.execute(query.where(Submission.id.in_(part)).order_by(Submission.id))
        yield [
            Standing(own, name, own.id in newest, marks[own.id], frozenset(people[own.id]))
            for own, name in found
        ]


def _marks(session: Session, ids: Sequence[int]) -> dict[int, dict[str, Mapping[str, Any]]]:
    found: dict[int, dict[str, Mapping[str, Any]]] = defaultdict(dict)
    query = select(AutoMark.__table__).where(AutoMark.submission_id.in_(ids), AutoMark.source == "ai")
    for row in session.execute(query).mappings():
        found[row["submission_id"]][row["exercise"]] = dict(row)
    return found


def _people(session: Session, ids: Sequence[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    query = select(HumanMark.submission_id, HumanMark.exercise).where(counts(HumanMark.decision_id))
    for submission, exercise in session.execute(query.where(HumanMark.submission_id.in_(ids))):
        found[submission].add(exercise)
    return found


class Asking(NamedTuple):
    """What a judge would read of an answer."""

    exercise: RubricExercise
    text: str

    @property
    def question(self) -> ledger.Question:
        """Its key in the ledger."""
        return ledger.question(self.exercise, self.text)


def asking(lesson: Lesson, submission: Submission, name: str) -> Asking | None:
    """Return what a judge would be asked, or None where no judge can read the answer."""
    exercise = lesson.slot(name).variant(submission.case)
    if not isinstance(exercise, RubricExercise):
        return None
    try:
        text = exercise.judged_text(exercise.parse_answer(submission.answers.get(name)))
    except AnswerError:
        return None
    return Asking(exercise, text) if text.strip() else None


class _Planner:
    """Computes rows with one look into ledger and silences."""

    def __init__(self, session: Session, lesson: Lesson, line: PassLine | None, abstained: Abstained) -> None:
        self._lesson, self._line, self._abstained = lesson, line, abstained
        self._recall = ledger.Recall(session)
        self._silent = silence.reasons_of(session, lesson.key)

    def rows(self, part: Sequence[Standing]) -> Iterator[Row]:
        """Yield the judged marks of some submissions that would not be the same today."""
        prepare(self._recall, self._lesson, [own.submission for own in part])
        for own in part:
            yield from self._rows(own)

    def _rows(self, own: Standing) -> Iterator[Row]:
        case, answers = own.submission.case, own.submission.answers
        for marking in mark_answers(self._lesson, case, answers, self._recall, line=self._line):
            before = own.marks.get(marking.exercise)
            if before is not None and moves(before, marking):
                yield self._row(own, before, marking)

    def _row(self, own: Standing, before: Mapping[str, Any], marking: Marking) -> Row:
        state, reason = self._state(own, before, marking)
        exercise = self._lesson.slot(marking.exercise).variant(own.submission.case)
        told = marking.model_copy(update={"reason": reason}) if state == "people" else marking
        return Row(
            submission_id=own.submission.id,
            receipt=own.submission.receipt,
            pseudonym=own.pseudonym,
            newest=own.newest,
            exercise=marking.exercise,
            old_score=before["score"],
            old_max=before["max_score"],
            new_score=marking.mark.score,
            new_max=marking.mark.max_score,
            state=state,
            reason=reason,
            why=edits(exercise, before, marking),
            columns=mark_row(own.submission.id, told),
        )

    def _state(self, own: Standing, before: Mapping[str, Any], marking: Marking) -> tuple[State, str]:
        mark = marking.mark
        if marking.exercise in own.people:
            return "kept", ""
        if mark.score is not None:
            same = (mark.score, mark.max_score) == (before["score"], before["max_score"])
            return ("same" if same else "moves"), ""
        reason = marking.reason or self._silent.get(marking.exercise, "") or self._said(own, marking.exercise)
        return ("unknown" if not reason or reason in _ASK_AGAIN else "people"), reason

    def _said(self, own: Standing, name: str) -> str:
        asked = asking(self._lesson, own.submission, name)
        return "unreadable" if asked is None else self._abstained.get(asked.question, "")
