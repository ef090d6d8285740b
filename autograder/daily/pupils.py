"""Ledger, second half: what the judge says of conversations with the pupil becomes the pupil's results."""

from __future__ import annotations

from autograder import ledger
from autograder.daily.context import CHUNK, Context
from autograder.daily.waiting import waiting_pupils
from autograder.pupil import read
from autograder.pupil_results import decide
from courses.school.db import session as open_session


def project_pupils(context: Context) -> int:
    """Write the results that the ledger decides; return how many. The others go on waiting."""
    decided = 0
    todo = [own for own in waiting_pupils(context) if own.key not in context.silent]
    for start in range(0, len(todo), CHUNK):
        with open_session(context.engine) as session:
            recall = ledger.Recall(session)
            for own in todo[start : start + CHUNK]:
                understood = read(recall.find(own.exercise, own.text))
                if understood is not None:
                    decide(session, own.submission_id, own.exercise.id, understood)
                    decided += 1
    return decided
