"""What a learner does through the API, as functions of an open session: check, hand in, look back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from sqlalchemy.orm import Session

from autograder.marking import mark_submission
from autograder.near_pass import PassLine
from autograder.results import Result, result_of, results_of
from courses.clock import now
from courses.exercises.base import AnswerError, Checked, Exercise
from courses.lessons.model import Lesson
from courses.school.models import Attempt, Person, Submission
from courses.school.submissions import (
    MAX_STORED,
    check_size,
    count_check,
    record_visit,
    store_submission,
    submissions_of,
)
from courses.school.uploads import find_upload, keep_uploads
from hub_config.portal.shapes import (
    CheckReply,
    CheckRequest,
    MarkReply,
    Receipt,
    SubmissionBrief,
    SubmissionRequest,
    VisitRequest,
)
from hub_config.portal.shelf import Shelf

WHY_AFTER = 3
"""Tries after which a wrong answer may be explained, too. The first try is counted by then, and marks are given
for what is handed in, so the explanation takes nothing away; being left alone with a riddle would."""
LISTED = 100  # submissions that one answer lists, the newest


class Refusal(Exception):  # noqa: N818 - an answer to the client, not a fault of ours
    """The request cannot be served.

    Attributes:
        status: the HTTP status.
        exercise: id of the exercise at fault, or None.
        wait: seconds after which the same request would be served, or 0.
    """

    def __init__(self, status: int, message: str, exercise: str | None = None, wait: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.exercise = exercise
        self.wait = wait


def visit(session: Session, person: Person, shelf: Shelf, asked: VisitRequest) -> None:
    """Remember that the person opened a lesson.

    Raises:
        Refusal: 404 for an unknown lesson.
    """
    record_visit(session, person, lesson_of(shelf, asked.lesson).key, now())


def check(session: Session, person: Person, shelf: Shelf, asked: CheckRequest) -> CheckReply:
    """Check one rule-marked answer and count the try; a blank answer is no try.

    Raises:
        Refusal: 404 for an unknown lesson or exercise, 422 for a malformed answer or one that only people judge.
    """
    lesson = lesson_of(shelf, asked.lesson)
    exercise = exercise_of(lesson, asked.exercise, asked.case, 404)
    if not exercise.checkable:
        raise Refusal(
            422, "Câu này do người hoặc AI chấm sau khi nộp, nên không kiểm tra ngay được.", exercise.id
        )
    checked = exercise.check(_parse(exercise, _attached(session, person, exercise, asked.answer)))
    if checked.status == "blank":
        known = session.get(Attempt, (person.id, lesson.key, exercise.id))
        return CheckReply(status="blank", tries=known.tries if known else 0)
    right = checked.status == "right"
    attempt = count_check(session, person, lesson.key, exercise.id, right=right, now=now())
    return _checked(exercise, checked, attempt.tries)


def _checked(exercise: Exercise, checked: Checked, tries: int) -> CheckReply:
    told = checked.told or None
    if checked.status == "right":
        return CheckReply(status="right", tries=tries, told=told, why=exercise.why or None)
    return CheckReply(
        status="partly" if checked.status == "partly" else "wrong",
        tries=tries,
        told=told,
        hint=exercise.hint_after(tries) or None,
        why=(exercise.why if tries >= WHY_AFTER else "") or None,
    )


def submit(
    session: Session, person: Person, shelf: Shelf, asked: SubmissionRequest, line: PassLine
) -> Receipt:
    """Store a submission and mark at once what rules can mark.

    Args:
        session: an open session.
        person: who submits.
        shelf: the lessons.
        asked: what was sent.
        line: where passing a challenge begins.

    Raises:
        Refusal: 404 for an unknown lesson, 422 naming the exercise whose answer is malformed.
    """
    lesson = lesson_of(shelf, asked.lesson)
    check_size(asked.answers)
    answers: dict[str, object] = {}
    for name, raw in asked.answers.items():
        exercise = exercise_of(lesson, name, asked.case, 422)
        answers[name] = _attached(session, person, exercise, raw)
        _parse(exercise, answers[name])
    keep_uploads(session, person, answers.values())
    submission = store_submission(session, person, lesson, asked.case, answers, now(), most=MAX_STORED)
    mark_submission(session, lesson, submission, line)
    return _receipt(submission, result_of(session, lesson, submission))


def _receipt(submission: Submission, result: Result) -> Receipt:
    return Receipt(
        receipt=submission.receipt,
        submitted_at=submission.submitted_at,
        score=result.score,
        max_score=result.max_score,
        marks=tuple(
            MarkReply(exercise=own.exercise, status=own.status, score=own.score, max_score=own.max_score)
            for own in result.exercises
        ),
    )


def submissions(
    session: Session, person: Person, shelf: Shelf, lesson: str | None
) -> tuple[SubmissionBrief, ...]:
    """Return the person's newest submissions, the newest first; scores are null when the lesson is gone."""
    own = submissions_of(session, person, lesson)[:LISTED]
    results = _results(session, shelf, own)
    return tuple(_brief(one, results.get(one.id)) for one in own)


def _results(session: Session, shelf: Shelf, own: tuple[Submission, ...]) -> dict[int, Result]:
    by_lesson: dict[str, list[Submission]] = defaultdict(list)
    for one in own:
        by_lesson[one.lesson].append(one)
    results: dict[int, Result] = {}
    for key, group in by_lesson.items():
        lesson = shelf.find(key)
        if lesson is not None:
            results |= results_of(session, lesson, group)
    return results


def _brief(one: Submission, result: Result | None) -> SubmissionBrief:
    return SubmissionBrief(
        receipt=one.receipt,
        lesson=one.lesson,
        number=one.number,
        submitted_at=one.submitted_at,
        score=result.score if result else None,
        max_score=result.max_score if result else None,
        waiting=result.waiting if result else 0,
    )


def lesson_of(shelf: Shelf, key: str) -> Lesson:
    """Return a lesson. Raises Refusal, 404, for an unknown one."""
    lesson = shelf.find(key)
    if lesson is None:
        raise Refusal(404, "Chương trình chưa có bài học này.")
    return lesson


def exercise_of(lesson: Lesson, name: str, case: str, missing: int) -> Exercise:
    """Return an exercise in a setting. Raises Refusal, with the status ``missing``, for an unknown one."""
    try:
        return lesson.slot(name).variant(case)
    except KeyError:
        raise Refusal(missing, "Bài học này không có bài tập đó.", name[:60]) from None


def _attached(session: Session, person: Person, exercise: Exercise, raw: Mapping[str, Any]) -> object:
    """Return the answer with what the server knows of the person's own file in it."""
    try:
        return exercise.attach(raw, lambda id_: find_upload(session, person, id_))
    except AnswerError as error:
        raise Refusal(422, str(error), exercise.id) from error


def _parse(exercise: Exercise, raw: object) -> BaseModel:
    try:
        return exercise.parse_answer(raw)
    except AnswerError as error:
        raise Refusal(422, str(error), exercise.id) from error
