"""Audit: before anything is marked, exercises fall silent on which judge and people agree too little."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Engine

from autograder.audit import Floor
from autograder.audit.collect import blind_pairs
from autograder.audit.silence import Key, fall, reasons
from autograder.judge import Reason
from courses.lessons.model import Lesson
from courses.school.db import session as open_session


def silent_exercises(engine: Engine, lessons: Mapping[str, Lesson], floor: Floor) -> Mapping[Key, Reason]:
    """Look at the blind pairs there are, silence what must be; return all that is silent, with why."""
    with open_session(engine) as session:
        fall(session, blind_pairs(session, lessons), floor)
        return reasons(session)
