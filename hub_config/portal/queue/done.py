"""A person's last decisions, which the queue offers to undo."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from autograder.human.decide import recent, undo
from autograder.models import Decision, HumanMark
from courses.clock import text_number
from courses.exercises.base import Frozen
from courses.lessons.model import Lesson
from courses.school.models import Person, Submission
from hub_config.portal.queue.items import is_of_my_learners
from hub_config.portal.shelf import Shelf

RECENT = 10


class Done(Frozen):
    """A decision that can be undone."""

    id: int
    said: str
    at: datetime


def done_by(session: Session, viewer: Person, shelf: Shelf) -> tuple[Done, ...]:
    """Return a person's last decisions that stand, the newest first."""
    return tuple(_done(session, shelf, one) for one in recent(session, viewer.username, RECENT))


def _done(session: Session, shelf: Shelf, decision: Decision) -> Done:
    own = HumanMark.decision_id == decision.id
    row = session.execute(select(func.count(HumanMark.id), func.max(HumanMark.score)).where(own)).one()
    key = session.get_one(Submission, decision.submission_id).lesson
    together = f" ({row[0]} bài giống nhau)" if row[0] > 1 else ""
    said = f"{_place(shelf.find(key), key, decision.exercise)}: {text_number(row[1] or 0, 2)} điểm{together}"
    return Done(id=decision.id, said=said, at=decision.at)


def _place(lesson: Lesson | None, key: str, exercise: str) -> str:
    if lesson is None:
        return key
    ids = [slot.id for slot in lesson.slots]
    return (
        f"Bài {lesson.number}, câu {ids.index(exercise) + 1}" if exercise in ids else f"Bài {lesson.number}"
    )


def take_back(session: Session, viewer: Person, shelf: Shelf, decision_id: int) -> Decision | None:
    """Undo one of a viewer's last decisions; None when it is not theirs, too old, or not their learners' any more."""
    found = next((one for one in recent(session, viewer.username, RECENT) if one.id == decision_id), None)
    if found is None or not is_of_my_learners(session, viewer, found.submission_id, found.exercise):
        return None
    undo(session, found, shelf.find(session.get_one(Submission, found.submission_id).lesson))
    return found
