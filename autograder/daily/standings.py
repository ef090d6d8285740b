"""Progress: recompute points and standings from what is graded, and write them for the boards."""

from __future__ import annotations

from sqlalchemy.orm import Session

from autograder.daily.context import Context
from autograder.daily.works import works
from autograder.gradebook.notebooks import write_atomic
from courses.progress import points, standings, to_json_bytes
from courses.progress.roster import first_checks, groups, learners
from courses.school.db import session as open_session
from courses.school.models import Setting


def write_standings(context: Context) -> dict[str, int]:
    """Write ``data/boards/standings.json``. Returns counts ``learners`` and ``groups`` with points."""
    with open_session(context.engine) as session:
        earned = points(works(context, session), first_checks(session))
        board = standings(groups(session), learners(session), earned, context.day, sample=_is_sample(session))
    context.layout.boards.mkdir(parents=True, exist_ok=True)
    write_atomic(context.layout.boards / "standings.json", to_json_bytes(board))
    return {"learners": len(earned), "groups": sum(not group.hidden for group in board.groups)}


def _is_sample(session: Session) -> bool:
    setting = session.get(Setting, "sample")
    return setting is not None and setting.value == "1"
