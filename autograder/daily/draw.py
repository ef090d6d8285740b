"""Ledger, last part: draw some judged answers that people mark again without seeing what the judge said."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, insert, select, tuple_
from sqlalchemy.orm import Session, aliased

from autograder.daily.context import CHUNK, Context
from autograder.human.counting import counts
from autograder.models import AuditItem, AutoMark, HumanMark, Marked
from courses.clock import day_end, programme_day
from courses.school.db import session as open_session
from courses.school.models import Setting, Submission

Key = tuple[int, str]
"""Submission id and exercise id."""
DRAWN_WITHIN = timedelta(days=30)
"""How long after it was handed in an answer may be drawn. Of these a run looks at those whose marks changed since the
last one; at all of them once when the site's share has changed."""
SETTING = "audit_share"
"""Key of the fact with which share the last run drew."""


def draw_audit(context: Context) -> int:
    """Draw what was judged; return how many answers are new in the audit.

    Whether an answer is drawn depends on the day on which it was handed in, itself and the site's share, and on
    nothing else: a run that is repeated or was killed draws the same answers, each once.
    """
    drawn = 0
    with open_session(context.engine) as session:
        chosen = _chosen(context, session)
        for start in range(0, len(chosen), CHUNK):
            rows = _rows(context, session, chosen[start : start + CHUNK])
            if rows:
                session.execute(insert(AuditItem), rows)
            drawn += len(rows)
        session.merge(Setting(key=SETTING, value=str(context.site.judge.audit_share)))
    return drawn


def is_drawn(submitted_at: datetime, submission_id: int, exercise: str, share: float) -> bool:
    """Tell whether an answer belongs to the audit; of many answers, ``share`` of them do."""
    seed = f"{programme_day(submitted_at)}/{submission_id}/{exercise}"
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8])
    return number < share * 2**64


def _chosen(context: Context, session: Session) -> list[Key]:
    """Return the judged answers of the last month on which the lot fell, drawn already or not."""
    end = day_end(context.day)
    query = (
        select(AutoMark.submission_id, AutoMark.exercise, Submission.submitted_at)
        .join_from(Submission, AutoMark, Submission.id == AutoMark.submission_id)
        .where(AutoMark.source == "ai", Submission.submitted_at >= end - DRAWN_WITHIN)
        .where(Submission.submitted_at < end, Submission.lesson.in_(context.lessons))
        .order_by(AutoMark.submission_id, AutoMark.exercise)
    )
    share, known = context.site.judge.audit_share, session.get(Setting, SETTING)
    if known is not None and known.value == str(share) and not context.whole:
        changed = Marked.counted_hash != Marked.content_hash
        query = query.join(Marked, Marked.submission_id == Submission.id).where(changed)
    return [(id_, name) for id_, name, at in session.execute(query) if is_drawn(at, id_, name, share)]


def _rows(context: Context, session: Session, keys: Sequence[Key]) -> list[dict[str, Any]]:
    """Return the new items: of answers that still count, that nobody drew yet and no person has marked."""
    newer = aliased(Submission)
    same = (HumanMark.submission_id == AutoMark.submission_id, HumanMark.exercise == AutoMark.exercise)
    known = (AuditItem.submission_id == AutoMark.submission_id, AuditItem.exercise == AutoMark.exercise)
    later = (newer.person_id == Submission.person_id, newer.lesson == Submission.lesson)
    query = (
        select(AutoMark.submission_id, AutoMark.exercise, AutoMark.verdicts)
        .join_from(AutoMark, Submission, Submission.id == AutoMark.submission_id)
        .where(tuple_(AutoMark.submission_id, AutoMark.exercise).in_(keys))
        .where(~exists().where(*same, counts(HumanMark.decision_id)), ~exists().where(*known))
        .where(~exists().where(*later, newer.id > Submission.id))
        .order_by(AutoMark.submission_id, AutoMark.exercise)
    )
    fixed = {"drawn_on": context.day, "status": "open", "given": {}, "by": ""}
    return [
        {"submission_id": id_, "exercise": exercise, "verdicts": verdicts, **fixed}
        for id_, exercise, verdicts in session.execute(query)
    ]
