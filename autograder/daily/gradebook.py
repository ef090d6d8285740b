"""Gradebook: pull people's marks from nbgrader's gradebooks, then project ours into them.

Two databases can't commit together. So manual marks that we are about to write are noted first (a run
after a kill knows its own hand again), and that a submission stands in the gradebook is noted last.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, func, insert, or_, select
from sqlalchemy.orm import Session, aliased

from autograder import gradebook
from autograder.daily.collect import is_collected, stamp_text, write
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
from courses.school.models import Setting, Submission
from courses.site import gradebook_url


@dataclass(frozen=True)
class _Todo:
    """A submission whose entry in the gradebook is missing or out of date, and what will stand there."""

    own: Counting
    content_hash: str  # of its marks
    source_hash: str  # of its lesson's notebook


@dataclass
class _Marks:
    """All marks of one submission."""

    auto: dict[str, tuple[float | None, str]] = field(default_factory=dict)
    human: dict[str, Manual] = field(default_factory=dict)


def project(context: Context) -> dict[str, int]:
    """Bring all gradebooks up to date. Returns counts ``pulled`` and ``projected``."""
    built = [level for level in context.levels if (context.layout.course(level) / "source").is_dir()]
    counts = [_project_level(context, level) for level in built]
    return {"pulled": sum(own[0] for own in counts), "projected": sum(own[1] for own in counts)}


def _project_level(context: Context, level: str) -> tuple[int, int]:
    lessons = [lesson for lesson in context.lessons.values() if lesson.course == level]
    assignments = [context.course(level).assignment(lesson) for lesson in lessons]
    with gradebook.open_gradebook(gradebook_url(context.site, level)) as engine:
        with engine.begin() as connection:
            registered = gradebook.register(connection, level, assignments)
            manual = gradebook.manual_marks(connection, level)
            standing = None if _is_ours(context, connection, level) else gradebook.standing(connection, level)
        pulled = pull(context.engine, level, manual)
        todo = _todo(context, level, standing)
        projections = [
            own for part in context.track("gradebook", todo, CHUNK) for own in _prepare(context, part)
        ]
        if projections or standing is not None:
            with engine.begin() as connection:
                generation = gradebook.write(connection, level, registered, projections)
            context.tell(Event(step="gradebook", done=len(todo), total=len(todo)))
            os.sync()  # autograded notebooks are on the disk before our database says so
            _finish(context, level, list(zip(todo, projections, strict=True)), generation)
    return pulled, len(todo)


def _put(projection: Projection) -> dict[str, list[list[float | str]]]:
    """Return our own manual marks of a submission as ``Projected.manual`` holds them.

    Older marks of ours stand there no more: who types one of them in formgrader now means it.
    """
    marks = {exercise: task.manual for exercise, task in projection.tasks.items()}
    return {exercise: [list(mark)] for exercise, mark in marks.items() if mark is not None}


def _is_ours(context: Context, connection: Connection, level: str) -> bool:
    """Tell whether a gradebook is as our last write left it: else each of its entries is looked at.

    It is not when it was lost, put back from a copy, or when rows were removed by somebody.
    """
    if context.whole:
        return False
    mine = (
        select(func.count()).select_from(Projected).join(Submission, Submission.id == Projected.submission_id)
    )
    with open_session(context.engine) as session:
        known = session.get(Setting, _setting(level))
        number = session.scalar(mine.where(_of_level(level), Projected.content_hash != ""))
    there = gradebook.generation(connection, level)
    same = known is not None and known.value == there != ""
    return same and number == gradebook.number_standing(connection, level)


def _setting(level: str) -> str:
    return f"gradebook:{level}"


def _of_level(level: str) -> ColumnElement[bool]:
    return Submission.lesson.startswith(f"{level}/", autoescape=True)


def _todo(
    context: Context, level: str, standing: Mapping[tuple[str, str], datetime | None] | None
) -> list[_Todo]:
    """Return what differs from what was projected: other marks, another notebook, another submission.

    ``standing``: what stands in the gradebook, where each entry of it must be looked at.
    """
    digests = {key: context.digest(key) for key, lesson in context.lessons.items() if lesson.course == level}
    own = context.counting(_of_level(level), *([_is_changed(digests.values())] if standing is None else []))
    todo = []
    for start in range(0, len(own), CHUNK):
        part = own[start : start + CHUNK]
        hashes = _hashes(context, [each.id for each in part])
        for each in part:
            wanted = (hashes[each.id][0], digests[each.lesson]) if each.id in hashes else None
            is_there = standing is None or standing.get((each.username, each.slug)) == each.stamp
            if wanted is not None and (wanted != hashes[each.id][1:] or not is_there):
                todo.append(_Todo(each, *wanted))
    return todo


def _is_changed(digests: Iterable[str]) -> ColumnElement[bool]:
    """Condition on ``Submission``: its marks, or its lesson's notebook, are not those that were projected."""
    other = or_(
        Projected.submission_id.is_(None),
        Projected.content_hash != Marked.content_hash,
        Projected.source_hash.not_in(list(digests)),
    )
    both = select(Marked.submission_id).join_from(
        Marked, Projected, Projected.submission_id == Marked.submission_id, isouter=True
    )
    return both.where(Marked.submission_id == Submission.id, other).correlate(Submission).exists()


