"""Appeals (“phúc khảo”): a learner asks with a sentence that another person looks at a criterion again.

Each criterion of a submission can be appealed once, while its mark stands against the learner. The appeal goes to
somebody else than the person who decided; what that person decides is final. A rule's mark is not appealed: there is
nothing to weigh, and a wrong key is mended in the lesson for everybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from autograder.models import Appeal, Decision
from autograder.results import ExerciseResult
from courses.clock import now
from courses.exercises.base import Exercise, RubricExercise
from courses.school.models import Submission

WHOLE = ""
"""Criterion of an appeal against points that somebody gave without deciding criteria."""
LONGEST = 500


class AppealRefused(ValueError):  # noqa: N818 - told to the learner
    """The appeal was not taken; the message is a Vietnamese sentence."""


def appealable(exercise: Exercise, own: ExerciseResult) -> tuple[str, ...]:
    """Return the criteria that a learner may appeal, in the rubric's order.

    Args:
        exercise: the declaration answered.
        own: the mark that counts, with the verdicts that it rests on; none where points were given without any.
    """
    met = {str(one["criterion"]): one["met"] is True for one in own.verdicts}
    decided = own.source in {"ai", "person"} and own.score is not None
    if not decided or not isinstance(exercise, RubricExercise) or own.status == "right":
        return ()
    if met:
        return tuple(criterion.id for criterion in exercise.rubric if met.get(criterion.id) is False)
    return (WHOLE,)


def make_appeal(  # noqa: PLR0913, PLR0917 - an appeal is these facts
    session: Session,
    submission: Submission,
    own: ExerciseResult,
    open_to: Sequence[str],
    criterion: str,
    sentence: str,
    at: datetime | None = None,
) -> Appeal:
    """Take an appeal.

    Args:
        session: an open session; the caller commits, and has checked that the submission is the learner's own and
            the one that counts.
        submission: the submission.
        own: the mark that counts.
        open_to: what may be appealed, see ``appealable``.
        criterion: a criterion's id, or ``WHOLE``.
        sentence: why, in the learner's words.
        at: aware time; now when left out.

    Raises:
        AppealRefused: nothing to appeal there, no sentence, or appealed before.
    """
    why = " ".join(sentence.split())
    if criterion not in open_to:
        raise AppealRefused("Ý này không có gì để phúc khảo.")
    if len(why) < 2:  # noqa: PLR2004 - one letter is no sentence
        raise AppealRefused("Bạn viết một câu: vì sao bạn nghĩ bài đã đạt ý này?")
    if len(why) > LONGEST:
        raise AppealRefused("Bạn viết gọn lại trong 500 ký tự giúp.")
    if criterion in {made.criterion for made in _of(session, submission.id, own.exercise)}:
        raise AppealRefused("Bạn đã phúc khảo ý này rồi. Mỗi ý phúc khảo một lần.")
    made = Appeal(
        submission_id=submission.id,
        exercise=own.exercise,
        criterion=criterion,
        sentence=why,
        at=at or now(),
        against=own.by,
    )
    session.add(made)
    session.flush()
    return made


def _of(session: Session, submission_id: int, exercise: str) -> Sequence[Appeal]:
    own = (Appeal.submission_id == submission_id, Appeal.exercise == exercise)
    return session.scalars(select(Appeal).where(*own).order_by(Appeal.id)).all()


def threads(session: Session, submission_id: int) -> Mapping[str, tuple[tuple[Appeal, Decision | None], ...]]:
    """Return a submission's appeals by exercise, the oldest first, each with its decision when there is one."""
    query = (
        select(Appeal, Decision)
        .outerjoin(Decision, (Decision.id == Appeal.decision_id) & Decision.undone_at.is_(None))
        .where(Appeal.submission_id == submission_id)
        .order_by(Appeal.id)
    )
    found: dict[str, list[tuple[Appeal, Decision | None]]] = defaultdict(list)
    for appeal, decision in session.execute(query):
        found[appeal.exercise].append((appeal, decision))
    return {name: tuple(own) for name, own in found.items()}


def is_open() -> ColumnElement[bool]:
    """Condition on ``Appeal``: nobody has decided it, or the decision was undone."""
    standing = select(Decision.id).where(Decision.id == Appeal.decision_id, Decision.undone_at.is_(None))
    return ~standing.exists()


def open_appeals(session: Session, submission_ids: Sequence[int] | None = None) -> tuple[Appeal, ...]:
    """Return the appeals that nobody has decided, or whose decision was undone; the oldest first."""
    query = select(Appeal).where(is_open()).order_by(Appeal.id)
    if submission_ids is not None:
        query = query.where(Appeal.submission_id.in_(submission_ids))
    return tuple(session.scalars(query))


def close(session: Session, decision: Decision, reply: str) -> int:
    """Answer the open appeals of the decided exercise; return how many. One decision answers them all."""
    mine = [
        appeal
        for appeal in open_appeals(session, [decision.submission_id])
        if appeal.exercise == decision.exercise
    ]
    for appeal in mine:
        appeal.decision_id, appeal.reply = decision.id, reply
    return len(mine)
