"""Progress: bring points up to date, and write the standings for the boards."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from autograder.daily.context import Context
from autograder.daily.earned import recount
from autograder.gradebook.notebooks import write_atomic
from autograder.models import Earned
from courses.progress import standings, to_json_bytes
from courses.progress.roster import groups, learners
from courses.school.db import session as open_session
from courses.school.models import Person, Setting


def write_standings(context: Context) -> dict[str, int]:
    """Write ``data/boards/standings.json``. Returns counts ``recounted``, ``learners`` and ``groups`` with points."""
    recounted = recount(context)
    with open_session(context.engine) as session:
        rows = session.execute(
            select(Person.username, Earned.total).join(Earned, Earned.person_id == Person.id)
        )
        earned = {username: total for username, total in rows}  # noqa: C416 - a Result is no mapping
        board = standings(groups(session), learners(session), earned, context.day, sample=_is_sample(session))
    context.layout.boards.mkdir(parents=True, exist_ok=True)
    write_atomic(context.layout.boards / "standings.json", to_json_bytes(board))
    shown = sum(not group.hidden for group in board.groups)
    return {"recounted": recounted, "learners": len(earned), "groups": shown}


def _is_sample(session: Session) -> bool:
    setting = session.get(Setting, "sample")
    return setting is not None and setting.value == "1"