def _hashes(context: Context, ids: Sequence[int]) -> dict[int, tuple[str, str | None, str | None]]:
    """Return the digest of each submission's marks, and what was projected: of its marks and notebook."""
    columns = (Marked.submission_id, Marked.content_hash, Projected.content_hash, Projected.source_hash)
    query = select(*columns).join_from(
        Marked, Projected, Projected.submission_id == Marked.submission_id, isouter=True
    )
    with open_session(context.engine) as session:
        return {
            row[0]: (row[1], row[2], row[3])
            for row in session.execute(query.where(Marked.submission_id.in_(ids)))
        }


def _prepare(context: Context, part: Sequence[_Todo]) -> Iterator[Projection]:
    """Write the autograded notebooks of some submissions and yield their gradebook entries.

    What is not collected (its folder was lost, its transaction ended a moment ago) is collected on the way.
    """
    write(context, [todo.own for todo in part if not is_collected(context, todo.own)])
    ids = [todo.own.id for todo in part]
    with open_session(context.engine) as session:
        marks = _marks(session, ids)
        known = {id_: note(session, id_, own.human) for id_, own in marks.items() if own.human}
        undone = select(Projected).where(_is_one([id_ for id_ in ids if id_ not in known]))
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


def _finish(context: Context, level: str, done: Sequence[tuple[_Todo, Projection]], generation: str) -> None:
    """Note what stands in the gradebook now, and forget submissions whose place was taken."""
    with open_session(context.engine) as session:
        for start in range(0, len(done), CHUNK):
            part = done[start : start + CHUNK]
            ids = [todo.own.id for todo, _ in part]
            session.execute(delete(Projected).where(Projected.submission_id.in_(_replaced(ids))))
            session.execute(delete(Projected).where(_is_one(ids)))
            session.execute(insert(Projected), [_noted(*each) for each in part])
        session.merge(Setting(key=_setting(level), value=generation))


def _replaced(ids: Sequence[int]) -> Select[int]:
    """Select the other submissions of the same people and lessons."""
    standing, gone = aliased(Submission), aliased(Submission)
    same = (gone.person_id == standing.person_id, gone.lesson == standing.lesson, gone.id != standing.id)
    return select(gone.id).join(standing, and_(*same)).where(standing.id.in_(ids))


def _noted(todo: _Todo, projection: Projection) -> dict[str, object]:
    return {
        "submission_id": todo.own.id,
        "content_hash": todo.content_hash,
        "source_hash": todo.source_hash,
        "manual": _put(projection),
    }


def _is_one(ids: Sequence[int]) -> ColumnElement[bool]:
    return Projected.submission_id.in_(ids)
