"""Gradebook: pull people's marks from nbgrader's gradebooks, then project ours into them.

Two databases can't commit together. So manual marks that we are about to write are noted first (a run
after a kill knows its own hand again), and that a submission stands in the gradebook is noted last.
"""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from autograder import gradebook
from autograder.daily.collect import stamp_text
from autograder.daily.context import CHUNK, Context, Counting
from autograder.daily.manual import known_of, note, pull
from autograder.daily.report import Event
from autograder.gradebook import Manual, Projection, Task
from autograder.gradebook.notebooks import write_new
from autograder.gradebook.show import shown_answers, trusted
from autograder.human.counting import counts
from autograder.models import AutoMark, HumanMark, Marked, Projected
from courses.lessons.model import Lesson
from courses.school.db import session as open_session
from courses.school.models import Submission
from courses.site import gradebook_url


@dataclass(frozen=True)
class _Todo:
    """A submission whose entry in the gradebook is missing or out of date."""

    own: Counting
    content_hash: str  # of what will stand there


@dataclass
class _Marks:
    """All marks of one submission."""

    auto: dict[str, tuple[float | None, str]] = field(default_factory=dict)
    human: dict[str, Manual] = field(default_factory=dict)


def project(context: Context) -> dict[str, int]:
    """Bring all gradebooks up to date. Returns counts ``pulled`` and ``projected``."""
    levels = sorted({lesson.course for lesson in context.lessons.values()})
    built = [level for level in levels if (context.layout.course(level) / "source").is_dir()]
    counts = [_project_level(context, level) for level in built]
    return {"pulled": sum(own[0] for own in counts), "projected": sum(own[1] for own in counts)}


def _project_level(context: Context, level: str) -> tuple[int, int]:
    lessons = [lesson for lesson in context.lessons.values() if lesson.course == level]
    assignments = [context.course(level).assignment(lesson) for lesson in lessons]
    with gradebook.open_gradebook(gradebook_url(context.site, level)) as engine:
        with engine.begin() as connection:
            registered = gradebook.register(connection, level, assignments)
            manual = gradebook.manual_marks(connection, level)
            standing = gradebook.standing(connection, level)
        pulled = pull(context.engine, level, manual)
        todo = _todo(context, level, standing)
        projections = [
            own for part in context.track("gradebook", todo, CHUNK) for own in _prepare(context, part)
        ]
        if projections:
            with engine.begin() as connection:
                gradebook.write(connection, registered, projections)
            context.tell(Event(step="gradebook", done=len(todo), total=len(todo)))
            os.sync()  # autograded notebooks are on the disk before our database says so
    put = {(own.username, own.slug): _put(own) for own in projections}
    _finish(context, level, todo, put)
    return pulled, len(todo)


def _put(projection: Projection) -> dict[str, list[list[float | str]]]:
    """Return our own manual marks of a submission as ``Projected.manual`` holds them."""
    marks = {exercise: task.manual for exercise, task in projection.tasks.items()}
    return {exercise: [list(mark)] for exercise, mark in marks.items() if mark is not None}


def _todo(context: Context, level: str, standing: Mapping[tuple[str, str], datetime | None]) -> list[_Todo]:
    """Return what differs from what stands there: other marks, another lesson, another submission."""
    with open_session(context.engine) as session:
        rows = session.execute(
            select(Marked.submission_id, Marked.content_hash, Projected.content_hash).join_from(
                Marked, Projected, Projected.submission_id == Marked.submission_id, isouter=True
            )
        )
        hashes = {row[0]: (row[1], row[2]) for row in rows}
    todo = []
    for own in context.counting:
        if own.lesson.startswith(f"{level}/") and own.id in hashes:
            marked, projected = hashes[own.id]
            wanted = _content_hash(context, own, marked)
            if wanted != projected or standing.get((own.username, own.slug)) != own.stamp:
                todo.append(_Todo(own, wanted))
    return todo


def _content_hash(context: Context, own: Counting, marked: str) -> str:
    lesson = context.lessons[own.lesson]
    digest = context.course(lesson.course).assignment(lesson).digest
    return hashlib.sha256(f"{marked} {digest}".encode()).hexdigest()


