"""A digest of all that counts of a submission, so that a change is found without comparing rows.

Whoever changes a mark of the machine, a mark or decision of a person, or how the pupil did, refreshes it: gradebook and
points look at nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Row, Table, bindparam, select, update
from sqlalchemy.orm import Session

from autograder.human.counting import counts
from autograder.models import AutoMark, HumanMark, HumanVerdict, Marked, PupilResult

CHUNK = 500
"""Ids in one IN list: well below the limits of SQLite and PostgreSQL."""


def refresh_digests(session: Session, submission_ids: Sequence[int]) -> None:
    """Recompute ``Marked.content_hash`` after marks of these submissions changed."""
    session.flush()
    for start in range(0, len(submission_ids), CHUNK):
        _refresh(session, submission_ids[start : start + CHUNK])


def _refresh(session: Session, ids: Sequence[int]) -> None:
    marks = _marks(session, ids)
    table = cast("Table", Marked.__table__)  # the ORM's own bulk update sends one statement a row
    own = update(table).where(table.c.submission_id == bindparam("id_"))
    rows = [{"id_": id_, "digest": _digest(marks[id_])} for id_ in ids]
    session.connection().execute(own.values(content_hash=bindparam("digest")), rows)


def _marks(session: Session, ids: Sequence[int]) -> dict[int, list[list[object]]]:
    auto = select(
        AutoMark.submission_id,
        AutoMark.exercise,
        AutoMark.score,
        AutoMark.max_score,
        AutoMark.status,
        AutoMark.source,
        AutoMark.comment,
    ).order_by(AutoMark.submission_id, AutoMark.exercise)
    human = (
        select(HumanMark.submission_id, HumanMark.exercise, HumanMark.score, HumanMark.comment, HumanMark.by)
        .where(counts(HumanMark.decision_id))
        .order_by(HumanMark.id)
    )
    pupil = select(PupilResult.submission_id, PupilResult.exercise, PupilResult.status)
    said = (
        select(HumanVerdict.submission_id, HumanVerdict.exercise, HumanVerdict.criterion, HumanVerdict.met)
        .where(HumanVerdict.rubric == "pupil", counts(HumanVerdict.decision_id))
        .order_by(HumanVerdict.id)
    )
    found: dict[int, list[list[object]]] = defaultdict(list)
    rows: list[Row[Any]] = [
        *session.execute(auto.where(AutoMark.submission_id.in_(ids))),
        *session.execute(human.where(HumanMark.submission_id.in_(ids))),
        *session.execute(pupil.where(PupilResult.submission_id.in_(ids)).order_by(PupilResult.exercise)),
        *session.execute(said.where(HumanVerdict.submission_id.in_(ids))),
    ]
    for row in rows:
        found[row[0]].append(list(row[1:]))
    return found


def _digest(marks: list[list[object]]) -> str:
    return hashlib.sha256(json.dumps(marks, ensure_ascii=False).encode()).hexdigest()
