"""One rubric edit from asking to applying, alone with the database, as ``bdhai remark`` does it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sqlalchemy import Engine

from autograder.daily.lock import alone
from autograder.daily.report import Progress
from autograder.judge import Judge, Usage
from autograder.near_pass import PassLine
from autograder.remark.apply import apply, check_reason
from autograder.remark.asking import Said, ask, unknown_answers
from autograder.remark.plan import Plan, plan
from courses.exercises.base import Frozen
from courses.lessons.model import Lesson
from courses.school.db import open_engine
from courses.school.db import session as open_session
from courses.site import Site, database_url, layout


class Applying(Frozen):
    """Who applies, and why, in words that learners read."""

    reason: str
    by: str


class Report(Frozen):
    """What became of a lesson's outdated marks."""

    plan: Plan
    applied: bool
    asked: int  # different answers that the judge was asked about
    usage: Usage


def remark(  # noqa: PLR0913 - one edit, and who watches
    site: Site,
    lesson: Lesson,
    judge: Judge | None = None,
    applying: Applying | None = None,
    *,
    waits: Progress = lambda _: None,
    tell: Callable[[Said], None] = lambda _: None,
) -> Report:
    """List what an edit of a lesson moves, and apply it where somebody says so.

    Args:
        site: the site; its database must be migrated.
        lesson: today's lesson.
        judge: is asked what the ledger doesn't know; without one that stays open, and nothing can be applied.
        applying: None lists only.
        waits: is told when a daily run must end first.
        tell: is told after each answer that was asked about.

    Raises:
        ApplyError: nothing was applied; the message says why.
    """
    if applying is not None:
        check_reason(applying.reason)
    with alone(layout(site).data, waits):
        engine = open_engine(database_url(site))
        try:
            return _remark(engine, site, lesson, judge, applying, tell)
        finally:
            engine.dispose()


def _remark(  # noqa: PLR0913, PLR0917 - one edit
    engine: Engine,
    site: Site,
    lesson: Lesson,
    judge: Judge | None,
    applying: Applying | None,
    tell: Callable[[Said], None],
) -> Report:
    line, said = PassLine.of(site), Said()
    with open_session(engine) as session:
        todo = unknown_answers(session, lesson, plan(session, lesson, line))
    if judge is not None and todo:
        asyncio.run(ask(engine, judge, todo, site.judge, said, tell))
    with open_session(engine) as session:
        found = plan(session, lesson, line, said.abstained)
        if applying is not None:
            apply(session, found, applying.reason, applying.by)
    return Report(plan=found, applied=applying is not None, asked=said.asked, usage=said.usage)
