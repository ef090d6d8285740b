"""People's verdicts on single criteria: the newest on each criterion wins, and always over the judge's; none is deleted.

They stand beside the judge's own verdicts and replace none, so that both can be read and no run undoes a person's
decision. One table serves every set of criteria: ``MARKS`` is the rubric that an exercise is marked by, ``PUPIL``
what the pupil of a ``teach`` exercise has understood (criterion: a misconception; met: it was corrected).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from autograder.digest import CHUNK
from autograder.human.counting import counts
from autograder.models import Decision, HumanVerdict
from courses.clock import now

Rubric = Literal["marks", "pupil"]
MARKS: Rubric = "marks"
PUPIL: Rubric = "pupil"
Key = tuple[int, str]
"""Submission id and exercise id."""
Decided = Mapping[Key, Mapping[str, HumanVerdict]]
"""The verdicts that count, by submission and exercise, then by criterion."""


def decide(  # noqa: PLR0913 - a verdict is these facts
    session: Session,
    submission_id: int,
    exercise: str,
    rubric: Rubric,
    criterion: str,
    *,
    met: bool,
    by: str,
    quote: str = "",
    at: datetime | None = None,
) -> HumanVerdict:
    """Append a person's verdict; it counts from now on and no run replaces it.

    Args:
        session: an open session; the caller commits, and has checked that the criterion exists and the person may
            decide it.
        submission_id: a submission.
        exercise: exercise id.
        rubric: which criteria of the exercise.
        criterion: id of a criterion.
        met: the verdict; for ``must_not``, met means that it is not violated.
        by: username of the person.
        quote: words of the answer that the verdict rests on, where the person marked some.
        at: aware time of the verdict; now when left out.
    """
    verdict = HumanVerdict(
        submission_id=submission_id,
        exercise=exercise,
        rubric=rubric,
        criterion=criterion,
        met=met,
        quote=quote,
        by=by,
        at=at or now(),
    )
    session.add(verdict)
    return verdict


def withdraw(session: Session, submission_id: int, exercise: str, rubric: Rubric, criterion: str) -> None:
    """Take back what people decided about a criterion; the judge's verdict counts again, and the rows stay.

    Args:
        session: an open session; the caller commits, and has checked that the person may decide the criterion.
        submission_id: a submission.
        exercise: exercise id.
        rubric: which criteria of the exercise.
        criterion: id of a criterion.
    """
    own = {"submission_id": submission_id, "exercise": exercise, "rubric": rubric, "criterion": criterion}
    session.flush()
    for row in session.scalars(select(HumanVerdict).filter_by(**own).where(counts(HumanVerdict.decision_id))):
        undone = Decision(
            kind=rubric, submission_id=submission_id, exercise=exercise, by=row.by, at=row.at, undone_at=now()
        )
        session.add(undone)
        session.flush()
        row.decision_id = undone.id


def decided(session: Session, rubric: Rubric, among: Sequence[int] | None = None) -> Decided:
    """Return the verdicts that count.

    Args:
        session: an open session.
        rubric: which criteria.
        among: only of these submissions; all when left out.
    """
    session.flush()
    found: dict[Key, dict[str, HumanVerdict]] = defaultdict(dict)
    mine = (HumanVerdict.rubric == rubric, counts(HumanVerdict.decision_id))
    newest_last = select(HumanVerdict).where(*mine).order_by(HumanVerdict.id)
    for part in _parts(among):
        for one in session.scalars(newest_last.where(part)):
            found[one.submission_id, one.exercise][one.criterion] = one
    return found


def _parts(among: Sequence[int] | None) -> Iterator[ColumnElement[bool]]:
    if among is None:
        yield true()
        return
    for start in range(0, len(among), CHUNK):
        yield HumanVerdict.submission_id.in_(among[start : start + CHUNK])


def met_of(verdicts: Mapping[str, HumanVerdict]) -> dict[str, bool]:
    """Return criterion → met."""
    return {criterion: verdict.met for criterion, verdict in verdicts.items()}
