"""Where the fitted gate gets its evidence, and where it is kept: per site, and per model and prompt.

Only the newest answers are looked at, so a night's fit costs the same after years; and none is made where nobody
marked anything since the last one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from autograder import ledger
from autograder.audit.collect import exercise_in
from autograder.audit.pairs import points_of
from autograder.gate import Aim, Evidence, Fit, Point, curve, distance, fit
from autograder.human.counting import counts
from autograder.human_verdicts import MARKS, decided, met_of
from autograder.judge import Signals
from autograder.models import AuditItem, AutoMark, GateFit, HumanMark, LedgerEntry
from autograder.signals import Gate
from courses.clock import now
from courses.exercises.base import AnswerError, RubricExercise
from courses.lessons.model import Lesson
from courses.school.models import Submission

NEWEST_PAIRS = 400
NEWEST_ANSWERS = 2000
"""Judgements that coverage is told of."""
CHUNK = 300


class Named(Protocol):
    """A judge's identity: its answers in the ledger are found by it."""

    @property
    def name(self) -> str:
        """See `autograder.judge.Judge.name`."""

    @property
    def prompt_hash(self) -> str:
        """See `autograder.judge.Judge.prompt_hash`."""


def refit(  # noqa: PLR0913, PLR0917 - what a fit is made of
    session: Session,
    lessons: Mapping[str, Lesson],
    judge: Named,
    default: Gate,
    aim: Aim,
    at: datetime | None = None,
) -> GateFit | None:
    """Fit the gate anew if people marked anything since it was, and keep it; return what counts from now on.

    Args:
        session: an open session; the caller commits.
        lessons: today's lessons by key.
        judge: whose gate it is.
        default: the gate that the site sets.
        aim: what is wanted.
        at: aware time; now when left out.
    """
    known = newest_fit(session, judge, default)
    if known is not None and not _is_marked_since(session, known.at):
        return known
    made = fit(_curve(session, lessons, judge, default), default, aim)
    row = GateFit(
        judge=judge.name,
        prompt_hash=judge.prompt_hash,
        start=default.band,
        tolerance=made.tolerance,
        how=made.how,
        curve=[point.model_dump(mode="json") for point in made.curve],
        at=at or now(),
    )
    session.add(row)
    session.flush()
    return row


def newest_fit(session: Session, judge: Named, default: Gate) -> GateFit | None:
    """Return the fit that counts for a judge, or None; one made from another default of the site's does not."""
    query = select(GateFit).where(
        GateFit.judge == judge.name, GateFit.prompt_hash == judge.prompt_hash, GateFit.start == default.band
    )
    return session.scalars(query.order_by(GateFit.id.desc()).limit(1)).one_or_none()


def fit_of(row: GateFit) -> Fit:
    """Return a stored fit as a value."""
    return Fit.model_validate({"tolerance": row.tolerance, "how": row.how, "curve": row.curve})


def _is_marked_since(session: Session, at: datetime) -> bool:
    newest = [session.scalar(select(func.max(column))) for column in (AuditItem.at, HumanMark.at)]
    return any(own is not None and own >= at for own in newest)


def _curve(session: Session, lessons: Mapping[str, Lesson], judge: Named, default: Gate) -> tuple[Point, ...]:
    found: dict[ledger.Question, float] = {}
    for decision in sorted((*_audited(session), *_left(session)), key=lambda own: own.at, reverse=True):
        question, share = _read(decision, lessons)
        if question is not None and share is not None and len(found) < NEWEST_PAIRS:
            found.setdefault(question, share)  # each different answer once, as it was decided last
    evidence = tuple(_evidence(session, judge, default, found))
    return curve(evidence, _distances(session, judge, default), default)


class _Decision(NamedTuple):
    """What a person decided of an answer: verdicts, or only a share of the points."""

    submission: Submission
    exercise: str
    met: Mapping[str, bool]
    share: float | None
    at: datetime


def _audited(session: Session) -> Iterator[_Decision]:
    query = (
        select(AuditItem, Submission)
        .join(Submission, Submission.id == AuditItem.submission_id)
        .where(AuditItem.status == "done", AuditItem.at.is_not(None))
        .order_by(AuditItem.at.desc())
        .limit(NEWEST_PAIRS)
    )
    for item, submission in session.execute(query):
        if item.at is not None:
            yield _Decision(submission, item.exercise, item.given, None, item.at)


def _left(session: Session) -> Iterator[_Decision]:
    """Yield what people decided because the judge had not."""
    same = (AutoMark.submission_id == HumanMark.submission_id) & (AutoMark.exercise == HumanMark.exercise)
    query = (
        select(HumanMark, AutoMark.max_score, Submission)
        .join(AutoMark, same)
        .join(Submission, Submission.id == HumanMark.submission_id)
        .where(AutoMark.source == "nobody", counts(HumanMark.decision_id))
        .order_by(HumanMark.id.desc())
        .limit(NEWEST_PAIRS)
    )
    rows = session.execute(query).all()
    verdicts = decided(session, MARKS, sorted({row[2].id for row in rows}))
    for mark, most, submission in rows:
        met = met_of(verdicts.get((submission.id, mark.exercise), {}))
        yield _Decision(submission, mark.exercise, met, mark.score / most if most else None, mark.at)


def _read(decision: _Decision, lessons: Mapping[str, Lesson]) -> tuple[ledger.Question | None, float | None]:
    """Return what the judge was asked, and the person's share of what the criteria give together."""
    submission, name = decision.submission, decision.exercise
    exercise = exercise_in(lessons.get(submission.lesson), name, submission.case)
    if exercise is None:
        return None, None
    try:
        text = exercise.judged_text(exercise.parse_answer(submission.answers.get(name)))
    except AnswerError:
        return None, None
    return ledger.question(exercise, text), _share(exercise, decision)


def _share(exercise: RubricExercise, decision: _Decision) -> float | None:
    if all(criterion.id in decision.met for criterion in exercise.rubric):
        return points_of(exercise, decision.met) / exercise.rubric_points
    return decision.share if exercise.points == exercise.rubric_points else None


def _evidence(
    session: Session, judge: Named, default: Gate, found: Mapping[ledger.Question, float]
) -> Iterator[Evidence]:
    """Yield the decided answers about which this judge heard all signals."""
    hashes = sorted({question.answer_hash for question in found})
    for start in range(0, len(hashes), CHUNK):
        mine = _of(judge).where(LedgerEntry.answer_hash.in_(hashes[start : start + CHUNK]))
        for task, rubric, answer, stored in session.execute(mine):
            question = ledger.Question(exercise_hash=task, rubric_hash=rubric, answer_hash=answer)
            if stored and question in found:
                signals = Signals.model_validate(stored)
                away = distance(signals, default)
                yield Evidence(distance=away, judge=signals.checked, person=found[question])


def _distances(session: Session, judge: Named, default: Gate) -> Iterator[float]:
    """Yield how far the signals part for the newest answers; infinite for those that no gate decides."""
    for row in session.execute(_of(judge).order_by(LedgerEntry.id.desc()).limit(NEWEST_ANSWERS)):
        yield distance(Signals.model_validate(row[3]), default) if row[3] else math.inf


def _of(judge: Named) -> Select[str, str, str, dict[str, Any]]:
    return select(
        LedgerEntry.exercise_hash, LedgerEntry.rubric_hash, LedgerEntry.answer_hash, LedgerEntry.signals
    ).where(LedgerEntry.judge == judge.name, LedgerEntry.prompt_hash == judge.prompt_hash)
