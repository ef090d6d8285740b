"""Exercises that the judge is silent about: by itself when the audit is bad, or because a person said so.

Silence stops new marks: the judge is not asked, and the ledger is not heard on answers that come in. Marks that were
given before stay; nothing is taken away from a learner silently. It ends when a person lifts it, and is dated and
signed either way. After a lift only blind pairs that are newer count, so that the same evidence does not silence the
exercise again the same night.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from autograder.audit.pairs import Pair
from autograder.audit.rule import Floor, look
from autograder.judge import Judge, Reason
from autograder.models import Silence
from autograder.trust import meter
from courses.clock import now
from courses.exercises.base import RubricExercise
from courses.lessons.model import Lesson

Key = tuple[str, str]
"""Lesson key and exercise id."""
REASONS: Mapping[str, Reason] = {"audit": "audit_low", "hand": "silenced", "trust": "trust_low"}
"""By ``Silence.cause``."""
LONGEST_NOTE = 500


def reasons(session: Session) -> dict[Key, Reason]:
    """Return the exercises that are silent now, each with why."""
    return {(row.lesson, row.exercise): REASONS[row.cause] for row in _open(session)}


def reasons_of(session: Session, lesson: str) -> dict[str, Reason]:
    """Return the exercises of one lesson that are silent now, each with why."""
    return {name: reason for (key, name), reason in reasons(session).items() if key == lesson}


def open_of(session: Session, key: Key) -> Silence | None:
    """Return what an exercise is silent by, or None."""
    return next((row for row in _open(session) if (row.lesson, row.exercise) == key), None)


def _open(session: Session) -> Sequence[Silence]:
    query = select(Silence).where(Silence.lifted_at.is_(None)).order_by(Silence.id)
    return session.scalars(query).all()


def history(session: Session, key: Key) -> tuple[Silence, ...]:
    """Return all silences of an exercise, the newest first."""
    own = (Silence.lesson == key[0], Silence.exercise == key[1])
    return tuple(session.scalars(select(Silence).where(*own).order_by(Silence.id.desc())))


def silence(session: Session, key: Key, by: str, note: str = "", at: datetime | None = None) -> Silence:
    """Make the judge silent about an exercise by a person's word.

    Raises:
        ValueError: a Vietnamese sentence, when it is silent already or the note is too long.
    """
    if open_of(session, key) is not None:
        raise ValueError("AI đang nghỉ chấm bài tập này rồi.")
    row = Silence(
        lesson=key[0], exercise=key[1], cause="hand", facts={}, by=by, note=_note(note), at=at or now()
    )
    session.add(row)
    session.flush()
    return row


def lift(session: Session, key: Key, by: str, note: str = "", at: datetime | None = None) -> None:
    """Let the judge be heard again on an exercise.

    Raises:
        ValueError: a Vietnamese sentence, when it is not silent or the note is too long.
    """
    rows = [row for row in _open(session) if (row.lesson, row.exercise) == key]
    if not rows:
        raise ValueError("AI đang chấm bài tập này, không có gì để gỡ.")
    for row in rows:
        row.lifted_at, row.lifted_by, row.lifted_note = at or now(), by, _note(note)
    session.flush()


def _note(text: str) -> str:
    tidy = text.strip()
    if len(tidy) > LONGEST_NOTE:
        raise ValueError("Ghi chú dài quá 500 ký tự. Bạn viết gọn lại giúp.")
    return tidy


def counting(session: Session, pairs: Sequence[Pair]) -> dict[Key, list[Pair]]:
    """Return the pairs by exercise that may silence it: blind ones, newer than its last lift."""
    lifted = last_lifts(session)
    found: dict[Key, list[Pair]] = defaultdict(list)
    for pair in pairs:
        since = lifted.get(pair.key)
        if pair.source == "audit" and (since is None or pair.at > since):
            found[pair.key].append(pair)
    return found


def last_lifts(session: Session) -> dict[Key, datetime | None]:
    """Return when each exercise that was ever silent was last let speak again."""
    query = select(Silence.lesson, Silence.exercise, func.max(Silence.lifted_at))
    rows = session.execute(query.group_by(Silence.lesson, Silence.exercise))
    return {(row[0], row[1]): row[2] for row in rows}


def fall_for_lost_quotes(session: Session, lessons: Iterable[Lesson], judge: Judge, limit: float) -> None:
    """Silence every exercise on which this judge's latest quotes too often stood in no answer.

    Args:
        session: an open session; the caller commits.
        lessons: today's lessons.
        judge: who would be asked; another model or prompt has a meter of its own.
        limit: share of lost quotes that is still borne.
    """
    silent, lifted = reasons(session), last_lifts(session)
    for key, exercise in _judged_exercises(lessons):
        read = meter(session, exercise, judge.name, judge.prompt_hash, since=lifted.get(key))
        if key not in silent and read.is_low(limit):
            facts = {"lost": read.lost, "claims": read.claims, "judge": judge.name}
            session.add(Silence(lesson=key[0], exercise=key[1], cause="trust", facts=facts, at=now()))
            silent[key] = REASONS["trust"]
    session.flush()


def _judged_exercises(lessons: Iterable[Lesson]) -> Iterator[tuple[Key, RubricExercise]]:
    for lesson in lessons:
        for slot in lesson.slots:
            for exercise in slot.variants.values():
                if isinstance(exercise, RubricExercise):
                    yield (lesson.key, slot.id), exercise


def fall(
    session: Session, pairs: Sequence[Pair], floor: Floor, at: datetime | None = None
) -> tuple[Key, ...]:
    """Silence every exercise on which judge and people agree too little; return those that fell silent now.

    Args:
        session: an open session; the caller commits.
        pairs: of all exercises; see ``autograder.audit.collect``.
        floor: what is too little.
        at: aware time; now when left out.
    """
    fallen = []
    silent = reasons(session)
    for key, own in sorted(counting(session, pairs).items()):
        finding = look(own, floor)
        if finding.silent and key not in silent:
            facts = finding.model_dump(mode="json")
            session.add(Silence(lesson=key[0], exercise=key[1], cause="audit", facts=facts, at=at or now()))
            fallen.append(key)
    session.flush()
    return tuple(fallen)
