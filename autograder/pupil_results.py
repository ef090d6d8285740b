"""How the pupil did in each submission in which somebody talked with it.

The rows of ``pupil_result`` are what the judge says, projected from the ledger. People's decisions stand in
``human_verdict`` and win; they are laid over the rows whenever these are read, so no run can undo one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from autograder import human_verdicts, ledger
from autograder.digest import CHUNK, refresh_digests
from autograder.human_verdicts import PUPIL, Key
from autograder.models import PupilResult
from autograder.pupil import conversation, read, teach_of, understanding
from courses.exercises.base import AnswerError
from courses.exercises.teach.kind import Teach
from courses.exercises.teach.pupil import Understood
from courses.lessons.model import Lesson
from courses.school.models import Submission

WAITING, HELD, PASSED = "waiting", "held", "passed"


def keep_results(
    session: Session, lesson: Lesson, submissions: Sequence[Submission], recall: ledger.Recall
) -> None:
    """Write the pupil's results of these submissions from what the ledger knows, replacing older ones."""
    ids = [submission.id for submission in submissions]
    session.execute(delete(PupilResult).where(PupilResult.submission_id.in_(ids)))
    rows = [row for submission in submissions for row in _rows(lesson, submission, recall)]
    if rows:
        session.execute(insert(PupilResult), rows)


def _rows(lesson: Lesson, submission: Submission, recall: ledger.Recall) -> Iterator[dict[str, Any]]:
    for teach in teach_of(lesson, submission.case):
        text = heard_in(teach, submission)
        if text:
            asked = understanding(teach)
            judged = recall.find(asked, text)
            state = _state([one.id for one in teach.misconceptions], read(judged))
            key = {"question": ledger.question(asked, text).key, "asked": judged.by if judged else ""}
            yield {"submission_id": submission.id, "exercise": teach.id, **key, **state}


def heard_in(teach: Teach, submission: Submission) -> str:
    """Return what the pupil heard in a submission; empty without a conversation."""
    try:
        return conversation(teach, submission.answers.get(teach.id) or {})
    except AnswerError:
        return ""


def _state(misconceptions: Iterable[str], understood: Understood | None) -> dict[str, Any]:
    if understood is None:
        return {"status": WAITING, "understood": dict.fromkeys(misconceptions)}
    status = PASSED if all(understood.values()) else HELD
    return {"status": status, "understood": dict(understood)}


def decide(session: Session, submission_id: int, exercise: str, understood: Understood) -> None:
    """Write what the judge decided of one submission whose pupil waited."""
    own = (PupilResult.submission_id == submission_id, PupilResult.exercise == exercise)
    session.execute(update(PupilResult).where(*own).values(**_state((), understood)))
    refresh_digests(session, [submission_id])


def note_asked(session: Session, submission_id: int, exercise: str, judge: str) -> None:
    """Remember that a judge, see `ledger.judge_key`, could not say what the pupil understood."""
    own = (PupilResult.submission_id == submission_id, PupilResult.exercise == exercise)
    session.execute(update(PupilResult).where(*own).values(asked=judge))


def overrule_pupil(
    session: Session, submission: Submission, teach: Teach, understood: Mapping[str, bool | None], by: str
) -> None:
    """Append a person's decisions about the pupil, or take them back; what stands so already is not written again.

    Args:
        session: an open session; the caller commits.
        submission: the submission.
        teach: its exercise, in the submission's setting.
        understood: misconception → the learner's own words correct it, or None: as the judge says; any of them.
        by: username of the person.

    Raises:
        ValueError: a Vietnamese sentence, when nobody talked with the pupil or it has no such misconception.
    """
    if session.get(PupilResult, (submission.id, teach.id)) is None:
        raise ValueError("Bài nộp này không có lời giảng cho Bé Chè.")
    if not set(understood) <= teach.understood_ids():
        raise ValueError("Bé Chè không có điều hiểu sai này. Bạn tải lại trang rồi chọn lại.")
    known = human_verdicts.decided(session, PUPIL, [submission.id]).get((submission.id, teach.id), {})
    before = human_verdicts.met_of(known)
    for misconception, met in understood.items():
        if met is None:
            human_verdicts.withdraw(session, submission.id, teach.id, PUPIL, misconception)
        elif before.get(misconception) is not met:
            human_verdicts.decide(session, submission.id, teach.id, PUPIL, misconception, met=met, by=by)
    refresh_digests(session, [submission.id])


def understood_of(session: Session, submission_id: int) -> dict[str, Understood]:
    """Return what the pupil understood, by exercise with a conversation; what nobody decided is missing."""
    merged = _merged(session, _results(session, [submission_id]))
    return {
        exercise: {name: met for name, met in own.items() if met is not None}
        for (_, exercise), own in merged.items()
    }


def passed_ids(session: Session, among: Sequence[int] | None = None) -> frozenset[int]:
    """Return the submissions, ``among`` these or all, whose pupil passed its quiz."""
    query = select(PupilResult.submission_id, PupilResult.exercise).where(PupilResult.status == PASSED)
    if among is not None:
        query = query.where(PupilResult.submission_id.in_(among))
    passed = {(row[0], row[1]) for row in session.execute(query)}
    human = human_verdicts.decided(session, PUPIL, among)
    again = _merged(session, _results(session, sorted({id_ for id_, _ in human})), human)
    by_people = {key for key, own in again.items() if own and all(own.values())}
    return frozenset(id_ for id_, _ in (passed - set(again)) | by_people)


def open_pupils(session: Session, among: Sequence[int] | None = None) -> frozenset[Key]:
    """Return the conversations, of ``among`` these submissions or all, in which nobody decided some misconception."""
    if among is None:
        rows = list(session.scalars(select(PupilResult).where(PupilResult.status == WAITING)))
    else:
        rows = [row for row in _results(session, among) if row.status == WAITING]
    merged = _merged(session, rows)
    return frozenset(key for key, own in merged.items() if not own or None in own.values())


def _results(session: Session, among: Sequence[int]) -> list[PupilResult]:
    """Return the rows of some submissions."""
    found: list[PupilResult] = []
    for start in range(0, len(among), CHUNK):
        part = among[start : start + CHUNK]
        found += session.scalars(select(PupilResult).where(PupilResult.submission_id.in_(part)))
    return found


def _merged(
    session: Session, rows: Sequence[PupilResult], human: human_verdicts.Decided | None = None
) -> dict[Key, dict[str, bool | None]]:
    """Return what is known of some pupils, by misconception: a person's decision, else the judge's, else None."""
    if human is None:
        human = human_verdicts.decided(session, PUPIL, sorted({row.submission_id for row in rows}))
    found = {}
    for row in rows:
        key = (row.submission_id, row.exercise)
        said = human_verdicts.met_of(human.get(key, {}))
        found[key] = {name: said.get(name, met) for name, met in row.understood.items()}
    return found
