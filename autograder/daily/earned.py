"""Everybody's points, kept as a projection: computed anew for those only of whom something changed.

``Marked.counted_hash`` is the digest of the marks that a submission was counted with. It is read before the marks are,
so a mark that changes meanwhile is counted by the next run. A first check of an exercise can't come after the
submission that it matters for, so it needs no trace of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlalchemy import Table, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from autograder.daily.context import CHUNK, Context
from autograder.daily.works import rule_marked, works
from autograder.models import Earned, Marked
from courses.exercises.base import canonical_hash
from courses.progress import RULES, points
from courses.progress.roster import first_checks
from courses.school.db import session as open_session
from courses.school.models import Person, Setting, Submission

SETTING = "earned"
"""Key of the fact by which rules and lessons points were counted; others make all of them out of date."""


def recount(context: Context) -> int:
    """Bring the points up to date; return how many people's were counted."""
    rules = _rules(context)
    people = _changed(context, rules)
    for part in context.track("progress", people, CHUNK):
        with open_session(context.engine) as session:
            _recount(context, session, part)
    with open_session(context.engine) as session:
        session.merge(Setting(key=SETTING, value=rules))
    return len(people)


def _rules(context: Context) -> str:
    lessons = {key: rule_marked(lesson) for key, lesson in context.lessons.items()}
    return canonical_hash({"rules": RULES, "lessons": lessons})


def _changed(context: Context, rules: str) -> list[int]:
    """Return the people whose points may have changed."""
    query = select(Submission.person_id).distinct().order_by(Submission.person_id)
    same = Marked.submission_id == Submission.id
    with open_session(context.engine) as session:
        known = session.get(Setting, SETTING)
        if context.whole or known is None or known.value != rules:
            everybody = session.scalars(select(Earned.person_id).union(select(Submission.person_id)))
            return sorted(everybody)
        changed = query.join(Marked, same).where(
            context.is_stored, Marked.counted_hash != Marked.content_hash
        )
        return list(session.scalars(changed))


def _recount(context: Context, session: Session, people: Sequence[int]) -> None:
    digests = session.execute(
        select(Marked.submission_id, Marked.content_hash)
        .join_from(Marked, Submission, Submission.id == Marked.submission_id)
        .where(context.is_stored, Submission.person_id.in_(people))
    ).all()
    earned = points(works(context, session, people), first_checks(session, people))
    names = select(Person.id, Person.username).where(Person.id.in_(people))
    rows = [
        {"person_id": id_, "total": earned[username].total}
        for id_, username in session.execute(names)
        if username in earned
    ]
    session.execute(delete(Earned).where(Earned.person_id.in_(people)))
    if rows:
        session.execute(insert(Earned), rows)
    _note(session, [{"own": row[0], "digest": row[1]} for row in digests])


def _note(session: Session, rows: list[dict[str, object]]) -> None:
    table = cast("Table", Marked.__table__)  # the ORM's own bulk update sends one statement a row
    same = update(table).where(table.c.submission_id == bindparam("own"))
    if rows:
        session.connection().execute(same.values(counted_hash=bindparam("digest")), rows)
