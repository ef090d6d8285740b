"""Audit: before anything is marked, exercises fall silent on which judge and people agree too little.

After the judge was heard, the gate is fitted anew.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Engine

from autograder.audit import Floor
from autograder.audit.collect import blind_pairs
from autograder.audit.fitting import refit
from autograder.audit.silence import Key, fall, fall_for_lost_quotes, reasons
from autograder.gate import Aim
from autograder.judge import Judge, Reason
from autograder.signals import Gate
from courses.lessons.model import Lesson
from courses.school.db import session as open_session
from courses.site import JudgeSettings


def silent_exercises(
    engine: Engine, lessons: Mapping[str, Lesson], settings: JudgeSettings, judge: Judge | None
) -> Mapping[Key, Reason]:
    """Look at the blind pairs and at the judge's lost quotes, silence what must be; return all that is silent."""
    with open_session(engine) as session:
        fall(session, blind_pairs(session, lessons), Floor(agreement=settings.audit_agreement))
        if judge is not None:
            fall_for_lost_quotes(session, lessons.values(), judge, settings.trust)
        return reasons(session)


def refit_gate(
    engine: Engine, lessons: Mapping[str, Lesson], settings: JudgeSettings, judge: Judge | None
) -> None:
    """Fit the gate on what people marked so far; the next judge that is made has it."""
    if judge is None:
        return
    default = Gate(band=settings.band_tolerance, words=settings.words_tolerance)
    with open_session(engine) as session:
        refit(session, lessons, judge, default, Aim(target=settings.gate_agreement))