def _prepare(context: Context, part: Sequence[_Todo]) -> Iterator[Projection]:
    """Write the autograded notebooks of some submissions and yield their gradebook entries."""
    ids = [todo.own.id for todo in part]
    with open_session(context.engine) as session:
        marks = _marks(session, ids)
        known = {id_: note(session, id_, own.human) for id_, own in marks.items() if own.human}
        undone = select(Projected).where(
            Projected.submission_id.in_([id_ for id_ in ids if id_ not in known])
        )
        known |= {row.submission_id: row for row in session.scalars(undone)}
        columns = (Submission.id, Submission.case, Submission.answers)
        rows = session.execute(select(*columns).where(Submission.id.in_(ids)))
        answers = {row[0]: (row[1], row[2]) for row in rows}
    for todo in part:
        own = todo.own
        lesson = context.lessons[own.lesson]
        _write_notebook(context, own, lesson, shown_answers(lesson, *answers[own.id]))
        tasks = {slot.id: _task(marks[own.id], slot.id, known.get(own.id)) for slot in lesson.slots}
        yield Projection(username=own.username, slug=own.slug, timestamp=own.stamp, tasks=tasks)


def _marks(session: Session, ids: Sequence[int]) -> dict[int, _Marks]:
    found: dict[int, _Marks] = defaultdict(_Marks)
    auto = select(AutoMark.submission_id, AutoMark.exercise, AutoMark.score, AutoMark.comment)
    for row in session.execute(auto.where(AutoMark.submission_id.in_(ids))):
        found[row[0]].auto[row[1]] = (row[2], row[3])
    human = select(HumanMark.submission_id, HumanMark.exercise, HumanMark.score, HumanMark.comment)
    mine = (HumanMark.submission_id.in_(ids), counts(HumanMark.decision_id))
    for row in session.execute(human.where(*mine).order_by(HumanMark.id)):
        found[row[0]].human[row[1]] = (row[2], trusted(row[3]))
    return found


def _task(marks: _Marks, exercise: str, known: Projected | None) -> Task:
    score, comment = marks.auto.get(exercise, (None, ""))
    return Task(
        auto_score=score,
        auto_comment=trusted(comment),
        manual=marks.human.get(exercise),
        known=known_of(known, exercise) if known is not None else (),
    )


def _write_notebook(context: Context, own: Counting, lesson: Lesson, answers: Mapping[str, str]) -> None:
    """Write what formgrader shows beside the marks."""
    course = context.course(lesson.course)
    folder = course.autograded(own.username, own.slug)
    folder.mkdir(parents=True, exist_ok=True)
    text = course.assignment(lesson).autograded(answers)
    write_new(folder / f"{own.slug}.ipynb", text.encode())
    write_new(folder / "timestamp.txt", stamp_text(own).encode())


def _finish(
    context: Context,
    level: str,
    todo: Sequence[_Todo],
    put: Mapping[tuple[str, str], dict[str, list[list[float | str]]]],
) -> None:
    """Note what stands in the gradebook now, and forget submissions whose place was taken.

    Older marks of ours stand there no more: who types one of them in formgrader now means it.
    """
    counting = {own.id for own in context.counting}
    with open_session(context.engine) as session:
        query = select(Projected).join(Submission, Submission.id == Projected.submission_id)
        rows = session.scalars(query.where(Submission.lesson.startswith(f"{level}/", autoescape=True)))
        known = {row.submission_id: row for row in rows}
        gone = [id_ for id_ in known if id_ not in counting]
        for start in range(0, len(gone), CHUNK):
            session.execute(delete(Projected).where(Projected.submission_id.in_(gone[start : start + CHUNK])))
        fresh = [own for own in todo if own.own.id not in known]
        if fresh:
            values = [
                {"submission_id": o.own.id, "content_hash": o.content_hash, "manual": {}} for o in fresh
            ]
            session.execute(insert(Projected), values)
        for own in todo:
            if own.own.id in known:
                known[own.own.id].content_hash = own.content_hash
                known[own.own.id].manual = put[own.own.username, own.own.slug]
