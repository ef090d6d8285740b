"""Mark: by rule and from the ledger, everything that today's lessons have not marked yet."""

from __future__ import annotations

from sqlalchemy import exists, select

from autograder.daily.context import CHUNK, Context
from autograder.marking import mark_submissions
from autograder.models import Marked
from autograder.near_pass import PassLine
from courses.school.db import session as open_session
from courses.school.models import Submission


def mark(context: Context) -> dict[str, int]:
    """Write marks. Returns counts ``marked``, ``recalled`` (rubric answers that the ledger knew) and ``silent``."""
    silent = len(context.silent)  # first of all: what falls silent now gets no mark from the ledger
    todo = [(key, id_) for key, ids in _unmarked(context).items() for id_ in ids]
    recalled = 0
    for part in context.track("mark", todo, CHUNK):
        with open_session(context.engine) as session:
            for key in sorted({key for key, _ in part}):
                ids = [id_ for own, id_ in part if own == key]
                rows = session.scalars(select(Submission).where(Submission.id.in_(ids))).all()
                line = PassLine.of(context.site)
                recalled += mark_submissions(session, context.lessons[key], rows, line)
    return {"marked": len(todo), "recalled": recalled, "silent": silent}


def _unmarked(context: Context) -> dict[str, list[int]]:
    """Return submissions by lesson; those that no longer count too, for points ask when a lesson was first passed."""
    known = exists().where(
        Marked.submission_id == Submission.id,
        Marked.lesson_hash.in_([lesson.hash for lesson in context.lessons.values()]),
    )
    query = select(Submission.lesson, Submission.id).where(context.is_stored, ~known).order_by(Submission.id)
    todo: dict[str, list[int]] = {}
    with open_session(context.engine) as session:
        for key, id_ in session.execute(query):
            todo.setdefault(key, []).append(id_)
    return todo
