"""Mark: by rule and from the ledger, everything that today's lessons have not marked yet."""

from __future__ import annotations

from sqlalchemy import select

from autograder.daily.context import CHUNK, Context
from autograder.marking import mark_submissions
from autograder.models import Marked
from autograder.near_pass import PassLine
from courses.clock import day_end
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
    query = (
        select(Submission.lesson, Submission.id, Marked.lesson_hash)
        .join_from(Submission, Marked, Marked.submission_id == Submission.id, isouter=True)
        .where(Submission.submitted_at < day_end(context.day))
        .order_by(Submission.id)
    )
    todo: dict[str, list[int]] = {}
    with open_session(context.engine) as session:
        for key, id_, lesson_hash in session.execute(query):
            lesson = context.lessons.get(key)
            if lesson is not None and lesson.hash != lesson_hash:
                todo.setdefault(key, []).append(id_)
    return todo
