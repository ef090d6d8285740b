"""Which answers lie in a person's queue, and in which order.

Each source is a query over answers of the learners whom the person looks after, so that what one may see and what
one may decide are the same question, asked of the database for every object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import ColumnElement, Select, exists, false, literal, or_, select
from sqlalchemy.orm import Session, aliased

from autograder.appeals import is_open
from autograder.human.counting import counts
from autograder.human.decide import Kind
from autograder.models import Appeal, AuditItem, AutoMark, HumanMark, Projected
from courses.exercises.base import Frozen
from courses.lessons.model import Lesson
from courses.school.models import Person, Submission, TrainerGroup

Rows = Select[Kind, int, str, str, str]
"""Kind, submission id, exercise id, lesson key, case."""
MOST = 2000
"""Answers of one queue that are put in order; a longer one says “hơn 2000”."""


class Item(Frozen):
    """One answer that waits."""

    kind: Kind
    submission_id: int
    exercise: str
    lesson: str
    case: str

    @property
    def place(self) -> str:
        """Its address below the queue's; it names no person."""
        return f"{self.submission_id}/{self.exercise}"


def learners_of(viewer: Person) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on ``Person`` for those whose answers a viewer marks: learners, so never the viewer."""
    learner = (Person.role == "learner", Person.active.is_(True))
    if viewer.role == "administrator":
        return learner
    if viewer.role != "trainer":
        return (false(),)
    groups = select(TrainerGroup.group_id).where(TrainerGroup.person_id == viewer.id)
    return (*learner, Person.group_id.in_(groups))


def newest() -> ColumnElement[bool]:
    """Return the condition that a submission is the one that counts."""
    newer = aliased(Submission)
    same = (newer.person_id == Submission.person_id, newer.lesson == Submission.lesson)
    return ~exists().where(*same, newer.id > Submission.id)


def marked_by_person() -> ColumnElement[bool]:
    """Return the condition that a person's mark of an ``AutoMark``'s answer counts."""
    same = (HumanMark.submission_id == AutoMark.submission_id, HumanMark.exercise == AutoMark.exercise)
    return exists().where(*same, counts(HumanMark.decision_id))


def answers(viewer: Person, kind: Kind) -> Rows:
    """Select the counting answers of a viewer's learners that no person has marked."""
    return _of_learners(viewer, kind).where(~marked_by_person())


def _of_learners(viewer: Person, kind: Kind) -> Rows:
    """Select the counting answers of a viewer's learners."""
    return (
        select(literal(kind), AutoMark.submission_id, AutoMark.exercise, Submission.lesson, Submission.case)
        .join_from(AutoMark, Submission, Submission.id == AutoMark.submission_id)
        .join(Person, Person.id == Submission.person_id)
        .where(*learners_of(viewer), newest())
    )


def left_by_the_judge(viewer: Person) -> Rows:
    """Select what only a person can mark now; before its first night an answer is still the judge's."""
    looked_at = exists().where(Projected.submission_id == AutoMark.submission_id)
    return answers(viewer, "queue").where(AutoMark.score.is_(None), or_(looked_at, AutoMark.reason != ""))


def audited(viewer: Person) -> Rows:
    """Select what was drawn to be marked again without seeing the judge's verdicts."""
    same = (AuditItem.submission_id == AutoMark.submission_id, AuditItem.exercise == AutoMark.exercise)
    return answers(viewer, "audit").where(exists().where(*same, AuditItem.status == "open"))


def appealed(viewer: Person) -> Rows:
    """Select what learners appealed; never to the person who had decided."""
    mine = (Appeal.submission_id == AutoMark.submission_id, Appeal.exercise == AutoMark.exercise)
    open_ones = exists().where(*mine, is_open())
    own = exists().where(*mine, is_open(), Appeal.against == viewer.username)
    return _of_learners(viewer, "appeal").where(open_ones, ~own)


SOURCES: Sequence[Callable[[Person], Rows]] = (left_by_the_judge, audited, appealed)
"""Of two sources that give the same answer, the later one says of which kind it is."""


def open_items(session: Session, viewer: Person, lessons: Iterable[Lesson]) -> tuple[Item, ...]:
    """Return a viewer's queue in its order: exercise by exercise, as one marks evenly; the longest waiting first."""
    known = {lesson.key: {slot.id for slot in lesson.slots} for lesson in lessons}
    rows = _rows(session, viewer)
    items = [item for item in rows if item.exercise in known.get(item.lesson, ())]
    oldest: dict[tuple[str, str, str], int] = {}
    for item in items:
        task = (item.lesson, item.exercise, item.case)
        oldest[task] = min(item.submission_id, oldest.get(task, item.submission_id))
    order = {task: (first, *task) for task, first in oldest.items()}
    return tuple(
        sorted(items, key=lambda item: (order[item.lesson, item.exercise, item.case], item.submission_id))
    )


def find_item(session: Session, viewer: Person, submission_id: int, exercise: str) -> Item | None:
    """Return one answer of a viewer's queue, or None: unknown, decided and forbidden look the same."""
    only = (AutoMark.submission_id == submission_id, AutoMark.exercise == exercise)
    return next(iter(_rows(session, viewer, *only)), None)


def _rows(session: Session, viewer: Person, *only: ColumnElement[bool]) -> tuple[Item, ...]:
    found: dict[tuple[int, str], Item] = {}
    for source in SOURCES:
        query = source(viewer).where(*only).order_by(AutoMark.submission_id, AutoMark.exercise).limit(MOST)
        for kind, submission_id, exercise, lesson, case in session.execute(query):
            found[submission_id, exercise] = Item(
                kind=kind,
                submission_id=submission_id,
                exercise=exercise,
                lesson=lesson,
                case=case,
            )
    return tuple(found.values())


def fresh_count(session: Session, viewer: Person) -> int:
    """Return how many answers wait for their first night: the judge looks at them before people do."""
    looked_at = exists().where(Projected.submission_id == AutoMark.submission_id)
    waiting = answers(viewer, "queue").where(AutoMark.score.is_(None), AutoMark.reason == "", ~looked_at)
    return len(session.execute(waiting.limit(MOST)).all())


def is_of_my_learners(session: Session, viewer: Person, submission_id: int, exercise: str) -> bool:
    """Tell whether a viewer may mark an answer, waiting or not."""
    query = (
        select(AutoMark.submission_id)
        .join_from(AutoMark, Submission, Submission.id == AutoMark.submission_id)
        .join(Person, Person.id == Submission.person_id)
        .where(AutoMark.submission_id == submission_id, AutoMark.exercise == exercise, *learners_of(viewer))
    )
    return session.scalar(query) is not None
