"""One exercise in full: quotes that stood in no answer, calibration in words, the history of its silences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from autograder.audit.fitting import fit_of, newest_fit
from autograder.audit.silence import history, last_lifts
from autograder.calibration import CALIBRATIONS, Calibration, FileStore, calibration_key
from autograder.human.kept import Kept
from autograder.judge import samples_of
from autograder.models import LedgerEntry
from autograder.signals import Gate
from autograder.thresholds import Thresholds
from autograder.trust import Meter, meter
from courses.exercises.base import Frozen, RubricExercise
from courses.lessons.model import CASES, ExerciseSlot, Lesson
from courses.site import Site, layout
from hub_config.portal.judging_page.figures import percent
from hub_config.portal.judging_page.silence_words import SilenceView, silence_view

_FAULT = re.compile(r"“(.*)”: ([^”]+)", re.DOTALL)
MOST = 3  # calibrations shown: of the newest models and prompts


class CalibrationView(Frozen):
    """How one model with one prompt did on the samples; ``failures`` in words."""

    model: str
    passed: bool
    decided: int
    asked: int
    at: datetime
    failures: tuple[str, ...]


class DetailView(Frozen):
    """What the page of one exercise says besides its row. ``model`` empty: no AI was asked about it yet."""

    model: str
    lost: str  # share of quotes that stood in no answer
    meter: Meter
    limit: str
    calibrations: tuple[CalibrationView, ...]
    history: tuple[SilenceView, ...]


def detail_view(session: Session, site: Site, lesson: Lesson, slot: ExerciseSlot) -> DetailView:
    """Return an exercise's page as it stands now."""
    variants = [own for own in slot.variants.values() if isinstance(own, RubricExercise)]
    judge = _newest_judge(session, variants)
    since = last_lifts(session).get((lesson.key, slot.id))
    read = _worst([meter(session, own, *judge, since=since) for own in variants]) if judge else Meter()
    return DetailView(
        model=judge[0] if judge else "",
        lost=percent(read.share),
        meter=read,
        limit=percent(site.judge.trust),
        calibrations=tuple(_calibrations(session, site, lesson, slot))[:MOST],
        history=tuple(silence_view(row) for row in history(session, (lesson.key, slot.id))),
    )


def _newest_judge(session: Session, variants: Sequence[RubricExercise]) -> tuple[str, str] | None:
    """Return name and prompt hash of the judge that was last asked about an exercise."""
    query = (
        select(LedgerEntry.judge, LedgerEntry.prompt_hash)
        .where(LedgerEntry.exercise_hash.in_({own.task_hash() for own in variants}))
        .order_by(LedgerEntry.id.desc())
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return None if row is None else (row[0], row[1])


def _worst(meters: Sequence[Meter]) -> Meter:
    """Return the meter of the setting in which most quotes were lost: that one silences the exercise."""
    return max(meters, key=lambda own: (own.share or 0, own.claims))


def _calibrations(
    session: Session, site: Site, lesson: Lesson, slot: ExerciseSlot
) -> Iterator[CalibrationView]:
    """Yield what is kept of this exercise, its rubric and samples of today, the newest first."""
    kept = FileStore(layout(site).ai / CALIBRATIONS).all()
    texts = {own.id: own.text for variant in _rubrics(slot) for own in variant.rubric}
    found: dict[str, Calibration] = {}
    for judge in {(own.model, own.prompt_hash) for own in kept.values()}:
        for key in _keys(session, site, lesson, slot, judge):
            if key in kept:
                found[key] = kept[key]
    for own in sorted(found.values(), key=lambda own: own.at, reverse=True):
        yield CalibrationView(
            model=own.model,
            passed=own.passed,
            decided=own.decided,
            asked=own.asked,
            at=datetime.fromisoformat(own.at),
            failures=tuple(_words(failure, texts) for failure in own.failures),
        )


def _rubrics(slot: ExerciseSlot) -> list[RubricExercise]:
    return [own for own in slot.variants.values() if isinstance(own, RubricExercise)]


class _Named(Frozen):
    """As much of a judge as its gate is found by."""

    name: str
    prompt_hash: str


def _keys(
    session: Session, site: Site, lesson: Lesson, slot: ExerciseSlot, judge: tuple[str, str]
) -> Iterator[str]:
    """Yield the keys under which a judge's result may lie: each setting's, by the site's gate or the fitted one."""
    default = Thresholds.of(site).gate
    row = newest_fit(session, _Named(name=judge[0], prompt_hash=judge[1]), default)
    gates: list[Gate] = [default, *([fit_of(row).gate(default)] if row is not None else [])]
    people = Kept(session).of(lesson, slot.id)
    for case in CASES if "" not in slot.variants else CASES[:1]:
        exercise = slot.variant(case)
        if isinstance(exercise, RubricExercise):
            samples = samples_of(lesson, slot.id, case, people)
            yield from (calibration_key(exercise, samples, *judge, gate) for gate in gates)


def _words(failure: str, texts: dict[str, str]) -> str:
    """Return a failure as a sentence: which sample, and on which criteria model and author part."""
    found = _FAULT.fullmatch(failure)
    if found is None:
        return f"{failure}."
    sample = f"Bài mẫu “{found[1].strip()}…”" if found[1].strip() else "Bài để trống"
    criteria = "; ".join(texts.get(name.strip(), name.strip()).rstrip(".") for name in found[2].split(","))
    return f"{sample}: AI chấm khác người soạn ở tiêu chí {criteria}."
